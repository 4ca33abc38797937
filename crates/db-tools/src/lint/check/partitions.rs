//! Tables that become partitions, and those that have some.

use atriz_db::migrate::Direction;

use super::super::hit::{Hit, index_in};
use super::super::table::Check;
use super::Look;
use crate::plan::Name;
use crate::plan::cursor::{Cursor, has, items};

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

/// What PostgreSQL refuses on a table with partitions.
pub(super) fn refused(look: &Look<'_>, hits: &mut Vec<Hit>) {
    let statement = look.statement;
    let parted = |table: &Name| look.state.table(table).is_some_and(|table| table.partitioned);
    let mut tell = |at: usize, what: &str, table: &Name| {
        let message = format!("{what} on `{table}`, which has partitions: PostgreSQL refuses it");
        hits.push(Hit::on("refused-on-partitioned", statement, at, 1, message));
    };
    let mut cursor = Cursor::new(&statement.tokens);
    if cursor.eat_any(&["create index", "create unique index"]) {
        let at = index_in(statement, cursor.rest());
        if cursor.eat("concurrently") && cursor.seek("on").is_some() {
            cursor.eat("only");
            cursor.name().filter(parted).into_iter().for_each(|table| tell(at, "an index built CONCURRENTLY", &table));
        }
    } else if cursor.eat("drop index") {
        let at = index_in(statement, cursor.rest());
        if cursor.eat("concurrently") {
            cursor.eat("if exists");
            let names = cursor.names().unwrap_or_default();
            let tables = names.iter().filter_map(|index| look.state.table_of_index(index));
            tables.filter(|table| parted(table)).for_each(|table| tell(at, "an index dropped CONCURRENTLY", table));
        }
    } else if cursor.eat("alter table") {
        cursor.skip(&["if exists", "only"]);
        let Some(table) = cursor.name().filter(parted) else { return };
        for action in items(cursor.rest()).into_iter().filter(|action| Cursor::new(action).sees("add")) {
            let at = index_in(statement, action);
            if has(action, "foreign key") && has(action, "not valid") {
                tell(at, "a foreign key NOT VALID", &table);
            } else if has(action, "using index") && !has(action, "using index tablespace") {
                tell(at, "a constraint USING INDEX", &table);
            }
        }
    }
}
