//! CREATE of anything; tables have a file of their own.

use super::super::cursor::{Cursor, has};
use super::super::effect::{Change, Effect, LockLevel};
use super::super::name::Name;
use super::{create_table, data};

/// Kinds of objects that no table's lock guards.
const APART: &[&str] = &[
    "access method",
    "aggregate",
    "cast",
    "collation",
    "conversion",
    "default conversion",
    "database",
    "domain",
    "event trigger",
    "extension",
    "foreign data wrapper",
    "function",
    "group",
    "language",
    "trusted language",
    "operator",
    "procedure",
    "role",
    "schema",
    "sequence",
    "server",
    "subscription",
    "tablespace",
    "text search",
    "transform",
    "type",
    "user",
];

pub(super) fn effect(cursor: &mut Cursor<'_>) -> Option<Effect> {
    let replaces = cursor.eat("or replace");
    cursor.skip(&["global", "local", "temporary", "temp", "unlogged", "recursive"]);
    if cursor.eat_any(&["table", "foreign table"]) {
        return create_table::effect(cursor);
    }
    if cursor.eat_any(&["unique index", "index"]) {
        return index(cursor);
    }
    if cursor.sees("materialized view") || cursor.sees("view") {
        return view(cursor, replaces);
    }
    if cursor.eat_any(&["constraint trigger", "trigger"]) {
        cursor.seek("on")?;
        return Some(Effect::locking(&cursor.name()?, LockLevel::ShareRowExclusive));
    }
    if cursor.eat("policy") {
        cursor.seek("on")?;
        return Some(Effect::locking(&cursor.name()?, LockLevel::AccessExclusive));
    }
    if cursor.eat("rule") {
        cursor.seek("to")?;
        return Some(Effect::locking(&cursor.name()?, LockLevel::AccessExclusive));
    }
    if cursor.eat("statistics") {
        cursor.seek("from")?;
        return Some(Effect::locking(&cursor.name()?, LockLevel::ShareUpdateExclusive));
    }
    if cursor.eat("publication") {
        return publication(cursor);
    }
    if cursor.sees("schema") && has(cursor.rest(), "create") {
        return None;
    }
    cursor.eat_any(APART).then(Effect::none)
}

fn index(cursor: &mut Cursor<'_>) -> Option<Effect> {
    let concurrently = cursor.eat("concurrently");
    cursor.eat("if not exists");
    let index = if cursor.sees("on") { None } else { Some(cursor.name()?) };
    cursor.eat("on").then_some(())?;
    let condition = cursor.eat("only").then_some("unless it is partitioned");
    let table = cursor.name()?;
    let level = if concurrently { LockLevel::ShareUpdateExclusive } else { LockLevel::Share };
    let effect = Effect::locking(&table, level).scan_if(&table, condition);
    Some(match index {
        Some(index) => effect.change(Change::Indexes { index: table.beside(&index), table }),
        None => effect,
    })
}

fn view(cursor: &mut Cursor<'_>, replaces: bool) -> Option<Effect> {
    let filled = cursor.eat("materialized") && !has(cursor.rest(), "with no data");
    cursor.eat("view");
    cursor.eat("if not exists");
    let view = cursor.name()?;
    let read: Vec<Name> = data::reads(cursor.rest());
    let effect = Effect::none().lock_all(&read, LockLevel::AccessShare);
    let effect = read.iter().filter(|_| filled).fold(effect, Effect::scan);
    let effect = if replaces { effect.lock(&view, LockLevel::AccessExclusive) } else { effect };
    Some(effect.change(Change::Makes(view)))
}

fn publication(cursor: &mut Cursor<'_>) -> Option<Effect> {
    cursor.ident()?;
    if !cursor.eat("for table") {
        return Some(Effect::none());
    }
    cursor.eat("only");
    Some(Effect::locking(&cursor.name()?, LockLevel::ShareUpdateExclusive))
}
