//! What a rebuild of SQLite takes along of the old table.

use std::collections::HashSet;

use atriz_db::migrate::Piece;

use super::super::hit::Hit;
use super::Look;
use crate::plan::Name;
use crate::plan::cursor::{Cursor, find, fold, items};

/// `at` is where the statement that drops the old table names it.
pub(super) fn check(look: &Look<'_>, table: &Name, at: usize, hits: &mut Vec<Hit>) {
    let before = look.file.statements.iter().take_while(|statement| statement.offset < look.statement.offset);
    let copies: Vec<&Piece<'_>> = before.filter(|statement| copies_from(statement, table)).collect();
    if copies.is_empty() {
        let message = format!("no INSERT takes the rows of `{table}` along: all of them are lost");
        return hits.push(Hit::on("sqlite-rebuild-without-copy", look.statement, at, 1, message));
    }
    let read: HashSet<String> = copies.iter().flat_map(|statement| words(&statement.tokens)).collect();
    if copies.iter().any(|statement| takes_all(statement)) {
        return;
    }
    let computed = computed(look, &table.name);
    let known = look.state.table(table);
    let mut lost: Vec<&str> = known
        .into_iter()
        .flat_map(|known| known.columns.keys())
        .filter(|column| !read.contains(&column.to_lowercase()) && !computed.contains(&column.to_lowercase()))
        .map(String::as_str)
        .collect();
    lost.sort_unstable();
    if !lost.is_empty() {
        let message = format!("the INSERT leaves out {} of `{table}`, which is lost", lost.join(", "));
        hits.push(Hit::on("sqlite-rebuild-drops-column", look.statement, at, 1, message));
    }
}

/// Whether a statement puts what it reads of the table into another one.
fn copies_from(statement: &Piece<'_>, table: &Name) -> bool {
    let from = |words: &[&str]| {
        let mut cursor = Cursor::new(words);
        cursor.eat_any(&["from", "join"])
            && cursor.name().is_some_and(|name| name.name.eq_ignore_ascii_case(&table.name))
    };
    let writes = matches!(statement.word(0).as_str(), "insert" | "replace" | "create" | "with");
    writes && (0..statement.tokens.len()).any(|at| from(&statement.tokens[at..]))
}

/// The names that are read, in lower case: those behind SELECT.
fn words(tokens: &[&str]) -> Vec<String> {
    let from = find(tokens, "select").unwrap_or_default();
    tokens[from..].iter().filter_map(|token| fold(token)).map(|name| name.to_lowercase()).collect()
}

/// Whether it reads `*`, or `t.*`.
fn takes_all(statement: &Piece<'_>) -> bool {
    statement.tokens.windows(2).any(|pair| {
        let begins = pair[0].eq_ignore_ascii_case("select") || matches!(pair[0], "." | ",");
        begins && pair[1] == "*"
    })
}

/// What a table was called before this statement called it `table`, in lower case.
fn renamed_to(statement: &Piece<'_>, table: &str) -> Option<String> {
    let mut cursor = Cursor::new(&statement.tokens);
    cursor.eat("alter table").then_some(())?;
    let old = cursor.name()?.name.to_lowercase();
    cursor.eat("rename to").then_some(())?;
    cursor.name().filter(|new| new.name.eq_ignore_ascii_case(table)).map(|_| old)
}

/// The columns that the new table computes by itself, in lower case: no INSERT may name them.
fn computed(look: &Look<'_>, table: &str) -> HashSet<String> {
    let mut found = HashSet::new();
    // The old table may have been given its name just before, and the new one has its name then.
    let before: Vec<String> =
        look.file.statements.iter().filter_map(|statement| renamed_to(statement, table)).collect();
    for statement in look.file.statements.iter().filter(|statement| statement.word(0) == "create") {
        let mut cursor = Cursor::new(&statement.tokens);
        cursor.eat("create table");
        cursor.eat("if not exists");
        let is_new = |name: &str| name.contains(&table.to_lowercase()) || before.iter().any(|old| old == name);
        if cursor.name().is_none_or(|name| !is_new(&name.name.to_lowercase())) {
            continue;
        }
        for item in items(cursor.parentheses().unwrap_or_default()) {
            if find(item, "as").is_some() {
                found.extend(item.first().and_then(|name| fold(name)).map(|name| name.to_lowercase()));
            }
        }
    }
    found
}
