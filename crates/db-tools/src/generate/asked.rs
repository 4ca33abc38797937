//! What nobody but a person can write anew, once what it reads is gone or of another kind.
//!
//! It goes on both engines where it does so on one, since both have to hold the same.

use std::collections::BTreeMap;

use atriz_db::Engine;

use super::change::Change;
use super::dropped::says;
use super::reads::Reads;
use super::{names, sqlite, trigger, types, views};
use crate::introspect::{Name, Schema, Table, Trigger, View};

/// What has to be written anew, and why.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// Views by bare name.
    pub(super) views: BTreeMap<String, String>,
    /// Triggers by the bare name of their table and by name.
    pub(super) triggers: BTreeMap<(String, String), String>,
}

impl Asked {
    /// What the changes of either engine ask for.
    pub(super) fn of(sides: &[(&Schema, &[Change])]) -> Self {
        let searches = sides.iter().flat_map(|(schema, changes)| sqlite::lost(schema, changes)).collect();
        let views = views(sides, &searches);
        let mut triggers = triggers(sides);
        for (schema, changes) in sides {
            for (key, why) in users(schema, changes, &views, &searches) {
                triggers.entry(key).or_insert(why);
            }
        }
        Self { views, triggers }
    }
}

/// A view, and what it reads.
struct Reader<'a> {
    name: &'a str,
    view: &'a View,
    reads: Reads,
}

/// The views that nobody but a person can write anew, by bare name and on either engine, and why.
fn views(sides: &[(&Schema, &[Change])], searches: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut asked = BTreeMap::new();
    let mut all = Vec::new();
    for (schema, changes) in sides {
        for (name, view) in &schema.views {
            let reader = Reader { name: &name.name, view, reads: Reads::of(&view.definition) };
            let why = changes.iter().find_map(|change| unreadable(schema, &reader, change));
            let search = || searches.iter().find(|(search, _)| reader.reads.has(search)).map(|(_, why)| why.clone());
            if let Some(why) = why.or_else(search) {
                asked.entry(name.name.clone()).or_insert(why);
            }
            all.push(reader);
        }
    }
    // What reads one of them reads nothing.
    loop {
        let more = all.iter().filter(|one| !asked.contains_key(one.name)).find_map(|one| {
            let read = asked.keys().find(|read| one.reads.has(read))?;
            Some((one.name.to_owned(), format!("view {read} goes")))
        });
        let Some((name, why)) = more else { return asked };
        asked.insert(name, why);
    }
}

/// Why a view does not read the same behind a change.
fn unreadable(schema: &Schema, reader: &Reader<'_>, change: &Change) -> Option<String> {
    let table = change.table();
    if !reader.reads.has(&table.name) {
        return None;
    }
    let says = |column: &str| says(schema.engine, &reader.view.definition, column);
    let reads = |column: &str| views::touched(schema, table, column).iter().any(|one| says(one));
    let takes_all = || reader.reads.takes_all(&table.name);
    match change {
        Change::DropTable { .. } => Some(format!("{table} goes")),
        Change::DropColumn { column, .. } if reads(column) => Some(format!("{table}.{column} goes")),
        Change::AlterColumn { column, kind: true, .. } if reads(&column.name) => {
            let unlike = views::is_unlike(schema, table, &column.name, &column.kind);
            let kind = types::short(&column.kind.to_string());
            unlike.then(|| format!("{table}.{} becomes {kind}", column.name))
        }
        Change::AddColumn { column, .. } if takes_all() => {
            Some(format!("{table}.{} comes, and it reads all columns", column.name))
        }
        Change::DropColumn { column, .. } if takes_all() => {
            Some(format!("{table}.{column} goes, and it reads all columns"))
        }
        _ => None,
    }
}

/// The triggers of one engine that use a view or a full-text index that goes: by table or view and by name, and why.
fn users(
    schema: &Schema,
    changes: &[Change],
    views: &BTreeMap<String, String>,
    searches: &BTreeMap<String, String>,
) -> Vec<((String, String), String)> {
    let why = |trigger: &Trigger| {
        let view =
            views.keys().find(|view| trigger::uses(schema, trigger, view)).map(|view| format!("view {view} goes"));
        view.or_else(|| {
            searches.iter().find(|(search, _)| trigger::uses(schema, trigger, search)).map(|one| one.1.clone())
        })
    };
    let mut found = Vec::new();
    for (on, is) in schema.tables.iter().filter(|(on, _)| !goes(changes, on)) {
        let used = is.triggers.iter().filter_map(|(name, one)| Some((name, why(one)?)));
        found.extend(used.map(|(name, why)| ((on.name.clone(), name.clone()), why)));
    }
    // On PostgreSQL triggers of a view are written with it, and the server does not look into their functions.
    for (on, view) in schema.views.iter().filter(|_| schema.engine == Engine::Sqlite) {
        let own = || views.contains_key(&on.name).then(|| format!("view {on} goes"));
        let used = view.triggers.iter().filter_map(|(name, one)| Some((name, own().or_else(|| why(one))?)));
        found.extend(used.map(|(name, why)| ((on.name.clone(), name.clone()), why)));
    }
    found
}

/// Whether a table goes.
fn goes(changes: &[Change], table: &Name) -> bool {
    changes.iter().any(|change| matches!(change, Change::DropTable { table: gone } if gone == table))
}

fn triggers(sides: &[(&Schema, &[Change])]) -> BTreeMap<(String, String), String> {
    let mut asked = BTreeMap::new();
    for (schema, changes) in sides {
        for change in *changes {
            let found = match change {
                Change::DropTable { table } => Some((None, format!("there is no {table}"))),
                _ => reason(schema, change).map(|(column, why)| (Some(column), why)),
            };
            let Some((column, why)) = found else { continue };
            // A trigger of a table that goes goes with it.
            for (on, is) in schema.tables.iter().filter(|(on, _)| !goes(changes, on)) {
                for (name, _) in is.triggers.iter().filter(|one| is_held(schema, change, column, (on, is), *one)) {
                    asked.entry((on.name.clone(), name.clone())).or_insert_with(|| why.clone());
                }
            }
        }
    }
    asked
}

/// Whether a trigger does not run the same behind a change, of the column where it is about one.
fn is_held(
    schema: &Schema,
    change: &Change,
    column: Option<&str>,
    (on, is): (&Name, &Table),
    (name, trigger): (&String, &Trigger),
) -> bool {
    let table = &change.table().name;
    let waits = matches!(change, Change::AlterColumn { .. });
    if on.name != *table {
        return !waits && trigger::speaks_of(schema, trigger, table, column);
    }
    let Some(column) = column else { return false };
    let fills = |column: &str| *name == names::made("trg", &[table, column]);
    // That which fills the column in goes with it; that which finds a row by its key is written anew with the key.
    let key = is.primary_key.as_ref().is_some_and(|key| key.columns.iter().any(|one| one == column));
    if fills(column) || (key && fills("updated_at")) {
        return false;
    }
    if waits { trigger::holds(&trigger.definition, column) } else { trigger::names_column(schema, trigger, column) }
}

/// The column of a change behind which what reads it does not read the same, and what then holds.
pub(super) fn reason<'a>(schema: &Schema, change: &'a Change) -> Option<(&'a str, String)> {
    match change {
        Change::DropColumn { table, column } => Some((column, format!("{table} has no {column}"))),
        Change::AlterColumn { table, column, kind: true, .. } => {
            let kind = types::short(&column.kind.to_string());
            let unlike = views::is_unlike(schema, table, &column.name, &column.kind);
            unlike.then(|| (column.name.as_str(), format!("{table}.{} is {kind}", column.name)))
        }
        _ => None,
    }
}

/// What to decide on, in the file of `engine`.
pub(super) fn question(what: &str, why: &str, engine: Engine) -> String {
    let other = engine.other().title();
    format!("how does {what} read where {why}? Write it below, and on {other}, then take this line away")
}
