//! ALTER TABLE: one lock, as strong as the strongest that one of its actions needs.

use super::super::cursor::{Cursor, has, items};
use super::super::effect::{Change, Effect, LockLevel};
use super::super::known::Known;
use super::super::name::Name;
use super::{columns, constraints};

/// Storage parameters that take no more than SHARE UPDATE EXCLUSIVE end or begin so.
const LIGHT_PARAMETERS: &[&str] = &[
    "autovacuum_",
    "fillfactor",
    "toast.",
    "parallel_workers",
    "log_autovacuum",
    "vacuum_",
    "toast_tuple_target",
    "n_distinct",
];

pub(super) fn effect(cursor: &mut Cursor<'_>, known: &Known) -> Option<Effect> {
    if cursor.eat("all in tablespace") {
        return None;
    }
    cursor.eat("if exists");
    cursor.eat("only");
    let table = cursor.name()?;
    cursor.eat("*");
    if ALONE.iter().any(|words| cursor.sees(words)) {
        return whole(cursor, &table);
    }
    let mut effect = Effect::none();
    for item in items(cursor.rest()) {
        effect = action(effect, &mut Cursor::new(item), &table, known)?;
    }
    Some(effect)
}

/// Forms that stand alone.
const ALONE: [&str; 4] = ["rename", "set schema", "attach partition", "detach partition"];

fn whole(cursor: &mut Cursor<'_>, table: &Name) -> Option<Effect> {
    let locked = Effect::locking(table, LockLevel::AccessExclusive);
    if cursor.eat("rename to") {
        let to = table.beside(&cursor.name()?);
        return Some(locked.change(Change::Renames { from: table.clone(), to }));
    }
    if cursor.eat("rename") {
        return Some(locked);
    }
    if cursor.eat("set schema") {
        let to = Name { schema: Some(cursor.ident()?), name: table.name.clone() };
        return Some(locked.change(Change::Renames { from: table.clone(), to }));
    }
    if cursor.eat("attach partition") {
        let partition = cursor.name()?;
        return Some(attach(cursor, table, &partition));
    }
    cursor.eat("detach partition").then_some(())?;
    let partition = cursor.name()?;
    Some(detach(cursor, table, &partition))
}

fn attach(cursor: &Cursor<'_>, table: &Name, partition: &Name) -> Effect {
    let effect = Effect::locking(table, LockLevel::ShareUpdateExclusive)
        .lock(partition, LockLevel::AccessExclusive)
        .scan_if(partition, Some("unless a valid CHECK proves the bounds"));
    if has(cursor.rest(), "default") {
        return effect;
    }
    effect.note("a default partition is locked against reads and writes, and scanned")
}

fn detach(cursor: &Cursor<'_>, table: &Name, partition: &Name) -> Effect {
    let light = has(cursor.rest(), "concurrently") || has(cursor.rest(), "finalize");
    let level = if light { LockLevel::ShareUpdateExclusive } else { LockLevel::AccessExclusive };
    let effect = Effect::locking(table, level).lock(partition, LockLevel::AccessExclusive);
    if light { effect.note("the partition's lock comes last, and for a moment") } else { effect }
}

fn action(effect: Effect, cursor: &mut Cursor<'_>, table: &Name, known: &Known) -> Option<Effect> {
    use LockLevel::{AccessExclusive, ShareRowExclusive, ShareUpdateExclusive};
    if cursor.eat_any(&[
        "add constraint",
        "add primary",
        "add unique",
        "add check",
        "add foreign",
        "add exclude",
        "add not null",
    ]) {
        return Some(constraints::add(effect, cursor.rest(), table));
    }
    if cursor.eat("validate constraint") {
        let constraint = cursor.ident()?;
        let effect = effect.lock(table, ShareUpdateExclusive).scan(table);
        let referenced = known.referenced_by(table, &constraint).cloned();
        let effect = effect.change(Change::Validates { table: table.clone(), constraint });
        return Some(referenced.iter().fold(effect, |effect, other| effect.lock(other, LockLevel::RowShare)));
    }
    if cursor.eat_any(&["drop constraint if exists", "drop constraint"]) {
        let constraint = cursor.ident()?;
        let effect = effect.lock(table, AccessExclusive);
        return Some(match known.referenced_by(table, &constraint) {
            Some(other) => effect.lock(other, AccessExclusive),
            None if constraint.starts_with("fk_") => effect.note("the table that it refers to is locked as well"),
            None => effect,
        });
    }
    if cursor.eat_any(&["drop column", "drop"]) {
        cursor.eat("if exists");
        let column = cursor.ident()?;
        let effect = effect.lock(table, AccessExclusive);
        return Some(effect.lock_all(&known.related_by(table, &column), AccessExclusive));
    }
    if cursor.sees("alter constraint") {
        return Some(effect.lock(table, AccessExclusive));
    }
    if cursor.eat_any(&["alter column", "alter"]) {
        return columns::alter(effect, cursor, table, known);
    }
    if cursor.eat_any(&["add column", "add"]) {
        return columns::add(effect, cursor, table);
    }
    if cursor.eat_any(&["cluster on", "set without cluster"]) {
        return Some(effect.lock(table, ShareUpdateExclusive));
    }
    if has_trigger(cursor) {
        return Some(effect.lock(table, ShareRowExclusive));
    }
    if cursor.eat_any(&["set logged", "set unlogged", "set access method", "set tablespace"]) {
        return Some(effect.lock(table, AccessExclusive).rewrite_if(table, Some("unless it is so already")));
    }
    if cursor.eat_any(&["set (", "reset ("]) {
        return Some(effect.lock(table, parameters(cursor)));
    }
    if cursor.eat("inherit") {
        return Some(effect.lock(table, AccessExclusive).lock(&cursor.name()?, ShareUpdateExclusive));
    }
    if cursor.eat("no inherit") {
        return Some(effect.lock(table, AccessExclusive).lock(&cursor.name()?, LockLevel::AccessShare));
    }
    let rest = [
        "owner to",
        "enable",
        "disable",
        "force row level",
        "no force row level",
        "replica identity",
        "of",
        "not of",
        "set without oids",
        "options",
    ];
    cursor.eat_any(&rest).then(|| effect.lock(table, AccessExclusive))
}

fn has_trigger(cursor: &Cursor<'_>) -> bool {
    (cursor.sees("enable") || cursor.sees("disable")) && has(cursor.rest(), "trigger")
}

fn parameters(cursor: &Cursor<'_>) -> LockLevel {
    let light = items(cursor.rest()).iter().all(|item| {
        let name = item.iter().take_while(|token| !["=", ")"].contains(&token.as_str())).cloned().collect::<String>();
        LIGHT_PARAMETERS.iter().any(|light| name.to_lowercase().starts_with(light))
    });
    if light { LockLevel::ShareUpdateExclusive } else { LockLevel::AccessExclusive }
}
