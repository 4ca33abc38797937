//! Tables that become partitions.

use atriz_db::migrate::Direction;

use super::super::hit::{Hit, index_in};
use super::super::table::Check;
use super::Look;
use crate::plan::cursor::Cursor;

/// `ATTACH PARTITION` of a table in use, all of which is read under lock unless a CHECK proves its bounds before.
pub(super) fn check(look: &Look<'_>, hits: &mut Vec<Hit>) {
    let statement = look.statement;
    let mut cursor = Cursor::new(&statement.tokens);
    if look.file.direction == Direction::Down || !cursor.eat("alter table") {
        return;
    }
    cursor.skip(&["if exists", "only"]);
    let Some(parent) = cursor.name() else { return };
    let attach = cursor.rest();
    if !cursor.eat("attach partition") {
        return;
    }
    let Some(table) = cursor.name() else { return };
    // What the batch made holds no more than the batch put there.
    if look.state.is_new(&table) {
        return;
    }
    let keys = look.state.table(&parent).map(|parent| parent.split_by.as_slice()).unwrap_or_default();
    let bounds: Vec<&str> = cursor.rest().iter().copied().filter(|token| is_literal(token)).collect();
    let proves = |check: &Check<'_>| {
        let has = |word: &str| check.condition.iter().any(|token| token.trim_matches('"').eq_ignore_ascii_case(word));
        check.valid && keys.iter().all(|key| has(key)) && bounds.iter().all(|bound| check.condition.contains(bound))
    };
    if look.state.table(&table).is_some_and(|table| table.checks.iter().any(proves)) {
        return;
    }
    let at = index_in(statement, attach);
    let count = attach.len() - cursor.rest().len();
    let message =
        format!("all rows of `{table}` are read under its lock, for no CHECK shows that they are within the bounds");
    hits.push(Hit::on("unproven-partition", statement, at, count, message));
}

/// Whether a token is a string or a number.
fn is_literal(token: &str) -> bool {
    token.starts_with(|first: char| first == '\'' || first.is_ascii_digit())
}
