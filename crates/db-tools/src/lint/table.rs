//! What CREATE TABLE and ALTER TABLE say of columns, keys and foreign keys.

use atriz_db::migrate::Piece;

use super::hit::index_in;
use crate::plan::Name;
use crate::plan::cursor::{Cursor, find, fold, has, items};

/// What a statement adds to a table.
#[derive(Clone, Debug, Default)]
pub(super) struct Parts<'t> {
    pub(super) columns: Vec<String>,
    /// The columns of primary keys and unique constraints.
    pub(super) keys: Vec<Vec<String>>,
    pub(super) foreign: Vec<Foreign>,
    pub(super) checks: Vec<Check<'t>>,
}

/// A CHECK.
#[derive(Clone, Debug)]
pub(super) struct Check<'t> {
    /// Empty where it has none.
    pub(super) name: String,
    pub(super) condition: Vec<&'t str>,
    /// Whether it is proven for the rows that there are.
    pub(super) valid: bool,
}

/// A foreign key.
#[derive(Clone, Debug)]
pub(super) struct Foreign {
    pub(super) columns: Vec<String>,
    pub(super) referenced: Name,
    /// The token of the statement that it begins with, and how many it has up to the table referred to.
    pub(super) at: usize,
    pub(super) count: usize,
}

/// The parts between the parentheses of CREATE TABLE.
pub(super) fn body<'t>(statement: &Piece<'t>, inner: &[&'t str]) -> Parts<'t> {
    let mut parts = Parts::default();
    for item in items(inner) {
        read_item(statement, item, &mut parts);
    }
    parts
}

/// A column or a constraint, as CREATE TABLE and `ALTER TABLE … ADD` have it.
pub(super) fn read_item<'t>(statement: &Piece<'t>, item: &[&'t str], parts: &mut Parts<'t>) {
    let mut cursor = Cursor::new(item);
    let name = if cursor.eat("constraint") { cursor.ident() } else { None };
    if cursor.eat("check") {
        let valid = !has(cursor.rest(), "not valid");
        let condition = cursor.parentheses().map(<[&str]>::to_vec).unwrap_or_default();
        parts.checks.push(Check { name: name.unwrap_or_default(), condition, valid });
    } else if cursor.eat("foreign key") {
        let start = cursor.rest();
        let columns = cursor.parentheses().map(names).unwrap_or_default();
        if cursor.eat("references")
            && let Some(referenced) = cursor.name()
        {
            let at = index_in(statement, start).saturating_sub(2);
            let count = start.len() - cursor.rest().len() + 2;
            parts.foreign.push(Foreign { columns, referenced, at, count });
        }
    } else if cursor.eat_any(&["primary key", "unique nulls not distinct", "unique"]) {
        parts.keys.extend(cursor.parentheses().map(names));
    } else if !cursor.sees("constraint")
        && !cursor.eat_any(&["exclude", "like"])
        && cursor.rest().len() == item.len()
        && let Some(column) = cursor.ident()
    {
        read_column(statement, item, cursor.rest(), column, parts);
    }
}

fn read_column<'t>(statement: &Piece<'t>, item: &[&'t str], rest: &[&'t str], column: String, parts: &mut Parts<'t>) {
    let keyed = find(rest, "unique").is_some() || find(rest, "primary").is_some();
    if keyed {
        parts.keys.push(vec![column.clone()]);
    }
    if let Some(at) = find(rest, "references")
        && let Some(referenced) = Cursor::new(&rest[at + 1..]).name()
    {
        let (columns, at) = (vec![column.clone()], index_in(statement, item));
        parts.foreign.push(Foreign { columns, referenced, at, count: 1 });
    }
    let check = find(rest, "check").map(|at| Cursor::new(&rest[at + 1..]));
    if let Some(condition) = check.and_then(|mut cursor| cursor.parentheses()) {
        parts.checks.push(Check { name: String::new(), condition: condition.to_vec(), valid: true });
    }
    parts.columns.push(column);
}

/// The columns between parentheses, without their order; an expression counts as a name that no column has.
pub(super) fn names(inner: &[&str]) -> Vec<String> {
    items(inner)
        .iter()
        .map(|item| if item.get(1).is_some_and(|next| *next == "(") { None } else { fold(item[0]) }.unwrap_or_default())
        .collect()
}
