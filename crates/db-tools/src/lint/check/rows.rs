//! Changes of rows.

use atriz_db::migrate::{Mode, Statement};

use super::super::file::File;
use super::super::hit::Hit;
use super::Look;
use crate::plan::cursor::find;

pub(super) fn check(look: &Look<'_>, hits: &mut Vec<Hit>) {
    let statement = look.statement;
    let at = match statement.word(0).as_str() {
        "update" | "delete" => 0,
        "truncate" if !statement.has_word("cascade") => 0,
        // The names of WITH come first.
        "with" => match ["update", "delete"].iter().find_map(|verb| find(&statement.tokens, verb)) {
            Some(at) => at,
            None => return,
        },
        _ => return,
    };
    let (verb, count) = match statement.word(at).as_str() {
        "update" => ("UPDATE", 1),
        "delete" => ("DELETE", 2),
        _ => ("TRUNCATE", 1),
    };
    if find(&statement.tokens[at..], "where").is_none() {
        hits.push(Hit::on("unbounded-dml", statement, at, count, format!("{verb} of every row, in one go")));
    }
}

/// Rows and schema of tables in use changed by one transaction. A rebuild does nothing else, and says so.
pub(super) fn mixed(file: &File, new: &[bool], hits: &mut Vec<Hit>) {
    if file.mode != Mode::Transaction {
        return;
    }
    let old = || file.statements.iter().zip(new).filter(|(_, new)| !**new).map(|(statement, _)| statement);
    let Some(ddl) = old().find(|statement| locks_table(statement)) else { return };
    for statement in old().filter(|statement| changes_rows(statement)) {
        let message = format!("rows are changed in the transaction that changes the schema in line {}", ddl.line);
        hits.push(Hit::on("backfill-in-ddl", statement, 0, 1, message));
    }
}

fn changes_rows(statement: &Statement) -> bool {
    match statement.word(0).as_str() {
        "insert" | "update" | "delete" | "merge" | "replace" | "copy" => true,
        "with" => ["insert", "update", "delete", "merge"].iter().any(|word| statement.has_word(word)),
        _ => false,
    }
}

/// Whether it locks a table that is in use: what makes a new one does not.
fn locks_table(statement: &Statement) -> bool {
    match statement.word(0).as_str() {
        "alter" => statement.word(1) == "table",
        "drop" => ["table", "index", "trigger"].contains(&statement.word(1).as_str()),
        "create" => ["index", "unique", "trigger"].contains(&statement.word(1).as_str()),
        _ => false,
    }
}
