//! What nobody but a person can write anew, once what it reads is gone or of another kind.
//!
//! It goes on both engines where it does so on one, since both have to hold the same.

use std::collections::BTreeMap;

use atriz_db::Engine;

use super::change::{Change, find};
use super::dropped::mentions;
use super::{names, types, views};
use crate::introspect::{Schema, Trigger, View};

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
        Self { views: views(sides), triggers: triggers(sides) }
    }
}

/// The views that nobody but a person can write anew, by bare name and on either engine, and why.
fn views(sides: &[(&Schema, &[Change])]) -> BTreeMap<String, String> {
    let mut asked = BTreeMap::new();
    for (schema, changes) in sides {
        for (name, view) in &schema.views {
            let why = changes.iter().find_map(|change| unreadable(schema, view, change));
            if let Some(why) = why {
                asked.entry(name.name.clone()).or_insert(why);
            }
        }
    }
    // What reads one of them reads nothing.
    loop {
        let more = sides.iter().flat_map(|(schema, _)| &schema.views).find_map(|(name, view)| {
            let read = asked.keys().find(|read| mentions(&view.definition, read))?;
            (!asked.contains_key(&name.name)).then(|| (name.name.clone(), format!("view {read} goes")))
        });
        let Some((name, why)) = more else { return asked };
        asked.insert(name, why);
    }
}

/// Why a view does not read the same behind a change.
fn unreadable(schema: &Schema, view: &View, change: &Change) -> Option<String> {
    let table = change.table();
    if !mentions(&view.definition, &table.name) {
        return None;
    }
    let reads = |column: &str| views::touched(schema, table, column).iter().any(|one| mentions(&view.definition, one));
    match change {
        Change::DropTable { .. } => Some(format!("{table} goes")),
        Change::DropColumn { column, .. } if reads(column) => Some(format!("{table}.{column} goes")),
        Change::AlterColumn { column, kind: true, .. } if reads(&column.name) => {
            let unlike = views::is_unlike(schema, table, &column.name, &column.kind);
            let kind = types::short(&column.kind.to_string());
            unlike.then(|| format!("{table}.{} becomes {kind}", column.name))
        }
        Change::AddColumn { column, .. } if reads_all(&view.definition) => {
            Some(format!("{table}.{} comes, and it reads all columns", column.name))
        }
        Change::DropColumn { column, .. } if reads_all(&view.definition) => {
            Some(format!("{table}.{column} goes, and it reads all columns"))
        }
        _ => None,
    }
}

fn triggers(sides: &[(&Schema, &[Change])]) -> BTreeMap<(String, String), String> {
    let mut asked = BTreeMap::new();
    for (schema, changes) in sides {
        for change in *changes {
            let Some((column, why)) = reason(schema, change) else { continue };
            let table = change.table();
            let Some((_, is)) = find(schema, &table.name) else { continue };
            // That which fills the column in goes with it.
            let own = names::made("trg", &[&table.name, column]);
            for (name, trigger) in is.triggers.iter().filter(|(name, _)| **name != own) {
                let held = match change {
                    Change::AlterColumn { .. } => holds(&trigger.definition, column),
                    _ => names_column(schema, trigger, column),
                };
                if held {
                    asked.entry((table.name.clone(), name.clone())).or_insert_with(|| why.clone());
                }
            }
        }
    }
    asked
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

/// Whether a trigger or its function names a column.
fn names_column(schema: &Schema, trigger: &Trigger, column: &str) -> bool {
    let body = function_of(schema, trigger).is_some_and(|body| mentions(body, column));
    match schema.engine {
        Engine::Postgres => body || holds(&trigger.definition, column) || has_argument(&trigger.definition, column),
        Engine::Sqlite => mentions(&trigger.definition, column),
    }
}

/// The statement that made the function of a trigger.
pub(super) fn function_of<'a>(schema: &'a Schema, trigger: &Trigger) -> Option<&'a str> {
    let function = trigger.function.as_ref()?.replace('"', "");
    let is = |known: &str| known.replace('"', "").split('(').next().is_some_and(|name| name == function);
    schema.functions.iter().find(|(known, _)| is(known)).map(|(_, function)| function.definition.as_str())
}

/// Whether a trigger of PostgreSQL names a column before its function, in `UPDATE OF` or in its condition.
pub(super) fn holds(trigger: &str, column: &str) -> bool {
    let head = trigger.split_once(" EXECUTE ").map_or(trigger, |(head, _)| head);
    let behind_name = head.split_once(" TRIGGER ").and_then(|(_, rest)| rest.split_once(' ')).map_or("", |one| one.1);
    let (events, rest) = behind_name.split_once(" ON ").unwrap_or((behind_name, ""));
    let condition = rest.split_once(" WHEN ").map_or("", |(_, condition)| condition);
    mentions(events, column) || mentions(condition, column)
}

/// Whether the function of a trigger is told a column, as `tsvector_update_trigger` is.
pub(super) fn has_argument(trigger: &str, column: &str) -> bool {
    let function = trigger.split_once(" EXECUTE ").map_or("", |(_, function)| function);
    function.split_once('(').is_some_and(|(_, arguments)| mentions(arguments, &format!("'{column}'")))
}

/// Whether a view reads whatever columns there are: `SELECT *`, `SELECT a.*`, `SELECT a, *`.
fn reads_all(definition: &str) -> bool {
    definition.match_indices('*').any(|(at, _)| {
        let before = definition[..at].trim_end().to_lowercase();
        before.ends_with('.') || before.ends_with(',') || before.ends_with("select") || before.ends_with("distinct")
    })
}

/// What to decide on, in the file of `engine`.
pub(super) fn question(what: &str, why: &str, engine: Engine) -> String {
    let other = engine.other().title();
    format!("how does {what} read where {why}? Write it below, and on {other}, then take this line away")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_that_reads_all_is_told_from_others() {
        for all in ["SELECT * FROM things", "SELECT t.* FROM things t", "select id, * from things"] {
            assert!(reads_all(all), "{all}");
        }
        for some in ["SELECT count(*) FROM things", "SELECT a * b FROM things", "SELECT a FROM things"] {
            assert!(!reads_all(some), "{some}");
        }
    }

    #[test]
    fn a_trigger_holds_what_it_waits_for() {
        let trigger = "CREATE TRIGGER trg_note BEFORE UPDATE OF note ON app.things FOR EACH ROW WHEN (old.amount > 1) \
                       EXECUTE FUNCTION app.code('title')";
        assert!(holds(trigger, "note") && holds(trigger, "amount"));
        assert!(!holds(trigger, "code") && !holds(trigger, "trg_note"));
        assert!(has_argument(trigger, "title") && !has_argument(trigger, "note"));
    }
}
