//! Changes of rows.

use atriz_db::migrate::{Mode, Piece};

use super::super::file::File;
use super::super::hit::Hit;
use super::truth::{is_always, within};
use crate::plan::cursor::{Cursor, find};

pub(super) fn check(statement: &Piece<'_>, hits: &mut Vec<Hit>) {
    match statement.word(0).as_str() {
        "update" | "delete" | "with" => changes(statement, hits),
        "truncate" if !statement.has_word("cascade") => {
            hits.push(Hit::on("unbounded-dml", statement, 0, 1, "TRUNCATE of every row, in one go"));
        }
        "merge" => merges(statement, hits),
        _ => {}
    }
}

/// Each UPDATE and DELETE, those in WITH too, whose condition leaves no row out.
fn changes(statement: &Piece<'_>, hits: &mut Vec<Hit>) {
    let tokens = &statement.tokens;
    let is = |at: usize, word: &str| tokens.get(at).is_some_and(|token| token.eq_ignore_ascii_case(word));
    for at in 0..tokens.len() {
        let begins = at.checked_sub(1).is_none_or(|before| ["(", ")"].contains(&tokens[before]));
        let (verb, count) = match () {
            () if begins && is(at, "delete") && is(at + 1, "from") => ("DELETE", 2),
            () if begins && is(at, "update") && !is(at + 1, ")") && !is(at + 1, ",") => ("UPDATE", 1),
            () => continue,
        };
        let clause = within(&tokens[at..]);
        let condition = find(clause, "where").map(|at| &clause[at + 1..]);
        let condition = condition.map(|rest| &rest[..find(rest, "returning").unwrap_or(rest.len())]);
        let message = match condition {
            None => format!("{verb} of every row, in one go"),
            Some(condition) if is_always(condition) => {
                format!("{verb} of every row, in one go: the condition leaves none out")
            }
            Some(_) => continue,
        };
        hits.push(Hit::on("unbounded-dml", statement, at, count, message));
    }
}

/// `MERGE … WHEN MATCHED THEN DELETE`, with nothing that says which.
fn merges(statement: &Piece<'_>, hits: &mut Vec<Hit>) {
    let tokens = &statement.tokens;
    for (at, _) in tokens.iter().enumerate().filter(|(_, token)| token.eq_ignore_ascii_case("when")) {
        let mut cursor = Cursor::new(&tokens[at + 1..]);
        let plain = cursor.eat_any(&["matched then", "not matched by source then"]);
        if plain && cursor.eat("delete") {
            let count = tokens.len() - at - cursor.rest().len();
            let message = "MERGE deletes every row that the join finds, and nothing says how many that are";
            hits.push(Hit::on("merge-delete", statement, at, count, message));
        }
    }
}

/// Rows and schema of tables in use changed by one transaction. A rebuild does nothing else, and says so.
pub(super) fn mixed(file: &File<'_>, new: &[bool], hits: &mut Vec<Hit>) {
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

fn changes_rows(statement: &Piece<'_>) -> bool {
    match statement.word(0).as_str() {
        "insert" | "update" | "delete" | "merge" | "replace" | "copy" => true,
        "with" => ["insert", "update", "delete", "merge"].iter().any(|word| statement.has_word(word)),
        _ => false,
    }
}

/// Whether it locks a table that is in use: what makes a new one does not.
fn locks_table(statement: &Piece<'_>) -> bool {
    match statement.word(0).as_str() {
        "alter" => statement.word(1) == "table",
        "drop" => ["table", "index", "trigger"].contains(&statement.word(1).as_str()),
        "create" => ["index", "unique", "trigger"].contains(&statement.word(1).as_str()),
        _ => false,
    }
}
