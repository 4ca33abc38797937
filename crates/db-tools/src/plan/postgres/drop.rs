//! DROP.

use super::super::cursor::{Cursor, has};
use super::super::effect::{Change, Effect, LockLevel};
use super::super::known::Known;

/// Kinds of objects that no table's lock guards, as long as nothing else goes with them.
const APART: &[&str] = &[
    "access method",
    "aggregate",
    "cast",
    "collation",
    "conversion",
    "database",
    "domain",
    "event trigger",
    "extension",
    "foreign data wrapper",
    "function",
    "group",
    "language",
    "operator",
    "owned",
    "procedure",
    "publication",
    "role",
    "routine",
    "schema",
    "server",
    "subscription",
    "tablespace",
    "text search",
    "transform",
    "type",
    "user",
];

pub(super) fn effect(cursor: &mut Cursor<'_>, known: &Known) -> Option<Effect> {
    let cascades = has(cursor.rest(), "cascade");
    let effect = kind(cursor, known)?;
    Some(if cascades {
        Effect { unknown: effect.locks.is_empty(), ..effect }.note("whatever depends on it goes too")
    } else {
        effect
    })
}

fn kind(cursor: &mut Cursor<'_>, known: &Known) -> Option<Effect> {
    if cursor.eat("index") {
        return index(cursor, known);
    }
    if cursor.eat_any(&["table", "foreign table"]) {
        cursor.eat("if exists");
        let tables = cursor.names()?;
        let related: Vec<_> = tables.iter().flat_map(|table| known.related(table)).collect();
        let effect = Effect::none().lock_all(&tables, LockLevel::AccessExclusive);
        let effect = tables.iter().fold(effect, |effect, table| effect.change(Change::Drops(table.clone())));
        return Some(effect.lock_all(&related, LockLevel::AccessExclusive));
    }
    if cursor.eat_any(&["materialized view", "view", "sequence"]) {
        cursor.eat("if exists");
        let views = cursor.names()?;
        let effect = Effect::none().lock_all(&views, LockLevel::AccessExclusive);
        return Some(views.iter().fold(effect, |effect, view| effect.change(Change::Drops(view.clone()))));
    }
    if cursor.eat_any(&["trigger", "policy", "rule"]) {
        cursor.seek("on")?;
        return Some(Effect::locking(&cursor.name()?, LockLevel::AccessExclusive));
    }
    if cursor.eat("statistics") {
        return Some(Effect::none().note("blocks other schema changes of its table"));
    }
    cursor.eat_any(APART).then(Effect::none)
}

fn index(cursor: &mut Cursor<'_>, known: &Known) -> Option<Effect> {
    let concurrently = cursor.eat("concurrently");
    cursor.eat("if exists");
    let level = if concurrently { LockLevel::ShareUpdateExclusive } else { LockLevel::AccessExclusive };
    let mut effect = Effect::none();
    for index in cursor.names()? {
        effect = match known.table_of(&index) {
            Some(table) => effect.lock(table, level),
            None => effect.note(format!("{} on the table of {index}: {}", level.words(), level.blocks().words())),
        };
    }
    Some(effect)
}
