//! Which tables a query reads and writes, on either engine.

use super::cursor::{Cursor, find, fold};
use super::name::Name;

/// The tables behind INTO, UPDATE, DELETE FROM and MERGE INTO, wherever they stand.
pub(super) fn written(tokens: &[String]) -> Vec<Name> {
    let mut found: Vec<Name> = Vec::new();
    for index in 0..tokens.len() {
        let mut cursor = Cursor::new(&tokens[index..]);
        let behind = index.checked_sub(1).map(|before| tokens[before].to_lowercase()).unwrap_or_default();
        let updates = !matches!(behind.as_str(), "for" | "key" | "do" | "on") && cursor.eat("update");
        let inserts = cursor.eat_any(&["insert into", "replace into", "delete from", "merge into"]);
        if updates {
            cursor.skip(&["or rollback", "or abort", "or replace", "or fail", "or ignore"]);
        }
        if (updates || inserts || inserts_or(&mut cursor))
            && let Some(table) = {
                cursor.eat("only");
                cursor.name()
            }
            && !found.contains(&table)
        {
            found.push(table);
        }
    }
    found
}

/// `INSERT OR IGNORE INTO` and its like, of SQLite.
fn inserts_or(cursor: &mut Cursor<'_>) -> bool {
    let choices = ["rollback", "abort", "replace", "fail", "ignore"];
    choices.iter().any(|choice| cursor.eat(&format!("insert or {choice} into")))
}

/// The tables behind FROM, JOIN and USING, those that WITH defines left out.
pub(super) fn reads(tokens: &[String]) -> Vec<Name> {
    let defined = defined(tokens);
    let mut found: Vec<Name> = Vec::new();
    let mut callers: Vec<String> = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let before = index.checked_sub(1).map(|before| tokens[before].to_lowercase()).unwrap_or_default();
        match token.to_lowercase().as_str() {
            "(" => callers.push(before),
            ")" => drop(callers.pop()),
            "from" | "join" | "using" | "table"
                if !matches!(before.as_str(), "distinct" | "delete") && !takes_from(callers.last()) =>
            {
                sources(&tokens[index + 1..], &mut found);
            }
            _ => {}
        }
    }
    found.retain(|table| table.schema.is_some() || !defined.contains(&table.name));
    found
}

/// Functions with a FROM of their own.
fn takes_from(caller: Option<&String>) -> bool {
    const FUNCTIONS: [&str; 5] = ["extract", "substring", "trim", "overlay", "position"];
    caller.is_some_and(|caller| FUNCTIONS.contains(&caller.as_str()))
}

/// The tables of a list such as `a, b AS c`.
fn sources(tokens: &[String], found: &mut Vec<Name>) {
    const ENDS: [&str; 14] = [
        "where", "join", "inner", "left", "right", "full", "cross", "natural", "on", "group", "order", "limit", "set",
        "union",
    ];
    let mut cursor = Cursor::new(tokens);
    loop {
        cursor.eat_any(&["only", "lateral"]);
        let Some(name) = cursor.name() else { return };
        if !cursor.sees("(") && !found.contains(&name) {
            found.push(name);
        }
        cursor.parentheses();
        cursor.eat("as");
        if !ENDS.iter().any(|end| cursor.sees(end)) {
            cursor.ident();
        }
        if !cursor.eat(",") {
            return;
        }
    }
}

/// The names that WITH gives to its parts.
fn defined(tokens: &[String]) -> Vec<String> {
    if !tokens.first().is_some_and(|token| token.eq_ignore_ascii_case("with")) {
        return Vec::new();
    }
    let is_part = |index: usize| {
        let mut cursor = Cursor::new(&tokens[index + 1..]);
        cursor.parentheses();
        cursor.eat("as") && {
            cursor.eat("not");
            cursor.eat("materialized");
            cursor.sees("(")
        }
    };
    (0..tokens.len()).filter(|index| is_part(*index)).filter_map(|index| fold(&tokens[index])).collect()
}

/// The table that an INSERT fills from the rows of another, and that one.
pub(super) fn fills(tokens: &[String]) -> Option<(Name, Name)> {
    find(tokens, "select")?;
    Cursor::new(tokens).sees("insert").then_some(())?;
    let table = written(tokens).into_iter().next()?;
    let from = reads(tokens).into_iter().find(|from| !from.is(&table))?;
    Some((table, from))
}
