//! What an app says to its database when it is asked: read from the server's log, so that what it is held against is what
//! it really asks for.

use std::thread::sleep;
use std::time::Duration;

use super::routes::{App, Route};
use crate::machine::{BenchError, Machine};
use crate::pgbench::Script;
use crate::process;

/// Begins every line that the server logs meanwhile, before the database.
const MARK: &str = "bench:";

/// The reading statements that the app sends when `ask` asks it, with their values; nothing on SQLite, and where the app
/// answers from memory.
pub(super) fn script(
    machine: &Machine,
    app: &App,
    route: &Route,
    ask: impl Fn() -> Result<(), BenchError>,
) -> Result<Option<Script>, BenchError> {
    if machine.server.is_none() {
        return Ok(None);
    }
    // What is made or read for the first time is not what every request costs.
    ask()?;
    set(
        machine,
        &[&format!("ALTER SYSTEM SET log_line_prefix = '{MARK}%d:'"), "ALTER SYSTEM SET log_statement = 'all'"],
    )?;
    let before = machine.log()?.len();
    ask()?;
    set(machine, &["ALTER SYSTEM RESET log_line_prefix", "ALTER SYSTEM RESET log_statement"])?;
    let statements = statements(machine.log()?.get(before..).unwrap_or_default(), app.database);
    if statements.is_empty() {
        return Ok(None);
    }
    let name = route.name.replace(|letter: char| !letter.is_ascii_alphanumeric(), "_");
    let file = machine.folder.path().join(format!("{}_{name}.sql", app.program));
    std::fs::write(&file, statements.join(";\n") + ";\n")?;
    Ok(Some(Script { database: app.database, file, search_path: Some(search_path(machine, app.database)?) }))
}

/// Changes settings of the server, and waits until its processes know.
fn set(machine: &Machine, changes: &[&str]) -> Result<(), BenchError> {
    let mut psql = machine.psql("postgres");
    for change in changes.iter().chain(&["SELECT pg_reload_conf()"]) {
        psql.args(["-c", change]);
    }
    process::run(&mut psql)?;
    sleep(Duration::from_millis(200));
    Ok(())
}

fn search_path(machine: &Machine, database: &str) -> Result<String, BenchError> {
    const SCHEMAS: &str = "SELECT string_agg(nspname, ',' ORDER BY nspname <> 'public', nspname) FROM pg_namespace \
                           WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'";
    Ok(process::answer(machine.psql(database).args(["-c", SCHEMAS]))?.trim().to_owned())
}

/// The statements of a log that read, each with its values written in.
fn statements(log: &str, database: &str) -> Vec<String> {
    let mut found: Vec<(String, String)> = Vec::new();
    // Which of the two the lines that go on with it belong to.
    let mut open: Option<bool> = None;
    for line in log.lines() {
        if let Some(rest) = line.strip_prefix('\t') {
            match (open, found.last_mut()) {
                (Some(true), Some((sql, _))) => sql.extend(["\n", rest]),
                (Some(false), Some((_, values))) => values.extend(["\n", rest]),
                _ => {}
            }
            continue;
        }
        let said = line.strip_prefix(MARK).and_then(|line| line.strip_prefix(database)?.strip_prefix(':'));
        let statement = said.and_then(|said| said.strip_prefix("LOG:  execute ")?.split_once(": ").map(|(_, sql)| sql));
        let values =
            said.and_then(|said| said.strip_prefix("DETAIL:  ")?.split_once("arameters: ").map(|(_, all)| all));
        open = match (statement, values, found.last_mut()) {
            (Some(sql), ..) => {
                found.push((sql.to_owned(), String::new()));
                Some(true)
            }
            (None, Some(values), Some((_, last))) => {
                values.clone_into(last);
                Some(false)
            }
            _ => None,
        };
    }
    let reads = |sql: &str| ["SELECT", "WITH"].iter().any(|word| sql.get(..word.len()) == Some(word));
    found.into_iter().filter(|(sql, _)| reads(sql)).map(|(sql, values)| filled(&sql, &parameters(&values))).collect()
}

/// `$1 = 'it''s', $2 = NULL` as values.
fn parameters(text: &str) -> Vec<Option<String>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, value)) = rest.split_once(" = ") {
        let Some(quoted) = value.strip_prefix('\'') else {
            found.push(None);
            rest = value.split_once(", ").map_or("", |(_, rest)| rest);
            continue;
        };
        let mut end = 0;
        loop {
            end += quoted[end..].find('\'').unwrap_or(quoted.len() - end);
            if quoted[end..].starts_with("''") {
                end += 2;
            } else {
                break;
            }
        }
        found.push(Some(quoted[..end].replace("''", "'")));
        rest = quoted.get(end + 1..).unwrap_or_default();
    }
    found
}

/// The statement with literals in place of `$1`, outside of quotes.
fn filled(sql: &str, values: &[Option<String>]) -> String {
    let mut text = String::with_capacity(sql.len());
    let mut quote = None;
    let mut letters = sql.chars().peekable();
    while let Some(letter) = letters.next() {
        match (quote, letter) {
            (Some(open), letter) if open == letter => quote = None,
            (None, '\'' | '"') => quote = Some(letter),
            (None, '$') if letters.peek().is_some_and(char::is_ascii_digit) => {
                let mut number = 0;
                while let Some(digit) = letters.next_if(char::is_ascii_digit) {
                    number = number * 10 + digit.to_digit(10).unwrap_or_default() as usize;
                }
                text += &literal(values.get(number.wrapping_sub(1)).and_then(Option::as_deref));
                continue;
            }
            _ => {}
        }
        text.push(letter);
    }
    text
}

/// A literal in which pgbench finds no variable of its own: those begin with a colon.
fn literal(value: Option<&str>) -> String {
    match value {
        None => "NULL".to_owned(),
        Some(value) => {
            let value = value.replace('\\', "\\\\").replace('\'', "''").replace(':', "\\x3a");
            format!("E'{value}'")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_that_read_come_with_their_values() {
        let log = "bench:shop_db:LOG:  statement: BEGIN\n\
                   bench:shop_db:LOG:  execute sqlx_s_1: SELECT \"a$1\" FROM t WHERE b = $1 AND c > $12\n\
                   bench:shop_db:DETAIL:  parameters: $1 = 'it''s', $2 = NULL, $3 = '', $4 = '1, $2 = ''x''', $5 = '5', \
                   $6 = '6', $7 = '7', $8 = '8', $9 = '9', $10 = '10', $11 = '11', $12 = '2026-01-01 00:00:00+00'\n\
                   bench:other:LOG:  execute sqlx_s_2: SELECT 2\n\
                   bench:shop_db:LOG:  execute sqlx_s_3: SELECT 3\n\tFROM t\n\
                   bench:shop_db:LOG:  execute sqlx_s_4: UPDATE t SET a = $1\n\
                   bench:shop_db:DETAIL:  Parameters: $1 = '1'\n";
        let expected =
            ["SELECT \"a$1\" FROM t WHERE b = E'it''s' AND c > E'2026-01-01 00\\x3a00\\x3a00+00'", "SELECT 3\nFROM t"];
        assert_eq!(statements(log, "shop_db"), expected);
        assert_eq!(parameters("$1 = NULL, $2 = '1, $2 = ''x'''"), [None, Some("1, $2 = 'x'".to_owned())]);
    }
}
