//! Transactions that a file opens itself. Here a migration is one transaction already, so the words around it go.

use atriz_db::Engine;
use atriz_db::migrate::{Piece, pieces};
use squawk_lexer::{TokenKind, tokenize};

/// A text without the transaction around it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Unwrapped {
    pub(super) sql: String,
    /// Whether BEGIN and COMMIT were around it all.
    pub(super) transaction: bool,
    /// Whether foreign keys were off around it all (SQLite).
    pub(super) rebuild: bool,
}

/// Takes `BEGIN … COMMIT` away, and `PRAGMA foreign_keys = OFF … ON` around it on SQLite, where they stand around the
/// whole of the file. Any other words of that kind stay, and are refused further on.
pub(super) fn unwrap(sql: &str, engine: Engine) -> Unwrapped {
    let mut unwrapped = Unwrapped { sql: sql.to_owned(), ..Unwrapped::default() };
    if !may_begin(sql) {
        return unwrapped;
    }
    // Text that cannot be split is refused with its line further on.
    let Ok(statements) = pieces(sql) else { return unwrapped };
    let mut inner = statements.as_slice();
    let mut gone: Vec<&Piece<'_>> = Vec::new();
    if let [first, between @ .., last] = inner
        && engine == Engine::Sqlite
        && is_foreign_keys(first, &["off", "0", "false"])
        && is_foreign_keys(last, &["on", "1", "true"])
    {
        unwrapped.rebuild = true;
        gone.extend([first, last]);
        inner = between;
    }
    if let [first, .., last] = inner
        && only(first, &["begin", "start"], &["transaction", "work", "immediate", "exclusive", "deferred"])
        && only(last, &["commit", "end"], &["transaction", "work"])
    {
        unwrapped.transaction = true;
        gone.extend([first, last]);
    }
    gone.sort_by_key(|statement| std::cmp::Reverse(statement.line));
    for statement in gone {
        remove(&mut unwrapped.sql, statement.line, statement.text);
    }
    unwrapped
}

/// Whether the first word of a text is one that this is about: most files need not be taken apart to find that out.
fn may_begin(sql: &str) -> bool {
    let mut position = 0;
    for token in tokenize(sql) {
        let from = position;
        position += token.len as usize;
        match token.kind {
            TokenKind::Whitespace | TokenKind::LineComment | TokenKind::BlockComment { .. } | TokenKind::Semi => {}
            _ => {
                let word = &sql[from..position];
                return ["begin", "start", "pragma"].iter().any(|first| word.eq_ignore_ascii_case(first));
            }
        }
    }
    false
}

fn is_foreign_keys(statement: &Piece<'_>, values: &[&str]) -> bool {
    let words: Vec<_> = statement.tokens.iter().map(|token| token.to_lowercase()).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).filter(|word| !matches!(*word, "=" | "(" | ")")).collect();
    matches!(words.as_slice(), ["pragma", "foreign_keys", value] if values.contains(value))
}

fn only(statement: &Piece<'_>, first: &[&str], rest: &[&str]) -> bool {
    let mut words = statement.tokens.iter().map(|token| token.to_lowercase());
    words.next().is_some_and(|word| first.contains(&word.as_str())) && words.all(|word| rest.contains(&word.as_str()))
}

/// Takes a statement and its semicolon out; the lines keep their numbers. A comment in front of it on its own line that
/// holds the same words would go in its place, and the statement be refused.
fn remove(sql: &mut String, line: usize, text: &str) {
    let line = sql.split_inclusive('\n').take(line - 1).map(str::len).sum::<usize>();
    let Some(from) = find_on_line(&sql[line..], text).map(|at| line + at) else { return };
    let mut to = from + text.len();
    let rest = &sql[to..];
    let blank = rest.len() - rest.trim_start().len();
    if rest.trim_start().starts_with(';') {
        to += blank + 1;
    }
    let lines = "\n".repeat(sql[from..to].matches('\n').count());
    sql.replace_range(from..to, &lines);
}

/// Where `text` begins, if that is on the first line of `rest`.
fn find_on_line(rest: &str, text: &str) -> Option<usize> {
    let line = rest.find('\n').unwrap_or(rest.len());
    rest.find(text).filter(|at| *at <= line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transaction_around_it_all_goes_and_lines_stay() {
        let unwrapped = unwrap("-- BEGIN\nBEGIN;\nSELECT 1;\nCOMMIT;\n", Engine::Postgres);
        assert_eq!(unwrapped.sql, "-- BEGIN\n\nSELECT 1;\n\n");
        assert!(unwrapped.transaction && !unwrapped.rebuild);
        let begin = unwrap("start transaction; select 1; end transaction", Engine::Sqlite);
        assert_eq!(begin.sql.trim(), "select 1;");
    }

    #[test]
    fn foreign_keys_off_around_it_is_a_rebuild() {
        let sql = "PRAGMA foreign_keys=off;\nBEGIN TRANSACTION;\nSELECT 1;\nCOMMIT;\nPRAGMA foreign_keys = ON;";
        let unwrapped = unwrap(sql, Engine::Sqlite);
        assert!(unwrapped.transaction && unwrapped.rebuild);
        assert_eq!(unwrapped.sql.trim(), "SELECT 1;");
        assert_eq!(unwrap(sql, Engine::Postgres).sql, sql);
    }

    #[test]
    fn anything_else_stays() {
        for sql in ["BEGIN; SELECT 1;", "SELECT 1; COMMIT;", "BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT 1; COMMIT;"] {
            assert_eq!(unwrap(sql, Engine::Postgres), Unwrapped { sql: sql.to_owned(), ..Unwrapped::default() });
        }
    }
}
