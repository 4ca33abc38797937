//! What squawk does not know of PostgreSQL, and of how files run here.

use atriz_db::migrate::Piece;

use super::super::file::File;
use super::super::hit::{Hit, index_in};
use super::keys;
use crate::plan::cursor::{Cursor, items};

/// Words that a column's name stands behind, or a value.
const NO_TYPE: [&str; 11] = ["(", ",", ".", ":", "column", "add", "alter", "drop", "exists", "rename", "to"];

pub(super) fn check(statement: &Piece<'_>, hits: &mut Vec<Hit>) {
    keys::excludes(statement, hits);
    unnamed(statement, hits);
    rewrites(statement, hits);
    block(statement, hits);
    let full = statement.word(0) == "vacuum" && statement.has_word("full");
    if full || statement.word(0) == "cluster" {
        let message = "the table is written anew while nobody may read it";
        hits.push(Hit::on("prefer-repack", statement, 0, if full { 2 } else { 1 }, message));
    }
    let defines = matches!(statement.word(0).as_str(), "create" | "alter") && statement.has_word("table");
    if defines {
        // A column's type stands behind its name; `json` behind a comma or a parenthesis is a column called so.
        let json = |(index, token): &(usize, &&str)| {
            let before = index.checked_sub(1).map(|before| statement.tokens[before]).unwrap_or_default();
            token.eq_ignore_ascii_case("json") && !NO_TYPE.iter().any(|word| before.eq_ignore_ascii_case(word))
        };
        for (index, _) in statement.tokens.iter().enumerate().filter(json) {
            hits.push(Hit::on("add-json-column", statement, index, 1, "json cannot be compared or indexed"));
        }
    }
}

/// Clauses of ALTER TABLE that squawk has no rule for.
fn rewrites(statement: &Piece<'_>, hits: &mut Vec<Hit>) {
    if statement.word(0) != "alter" || statement.word(1) != "table" {
        return;
    }
    let mut cursor = Cursor::new(&statement.tokens);
    cursor.eat("alter table");
    cursor.skip(&["if exists", "only"]);
    cursor.name();
    for action in items(cursor.rest()) {
        let mut clause = Cursor::new(action);
        let at = index_in(statement, action);
        if clause.eat_any(&["set logged", "set unlogged", "set tablespace", "set access method"]) {
            hits.push(Hit::on("table-rewrite", statement, at, 2, "the table is written anew while nobody may use it"));
        } else if clause.eat("disable row level security") {
            let message = "policies no longer count: everybody who may read the table sees every row";
            hits.push(Hit::on("ban-disable-row-security", statement, at, 4, message));
        } else if clause.eat("add") {
            clause.skip(&["column", "if not exists"]);
            clause.ident();
            let serial = ["serial", "bigserial", "smallserial"].iter().any(|kind| clause.eat(kind));
            if serial {
                let message = "each row gets a number: the table is written anew while nobody may use it";
                hits.push(Hit::on("adding-field-with-default", statement, at, 2, message));
            }
        }
    }
}

/// A DO block with words that change tables, or that run what is put together.
fn block(statement: &Piece<'_>, hits: &mut Vec<Hit>) {
    const CHANGES: [&str; 6] = ["alter ", "drop ", "truncate ", "delete ", "update ", "execute "];
    if statement.word(0) != "do" {
        return;
    }
    let body = statement.text.to_ascii_lowercase().replace(['\n', '\t', '\r'], " ");
    if CHANGES.iter().any(|word| body.contains(word)) {
        hits.push(Hit::on("unread-block", statement, 0, 1, "what it does to tables is not read"));
    }
}

fn unnamed(statement: &Piece<'_>, hits: &mut Vec<Hit>) {
    let at = if statement.word(1) == "unique" { 2 } else { 1 };
    let words = [at, at + 1, at + 2].map(|at| statement.word(at));
    if statement.word(0) == "create" && words == ["index", "concurrently", "on"] {
        let message = "an index that is built concurrently needs a name";
        hits.push(Hit::on("unnamed-concurrent-index", statement, at, 3, message));
    }
}

/// Statements that need no file of the sort, beside one that does. What belongs to a concurrent build may stand with it:
/// the parts of a partitioned index, the constraint that uses it, and the index that it takes the place of.
pub(super) fn mixed(file: &File<'_>, hits: &mut Vec<Hit>) {
    let alone = |statement: &Piece<'_>| {
        statement.has_word("concurrently") || ["vacuum", "reindex"].contains(&statement.word(0).as_str())
    };
    let companion = |statement: &Piece<'_>| {
        let words = ["attach", "validate", "using", "only"];
        let index = matches!(statement.word(0).as_str(), "drop" | "alter") && statement.word(1) == "index";
        index || words.iter().any(|word| statement.has_word(word))
    };
    let Some(first) = file.statements.iter().find(|statement| alone(statement)) else { return };
    let others = file.statements.iter().filter(|statement| !alone(statement) && !companion(statement));
    for statement in others {
        let message = format!("it runs alone because of line {}, and could be part of a transaction", first.line);
        hits.push(Hit::on("mixed-no-transaction", statement, 0, 2, message));
    }
}
