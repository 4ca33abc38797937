//! What squawk does not know of PostgreSQL, and of how files run here.

use atriz_db::migrate::Statement;

use super::super::file::File;
use super::super::hit::Hit;
use super::{Look, keys};

/// Words that a column's name stands behind, or a value.
const NO_TYPE: [&str; 11] = ["(", ",", ".", ":", "column", "add", "alter", "drop", "exists", "rename", "to"];

pub(super) fn check(look: &Look<'_>, hits: &mut Vec<Hit>) {
    let statement = look.statement;
    keys::excludes(look, hits);
    unnamed(statement, hits);
    let full = statement.word(0) == "vacuum" && statement.has_word("full");
    if full || statement.word(0) == "cluster" {
        let message = "the table is written anew while nobody may read it";
        hits.push(Hit::on("prefer-repack", statement, 0, if full { 2 } else { 1 }, message));
    }
    let defines = matches!(statement.word(0).as_str(), "create" | "alter") && statement.has_word("table");
    if defines {
        // A column's type stands behind its name; `json` behind a comma or a parenthesis is a column called so.
        let json = |(index, token): &(usize, &String)| {
            let before = index.checked_sub(1).map(|before| statement.tokens[before].as_str()).unwrap_or_default();
            token.eq_ignore_ascii_case("json") && !NO_TYPE.iter().any(|word| before.eq_ignore_ascii_case(word))
        };
        for (index, _) in statement.tokens.iter().enumerate().filter(json) {
            hits.push(Hit::on("add-json-column", statement, index, 1, "json cannot be compared or indexed"));
        }
    }
}

fn unnamed(statement: &Statement, hits: &mut Vec<Hit>) {
    let at = if statement.word(1) == "unique" { 2 } else { 1 };
    let words = [at, at + 1, at + 2].map(|at| statement.word(at));
    if statement.word(0) == "create" && words == ["index", "concurrently", "on"] {
        let message = "an index that is built concurrently needs a name";
        hits.push(Hit::on("unnamed-concurrent-index", statement, at, 3, message));
    }
}

/// Statements that need no file of the sort, beside one that does. What belongs to a concurrent build may stand with it:
/// the parts of a partitioned index, the constraint that uses it, and the index that it takes the place of.
pub(super) fn mixed(file: &File, hits: &mut Vec<Hit>) {
    let alone = |statement: &Statement| {
        statement.has_word("concurrently") || ["vacuum", "reindex"].contains(&statement.word(0).as_str())
    };
    let companion = |statement: &Statement| {
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
