//! What SQLite cannot do, or does in another way than it looks.

use std::collections::HashSet;

use atriz_db::migrate::{Mode, Piece};

use super::super::hit::Hit;
use super::super::state::State;
use super::super::table::body;
use super::{Look, copies};
use crate::plan::cursor::{Cursor, find, fold, has, items};

pub(super) fn check(look: &Look<'_>, hits: &mut Vec<Hit>) {
    let statement = look.statement;
    match statement.word(0).as_str() {
        "pragma" => {
            let message = format!("PRAGMA {} in a migration", statement.word(1));
            hits.push(Hit::on("sqlite-pragma", statement, 0, 2, message));
        }
        word @ ("vacuum" | "attach" | "detach") => {
            let message = format!("{} in a migration", word.to_uppercase());
            hits.push(Hit::on("sqlite-vacuum-attach", statement, 0, 1, message));
        }
        "create" => create(look, hits),
        "alter" => alter(look, hits),
        "drop" if statement.word(1) == "table" => drop(look, hits),
        "replace" => replaces(statement, 1, hits),
        "insert" | "update" if statement.word(1) == "or" && statement.word(2) == "replace" => {
            replaces(statement, 3, hits);
        }
        _ => {}
    }
}

fn replaces(statement: &Piece<'_>, count: usize, hits: &mut Vec<Hit>) {
    let message = "the old row is deleted, with what refers to it, and a new one inserted";
    hits.push(Hit::on("sqlite-insert-or-replace", statement, 0, count, message));
}

fn create(look: &Look<'_>, hits: &mut Vec<Hit>) {
    let statement = look.statement;
    let mut cursor = Cursor::new(&statement.tokens);
    cursor.eat("create");
    if !cursor.eat("table") {
        return;
    }
    cursor.eat("if not exists");
    let at = statement.tokens.len() - cursor.rest().len();
    let Some(table) = cursor.name() else { return };
    // CREATE TABLE … AS cannot be STRICT at all.
    cursor.parentheses();
    // Other tools' folders are not written by our rules.
    if look.folder.is_ours() && !has(cursor.rest(), "strict") {
        hits.push(Hit::on("sqlite-not-strict", statement, at, 1, format!("`{table}` is not STRICT")));
    }
    if let Some(at) = statement.tokens.iter().position(|token| token.eq_ignore_ascii_case("autoincrement")) {
        hits.push(Hit::on("sqlite-autoincrement", statement, at, 1, "AUTOINCREMENT keeps a table of its own"));
    }
}

fn alter(look: &Look<'_>, hits: &mut Vec<Hit>) {
    let statement = look.statement;
    let mut cursor = Cursor::new(&statement.tokens);
    let known = cursor.eat("alter") && cursor.eat("table") && cursor.name().is_some();
    let at = statement.tokens.len() - cursor.rest().len();
    let actions = items(cursor.rest());
    if let Some(second) = actions.get(1).filter(|_| known) {
        let at = super::super::hit::index_in(statement, second);
        return hits.push(Hit::on("sqlite-multi-alter", statement, at, 1, "a second clause, where SQLite takes one"));
    }
    let mut refuse = |what: &str| {
        hits.push(Hit::on("sqlite-unsupported-alter", statement, at, 2, format!("SQLite cannot {what}")));
    };
    if !known {
        return refuse("ALTER anything but a table");
    }
    if cursor.eat_any(&["add constraint", "add primary key", "add unique", "add foreign key", "add check"]) {
        return refuse("add a constraint to a table that is there");
    }
    if cursor.eat_any(&["alter", "modify", "drop constraint", "set", "add primary", "owner", "enable", "disable"]) {
        return refuse("alter a column, a constraint or an option");
    }
    if cursor.eat("add") {
        cursor.eat("column");
        return added(look, cursor.rest(), at, hits);
    }
    if cursor.eat("rename") {
        hits.push(Hit::on("sqlite-rename", statement, at, 2, "what the running app uses has another name"));
    } else if cursor.eat("drop") {
        hits.push(Hit::on("sqlite-drop-column", statement, at, 2, "the column's data is lost"));
    }
}

/// ADD COLUMN, from the column's name on.
fn added(look: &Look<'_>, column: &[&str], at: usize, hits: &mut Vec<Hit>) {
    if find(column, "unique").is_some() || has(column, "primary key") {
        let message = "SQLite cannot add a column that is UNIQUE or a primary key";
        hits.push(Hit::on("sqlite-unsupported-alter", look.statement, at, 2, message));
    } else if let Some(what) = refused_with_rows(column).filter(|_| !look.new) {
        let message = format!("SQLite adds {what} while the table is empty, and refuses it with rows in it");
        hits.push(Hit::on("sqlite-unsupported-alter", look.statement, at, 2, message));
    } else if has(column, "not null") && find(column, "generated").is_none() && !gives_value(column) {
        let name = fold(column[0]).unwrap_or_default();
        let message = format!("`{name}` has no value for the rows that there are");
        hits.push(Hit::on("sqlite-not-null-without-default", look.statement, at, 3, message));
    }
}

/// Whether a DEFAULT gives each row a value.
fn gives_value(column: &[&str]) -> bool {
    find(column, "default").is_some() && !has(column, "default null")
}

/// What SQLite refuses to add as soon as there is a row, so that a replay on empty tables does not tell.
fn refused_with_rows(column: &[&str]) -> Option<&'static str> {
    let words = ["default (", "default current_timestamp", "default current_date", "default current_time"];
    if words.iter().any(|words| has(column, words)) {
        return Some("a column whose default is computed");
    }
    if (has(column, "generated always") || find(column, "as").is_some()) && has(column, "stored") {
        return Some("a stored generated column");
    }
    let refers = find(column, "references").is_some() && gives_value(column);
    refers.then_some("a foreign key with a default")
}

fn drop(look: &Look<'_>, hits: &mut Vec<Hit>) {
    let mut cursor = Cursor::new(&look.statement.tokens);
    cursor.eat("drop table");
    cursor.eat("if exists");
    let at = look.statement.tokens.len() - cursor.rest().len();
    let Some(table) = cursor.name() else { return };
    let again = look.file.statements.iter().any(|statement| gives_name(statement, &table.name));
    let rebuild = look.file.mode == Mode::Rebuild;
    if again {
        copies::check(look, &table, at, hits);
    }
    if again && !rebuild {
        let message = format!("`{table}` is rebuilt, and the file does not say so");
        return hits.push(Hit::on("sqlite-unsafe-rebuild", look.statement, at, 1, message));
    }
    if again {
        return;
    }
    let refers = |other: &&super::super::state::Table<'_>| {
        !other.name.is(&table) && other.foreign.iter().any(|(key, _)| key.referenced.is(&table))
    };
    let there = look.file.direction == super::Direction::Up;
    if let Some(child) = there.then(|| look.state.tables().find(refers)).flatten() {
        let message = format!("`{}` refers to `{table}`", child.name);
        return hits.push(Hit::on("sqlite-drop-referenced", look.statement, at, 1, message));
    }
    hits.push(Hit::on("sqlite-drop-table", look.statement, at, 1, format!("the rows of `{table}` are lost")));
}

/// Whether a statement makes a table of this name, or gives the name to another.
fn gives_name(statement: &Piece<'_>, name: &str) -> bool {
    let mut cursor = Cursor::new(&statement.tokens);
    let renames = cursor.eat("alter table") && cursor.name().is_some() && cursor.eat("rename to");
    let makes = !renames && {
        cursor = Cursor::new(&statement.tokens);
        cursor.eat("create table")
    };
    (renames || makes) && cursor.name().is_some_and(|table| table.name.eq_ignore_ascii_case(name))
}

/// Strings in double quotes: where a value is due, and no name of that sort is known.
pub(super) fn quotes(statement: &Piece<'_>, state: &State<'_>) -> Vec<Hit> {
    const BEFORE: [&str; 17] = [
        "=", "(", ",", "in", "default", "then", "else", "values", "like", "glob", "is", "!=", "<>", "||", "when", "<",
        ">",
    ];
    let quoted = |token: &&str| token.starts_with('"');
    if !statement.tokens.iter().any(quoted) {
        return Vec::new();
    }
    let own = columns_of(statement);
    let value = |(index, token): &(usize, &&str)| {
        let before = index.checked_sub(1).map(|at| statement.tokens[at].to_ascii_lowercase()).unwrap_or_default();
        let after = statement.tokens.get(index + 1).copied().unwrap_or_default();
        let name = fold(token).unwrap_or_default().to_lowercase();
        quoted(token)
            && BEFORE.contains(&before.as_str())
            && after != "."
            && !state.knows(&name)
            && !own.contains(&name)
    };
    let found = statement.tokens.iter().enumerate().filter(value);
    let hit = |(index, token): (usize, &&str)| {
        let message = format!("{token} is no name that is known here, so SQLite takes it for a string");
        Hit::on("sqlite-double-quoted-string", statement, index, 1, message)
    };
    found.map(hit).collect()
}

/// The columns of the table that the statement makes.
fn columns_of(statement: &Piece<'_>) -> HashSet<String> {
    let mut cursor = Cursor::new(&statement.tokens);
    if !cursor.eat("create") || cursor.seek("table").is_none() {
        return HashSet::new();
    }
    cursor.eat("if not exists");
    cursor.name();
    let parts = cursor.parentheses().map(|inner| body(statement, inner)).unwrap_or_default();
    parts.columns.into_iter().map(|column| column.to_lowercase()).collect()
}
