//! What triggers are for, said alike on both engines: their bodies are in languages of their own.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Trigger;
use super::trigger_bodies::{self, Effect};
use crate::introspect::{self, Function};

/// The definitions of trigger functions (PostgreSQL) by their names, and by their bare names for want of a better one.
pub(super) struct Bodies(HashMap<String, String>);

impl Bodies {
    pub(super) fn of(functions: &BTreeMap<String, Function>) -> Self {
        let mut bodies = HashMap::new();
        for (name, function) in functions {
            let Some(name) = name.strip_suffix("()") else { continue };
            let body = function.definition.clone();
            bodies.insert(unqualified(name).to_owned(), body.clone());
            bodies.insert(name.to_owned(), body);
        }
        Self(bodies)
    }

    fn get(&self, function: &str) -> Option<&str> {
        self.0.get(function).or_else(|| self.0.get(unqualified(function))).map(String::as_str)
    }
}

fn unqualified(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// In lower case with single blanks.
fn flat(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The table that a trigger stands on.
#[derive(Clone, Copy)]
pub(super) struct On<'a> {
    pub(super) table: &'a str,
    /// The columns of the primary key.
    pub(super) key: &'a [String],
}

pub(super) fn trigger(on: On<'_>, name: &str, trigger: &introspect::Trigger, bodies: &Bodies) -> Trigger {
    let definition = flat(&trigger.definition);
    let (header, body) = match definition.split_once(" begin ") {
        Some((header, body)) => (header, Some(body)),
        None => (definition.as_str(), None),
    };
    let is_postgres = trigger.function.is_some();
    let effect = match &trigger.function {
        Some(function) => bodies.get(function).and_then(|body| of_function(body, header)),
        None => body.and_then(|body| effect(body, header, on.table)),
    };
    let fills = |column: &str| {
        if is_postgres {
            every_row(header, name, column)
        } else {
            body.is_some_and(|body| its_own_row(header, body, column, on.key))
        }
    };
    let purposes = match effect {
        _ if matches!(trigger.state.as_deref(), Some("disabled" | "replica")) => {
            BTreeSet::from([format!("{name}, {}", trigger.state.as_deref().unwrap_or_default())])
        }
        Some(Effect::Fills(column)) if fills(&column) => BTreeSet::from([format!("fills {column}")]),
        Some(Effect::Refuses { always }) => {
            let word = if always { "refuses" } else { "may refuse" };
            events(header, name).into_iter().map(|event| format!("{word} {event}")).collect()
        }
        _ => BTreeSet::from([name.to_owned()]),
    };
    Trigger { purposes, definition: trigger.definition.clone() }
}

/// What a function does under a trigger with this header, whose condition may let rows go.
fn of_function(definition: &str, header: &str) -> Option<Effect> {
    Some(match trigger_bodies::effect(definition)? {
        Effect::Refuses { always } => Effect::Refuses { always: always && !header.contains(" when (") },
        fills @ Effect::Fills(_) => fills,
    })
}

/// What the body of a trigger of SQLite does.
fn effect(body: &str, header: &str, table: &str) -> Option<Effect> {
    if body.contains("raise(abort") || body.contains("raise(fail") || body.contains("raise(rollback") {
        let conditional = header.contains(" when ") || body.contains(" where ") || body.contains(" case ");
        return Some(Effect::Refuses { always: !conditional });
    }
    let set = body.strip_prefix(&format!("update {table} set "))?;
    let one_statement = body.matches(';').count() == 1;
    let (column, _) = set.split_once(" = ").filter(|_| one_statement)?;
    last_word(column).map(Effect::Fills)
}

fn last_word(text: &str) -> Option<String> {
    let word = text.rsplit(|character: char| character == '.' || character.is_whitespace()).next()?;
    Some(word.trim_matches('"').to_owned()).filter(|word| !word.is_empty())
}

/// Whether a trigger of PostgreSQL can write to each row that an UPDATE changes: BEFORE it, and whatever column it sets.
fn every_row(header: &str, name: &str, column: &str) -> bool {
    let condition = header.split_once(" when (").map(|(_, behind)| behind.split(" execute ").next().unwrap_or(behind));
    let is_change = |condition: &str| {
        let words = trigger_bodies::words(condition);
        trigger_bodies::is_change(column, &words.iter().map(String::as_str).collect::<Vec<_>>())
    };
    header.contains(" before ")
        && header.contains(" for each row")
        && events(header, name).iter().any(|event| event == "update")
        && condition.is_none_or(is_change)
}

/// Whether a trigger of SQLite writes to the row that was changed, whatever column the UPDATE set, and to no other row,
/// and a time as it is stored.
fn its_own_row(header: &str, body: &str, column: &str, key: &[String]) -> bool {
    let (header, body) = (header.replace('"', ""), body.replace('"', ""));
    let (_, events) = header.split_once(" after ").unwrap_or_default();
    let always = match header.split_once(" when ") {
        Some((_, condition)) => {
            let (new, old) = (format!("new.{column}"), format!("old.{column}"));
            ["is", "="].iter().any(|same| {
                [format!("{new} {same} {old}"), format!("{old} {same} {new}")].contains(&condition.trim().to_owned())
            })
        }
        None => true,
    };
    let Some((set, row)) = body.split_once(';').and_then(|(update, _)| update.rsplit_once(" where ")) else {
        return false;
    };
    let is_text = ["strftime(", "datetime(", "current_timestamp"].iter().any(|made| set.contains(made));
    events.starts_with("update on ") && always && is_one_row(row, key) && (!is_text || set.contains("+00:00"))
}

/// Whether a condition finds the row NEW alone: by all columns of the key, or by its rowid.
fn is_one_row(condition: &str, key: &[String]) -> bool {
    let found: Option<BTreeSet<&str>> = condition
        .split(" and ")
        .map(|part| {
            let (left, right) = part.trim().split_once(" = ").or_else(|| part.trim().split_once(" is "))?;
            let column = if right.starts_with("new.") { left } else { right };
            (right.strip_prefix("new.") == Some(column) || left.strip_prefix("new.") == Some(column)).then_some(column)
        })
        .collect();
    let key: BTreeSet<String> = key.iter().map(|column| column.to_lowercase()).collect();
    found.is_some_and(|found| {
        found.contains("rowid") || (!key.is_empty() && key.iter().all(|column| found.contains(column.as_str())))
    })
}

/// `insert`, `update of a, b`, `delete`. TRUNCATE has no twin on SQLite, where a DELETE of all rows is one of each.
fn events(header: &str, name: &str) -> Vec<String> {
    let behind = [" before ", " after ", " instead of "].iter().find_map(|word| header.split_once(word));
    let lower = name.to_lowercase();
    let rest = behind.map(|(_, rest)| rest).or_else(|| header.split_once(&format!("{lower} ")).map(|(_, rest)| rest));
    let Some((events, _)) = rest.and_then(|rest| rest.split_once(" on ")) else { return vec!["?".to_owned()] };
    events.split(" or ").map(str::trim).filter(|event| *event != "truncate").map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_found_by_its_whole_key() {
        let key = ["store_id".to_owned(), "id".to_owned()];
        assert!(is_one_row("store_id = new.store_id and id = new.id", &key));
        assert!(is_one_row("new.id = id and store_id is new.store_id", &key));
        assert!(is_one_row("rowid = new.rowid", &key));
        assert!(!is_one_row("store_id = new.store_id", &key));
        assert!(!is_one_row("id = old.id and store_id = new.store_id", &key));
        assert!(!is_one_row("version = new.version", &[]));
    }
}
