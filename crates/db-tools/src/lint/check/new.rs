//! Whether the batch made what a statement changes.

use atriz_db::migrate::Piece;

use super::super::names::Mention;
use super::super::state::State;
use crate::plan::Name;
use crate::plan::cursor::{Cursor, items};

/// Whether everything that the statement changes was made by the same batch; `mentions` are the tables that it names.
pub(in super::super) fn is_new(statement: &Piece<'_>, mentions: &[Mention], state: &State<'_>) -> bool {
    let mut cursor = Cursor::new(&statement.tokens);
    match cursor.word().as_str() {
        "alter" => alter(&mut cursor, state),
        "drop" => drop(&mut cursor, state),
        "reindex" => reindex(&mut cursor, state),
        "refresh" => object(&mut cursor, state),
        "lock" | "truncate" => !mentions.is_empty() && mentions.iter().all(|mention| state.is_new(&mention.table)),
        _ => mentions.first().is_some_and(|mention| state.is_new(&mention.table)),
    }
}

fn alter(cursor: &mut Cursor<'_, &str>, state: &State<'_>) -> bool {
    if !cursor.eat("table") {
        return object(cursor, state);
    }
    cursor.skip(&["if exists", "only"]);
    let Some(table) = cursor.name().and_then(|name| state.table(&name)) else { return false };
    if table.new {
        return true;
    }
    // A column that the batch added is nobody's yet.
    let added = |action: &&[&str]| {
        let mut cursor = Cursor::new(action);
        if !cursor.eat_any(&["alter", "drop", "rename"]) {
            return false;
        }
        if cursor.eat("constraint") {
            cursor.eat("if exists");
            return cursor.ident().is_some_and(|name| table.made.contains(&name));
        }
        cursor.skip(&["column", "if exists"]);
        let column = cursor.ident();
        column.is_some_and(|column| table.columns.get(&column).copied().unwrap_or(false))
    };
    let actions = items(cursor.rest());
    !actions.is_empty() && actions.iter().all(added)
}

fn drop(cursor: &mut Cursor<'_, &str>, state: &State<'_>) -> bool {
    if cursor.eat("table") {
        cursor.eat("if exists");
        return cursor.names().is_some_and(|names| names.iter().all(|name| state.is_new(name)));
    }
    if cursor.eat("index") {
        cursor.skip(&["concurrently", "if exists"]);
        let table = |index: &Name| state.table_of_index(index).is_some_and(|table| state.is_new(table));
        return cursor.names().is_some_and(|names| names.iter().all(table));
    }
    object(cursor, state)
}

/// `VIEW v`, `TRIGGER t ON x`, `FUNCTION f(…)`: what is named, or the table it hangs on.
fn object(cursor: &mut Cursor<'_, &str>, state: &State<'_>) -> bool {
    let is_index = cursor.sees("index");
    cursor.word();
    cursor.skip(&["view", "table", "concurrently", "if exists"]);
    let Some(name) = cursor.name() else { return false };
    if is_index {
        return state.table_of_index(&name).is_some_and(|table| state.is_new(table));
    }
    let hung = cursor.eat("on") && cursor.name().is_some_and(|table| state.is_new(&table));
    hung || state.has_made(&name)
}

fn reindex(cursor: &mut Cursor<'_, &str>, state: &State<'_>) -> bool {
    let is_index = cursor.sees("index");
    cursor.word();
    cursor.eat("concurrently");
    let Some(name) = cursor.name() else { return false };
    let table = if is_index { state.table_of_index(&name).cloned() } else { Some(name) };
    table.is_some_and(|table| state.is_new(&table))
}
