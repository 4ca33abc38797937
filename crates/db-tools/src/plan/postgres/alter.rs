//! ALTER of anything; tables have a file of their own.

use super::super::cursor::{Cursor, has};
use super::super::effect::{Change, Effect, LockLevel};
use super::super::known::Known;
use super::alter_table;

/// Kinds of objects that no table's lock guards.
const APART: &[&str] = &[
    "aggregate",
    "collation",
    "conversion",
    "database",
    "default privileges",
    "event trigger",
    "extension",
    "foreign data wrapper",
    "function",
    "group",
    "language",
    "large object",
    "operator",
    "procedure",
    "role",
    "routine",
    "schema",
    "server",
    "subscription",
    "system",
    "tablespace",
    "text search",
    "type",
    "user",
];

pub(super) fn effect(cursor: &mut Cursor<'_>, known: &Known) -> Option<Effect> {
    if cursor.eat_any(&["table", "foreign table"]) {
        return alter_table::effect(cursor, known);
    }
    if cursor.eat("index") {
        return index(cursor, known);
    }
    if cursor.eat_any(&["materialized view", "view"]) {
        cursor.eat("if exists");
        return Some(Effect::locking(&cursor.name()?, LockLevel::AccessExclusive));
    }
    if cursor.eat("sequence") {
        cursor.eat("if exists");
        let sequence = cursor.name()?;
        let moves = cursor.eat_any(&["rename", "owner", "set"]);
        let level = if moves { LockLevel::AccessExclusive } else { LockLevel::ShareRowExclusive };
        return Some(Effect::locking(&sequence, level));
    }
    if cursor.eat_any(&["policy", "trigger", "rule"]) {
        cursor.seek("on")?;
        return Some(Effect::locking(&cursor.name()?, LockLevel::AccessExclusive));
    }
    if cursor.eat("domain") {
        return Some(domain(cursor));
    }
    if cursor.sees("type") && has(cursor.rest(), "attribute") {
        return Some(
            Effect { unknown: true, ..Effect::none() }.note("tables with columns of this type change with it"),
        );
    }
    if cursor.eat("publication") {
        return has(cursor.rest(), "rename").then(Effect::none);
    }
    cursor.eat_any(APART).then(Effect::none)
}

/// An index is not waited for by those who write to its table, but whoever reads the table opens it too.
fn index(cursor: &mut Cursor<'_>, known: &Known) -> Option<Effect> {
    cursor.eat("if exists");
    let index = cursor.name()?;
    let table = known.table_of(&index).cloned();
    if cursor.eat("rename to") {
        let to = table
            .as_ref()
            .zip(cursor.name())
            .map(|(table, name)| Change::Indexes { index: name, table: table.clone() });
        let effect = Effect::none().note("locks the index alone, against other schema changes");
        return Some(to.map_or(effect.clone(), |change| effect.change(change)));
    }
    if cursor.eat_any(&["attach partition", "set statistics", "alter"]) {
        return Some(Effect::none().note("locks the indexes alone"));
    }
    cursor
        .eat_any(&["set", "reset"])
        .then(|| Effect::none().note("locks the index alone, against everybody who opens it"))
}

fn domain(cursor: &Cursor<'_>) -> Effect {
    let checks = has(cursor.rest(), "add") && !has(cursor.rest(), "not valid");
    if checks || has(cursor.rest(), "validate") || has(cursor.rest(), "set not null") {
        return Effect::unknown().note("every table with a column of this domain is scanned while writes wait");
    }
    Effect::none()
}
