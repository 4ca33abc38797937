//! Reading and writing rows.

use super::super::cursor::{Cursor, find, fold, has};
use super::super::effect::{Change, Effect, LockLevel};
use super::super::known::Known;
use super::super::name::Name;
use super::super::rows::{fills, reads as read_tables, written};

/// Functions of PostgreSQL's own that a migration calls for what they do, and that touch no user's table.
const HARMLESS: &[&str] = &[
    "setval",
    "nextval",
    "set_config",
    "current_setting",
    "count",
    "max",
    "min",
    "sum",
    "coalesce",
    "greatest",
    "least",
    "now",
    "lower",
    "upper",
    "exists",
    "cast",
    "extract",
    "in",
    "and",
    "or",
    "not",
    "any",
    "all",
    "values",
    "pg_notify",
    "pg_sleep",
    "to_regclass",
    "pg_get_serial_sequence",
    "gen_random_uuid",
    "version",
    "md5",
    "format",
    "select",
    "from",
];

pub(super) fn reads(tokens: &[String]) -> Vec<Name> {
    read_tables(tokens)
}

/// SELECT, INSERT, UPDATE, DELETE, MERGE, VALUES, TABLE, and WITH in front of them.
pub(super) fn effect(tokens: &[String], known: &Known) -> Effect {
    let written = written(tokens);
    if written.is_empty() && calls_unknown(tokens) {
        return Effect::unknown().note("it calls a function that can do anything");
    }
    let read = read_tables(tokens);
    let locking = has(tokens, "for update")
        || has(tokens, "for no key update")
        || has(tokens, "for share")
        || has(tokens, "for key share");
    let level = if locking { LockLevel::RowShare } else { LockLevel::AccessShare };
    let mut effect = Effect::none().lock_all(&written, LockLevel::RowExclusive).lock_all(&read, level);
    // A new row is checked against those that it refers to. An UPDATE does so only where it changes such a column.
    let inserts = has(tokens, "insert into") || has(tokens, "merge into");
    for table in written.iter().filter(|_| inserts) {
        effect = effect.lock_all(&known.parents(table), LockLevel::RowShare);
    }
    effect = whole_table(effect, tokens, &written);
    if let Some((table, from)) = fills(tokens) {
        effect = effect.scan(&from).change(Change::Fills { table, from });
    }
    effect
}

/// An UPDATE or DELETE of every row holds each of them until the commit.
fn whole_table(effect: Effect, tokens: &[String], written: &[Name]) -> Effect {
    let mut cursor = Cursor::new(tokens);
    let changes = cursor.eat_any(&["update", "delete from"]);
    let Some(table) = written.first().filter(|_| changes) else { return effect };
    if find(tokens, "where").is_none() {
        let mut effect = effect.scan(table);
        effect.changes_every_row = Some(table.clone());
        return effect;
    }
    effect
        .scan_if(table, Some("unless an index finds the rows"))
        .note("the rows that it changes stay locked against other writers until the commit")
}

fn calls_unknown(tokens: &[String]) -> bool {
    tokens.windows(2).enumerate().any(|(index, pair)| {
        let (Some(function), "(") = (fold(&pair[0]), pair[1].as_str()) else { return false };
        let schema = (index > 1 && tokens[index - 1] == ".").then(|| tokens[index - 2].to_lowercase());
        match schema.as_deref() {
            Some("pg_catalog") => false,
            Some(_) => true,
            None => !HARMLESS.contains(&function.as_str()),
        }
    })
}

/// COPY, TRUNCATE and LOCK.
pub(super) fn command(tokens: &[String]) -> Option<Effect> {
    let mut cursor = Cursor::new(tokens);
    match cursor.word().as_str() {
        "copy" => {
            if let Some(query) = cursor.parentheses() {
                return Some(Effect::none().lock_all(&read_tables(query), LockLevel::AccessShare));
            }
            let table = cursor.name()?;
            let into = has(cursor.rest(), "from");
            let level = if into { LockLevel::RowExclusive } else { LockLevel::AccessShare };
            Some(Effect::locking(&table, level))
        }
        "truncate" => {
            cursor.eat("table");
            let tables = cursor.names()?;
            let effect = Effect::none().lock_all(&tables, LockLevel::AccessExclusive).note("empties the table");
            Some(if has(tokens, "cascade") { effect.note("and every table that refers to it") } else { effect })
        }
        _ => {
            cursor.eat("table");
            let tables = cursor.names()?;
            let words = cursor.eat("in").then(|| {
                let end = find(cursor.rest(), "mode").unwrap_or(0);
                cursor.rest()[..end].join(" ")
            });
            let level = words.map_or(Some(LockLevel::AccessExclusive), |words| LockLevel::of_words(&words))?;
            Some(Effect::none().lock_all(&tables, level))
        }
    }
}
