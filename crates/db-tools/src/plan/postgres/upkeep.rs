//! Comments, rights and maintenance.

use super::super::cursor::{Cursor, find, has};
use super::super::effect::{Effect, LockLevel};
use super::super::known::Known;
use super::super::name::Name;

pub(super) fn effect(tokens: &[String], known: &Known) -> Option<Effect> {
    let mut cursor = Cursor::new(tokens);
    match cursor.word().as_str() {
        "comment" => comment(&mut cursor),
        "grant" | "revoke" => Some(Effect::none()),
        "refresh" => {
            cursor.eat("materialized view").then_some(())?;
            let level = if cursor.eat("concurrently") { LockLevel::Exclusive } else { LockLevel::AccessExclusive };
            let view = cursor.name()?;
            Some(Effect::locking(&view, level).rewrite(&view).note("reads what it is made of"))
        }
        "reindex" => reindex(&mut cursor, known),
        "vacuum" => vacuum(&mut cursor),
        "cluster" => {
            cursor.eat("verbose");
            cursor.parentheses();
            let table = cursor.name()?;
            Some(Effect::locking(&table, LockLevel::AccessExclusive).rewrite(&table))
        }
        _ => analyze(&mut cursor),
    }
}

fn comment(cursor: &mut Cursor<'_>) -> Option<Effect> {
    cursor.eat("on").then_some(())?;
    if cursor.eat_any(&["table", "materialized view", "view", "foreign table"]) {
        return Some(Effect::locking(&cursor.name()?, LockLevel::ShareUpdateExclusive));
    }
    if cursor.eat("column") {
        let end = find(cursor.rest(), "is")?;
        let table = table_of_column(&cursor.rest()[..end])?;
        return Some(Effect::locking(&table, LockLevel::ShareUpdateExclusive));
    }
    if cursor.eat_any(&["constraint", "trigger", "rule", "policy"]) {
        if has(cursor.rest(), "on domain") {
            return Some(Effect::none());
        }
        cursor.seek("on")?;
        return Some(Effect::locking(&cursor.name()?, LockLevel::AccessShare));
    }
    Some(Effect::none())
}

/// `schema.table.column` without its last part.
fn table_of_column(tokens: &[String]) -> Option<Name> {
    let column = tokens.iter().rposition(|token| token == ".")?;
    Cursor::new(&tokens[..column]).name()
}

fn reindex(cursor: &mut Cursor<'_>, known: &Known) -> Option<Effect> {
    cursor.parentheses();
    let index = cursor.eat("index");
    (index || cursor.eat("table")).then_some(())?;
    let concurrently = cursor.eat("concurrently");
    let name = cursor.name()?;
    let level = if concurrently { LockLevel::ShareUpdateExclusive } else { LockLevel::Share };
    let table = if index { known.table_of(&name).cloned() } else { Some(name.clone()) };
    let Some(table) = table else {
        return Some(Effect::none().note(format!(
            "{} on the table of {name}: {}",
            level.words(),
            level.blocks().words()
        )));
    };
    let effect = Effect::locking(&table, level).scan(&table);
    Some(if concurrently { effect } else { effect.note("queries that would use the index wait as well") })
}

fn vacuum(cursor: &mut Cursor<'_>) -> Option<Effect> {
    let options = cursor.parentheses().unwrap_or_default();
    let full = has(options, "full") || cursor.sees("full") || cursor.sees("verbose full");
    cursor.skip(&["full", "freeze", "verbose", "analyze", "analyse"]);
    let table = cursor.name()?;
    Some(if full {
        Effect::locking(&table, LockLevel::AccessExclusive).rewrite(&table)
    } else {
        Effect::locking(&table, LockLevel::ShareUpdateExclusive).scan(&table)
    })
}

fn analyze(cursor: &mut Cursor<'_>) -> Option<Effect> {
    cursor.parentheses();
    cursor.eat("verbose");
    Some(Effect::locking(&cursor.name()?, LockLevel::ShareUpdateExclusive).note("reads a sample of the rows"))
}
