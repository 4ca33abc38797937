//! What triggers are for, said alike on both engines: their bodies are in languages of their own.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Trigger;
use crate::introspect::{self, Function};

/// The definitions of trigger functions (PostgreSQL) by their bare names.
pub(super) struct Bodies(HashMap<String, String>);

impl Bodies {
    pub(super) fn of(functions: &BTreeMap<String, Function>) -> Self {
        let bare = |name: &str| name.strip_suffix("()").map(|name| unqualified(name).to_owned());
        let named = functions.iter().filter_map(|(name, function)| Some((bare(name)?, flat(&function.definition))));
        Self(named.collect())
    }

    fn get(&self, function: &str) -> Option<&str> {
        self.0.get(unqualified(function)).map(String::as_str)
    }
}

fn unqualified(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// In lower case with single blanks.
fn flat(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(super) fn trigger(table: &str, name: &str, trigger: &introspect::Trigger, bodies: &Bodies) -> Trigger {
    let definition = flat(&trigger.definition);
    let body = match &trigger.function {
        Some(function) => bodies.get(function).map(str::to_owned),
        None => definition.split_once(" begin ").map(|(_, body)| body.to_owned()),
    };
    let header = definition.split_once(" begin ").map_or(definition.as_str(), |(header, _)| header);
    let effect = body.and_then(|body| effect(&body, header, table, trigger.function.is_some()));
    let purposes = match effect {
        _ if trigger.state.as_deref() == Some("disabled") => BTreeSet::from([format!("{name}, disabled")]),
        Some(Effect::Fills(column)) if header.contains(" update ") => BTreeSet::from([format!("fills {column}")]),
        Some(Effect::Refuses { always }) => {
            let word = if always { "refuses" } else { "may refuse" };
            events(header, name).into_iter().map(|event| format!("{word} {event}")).collect()
        }
        _ => BTreeSet::from([name.to_owned()]),
    };
    Trigger { purposes, definition: trigger.definition.clone() }
}

enum Effect {
    Fills(String),
    Refuses { always: bool },
}

fn effect(body: &str, header: &str, table: &str, is_postgres: bool) -> Option<Effect> {
    if is_postgres {
        if body.contains("raise exception") {
            let conditional = body.contains(" if ") || body.contains(" case ") || header.contains(" when (");
            return Some(Effect::Refuses { always: !conditional });
        }
        let (column, _) = body.split_once("new.")?.1.split_once(" :=").or_else(|| assigned(body))?;
        return last_word(column).map(Effect::Fills);
    }
    if body.contains("raise(abort") || body.contains("raise(fail") || body.contains("raise(rollback") {
        let conditional = header.contains(" when ") || body.contains(" where ") || body.contains(" case ");
        return Some(Effect::Refuses { always: !conditional });
    }
    let set = body.strip_prefix(&format!("update {table} set "))?;
    let one_statement = body.matches(';').count() == 1;
    let (column, _) = set.split_once(" = ").filter(|_| one_statement)?;
    last_word(column).map(Effect::Fills)
}

/// `new.x = …` is an assignment too.
fn assigned(body: &str) -> Option<(&str, &str)> {
    body.split_once("; new.")?.1.split_once(" = ")
}

fn last_word(text: &str) -> Option<String> {
    let word = text.rsplit(|character: char| character == '.' || character.is_whitespace()).next()?;
    Some(word.trim_matches('"').to_owned()).filter(|word| !word.is_empty())
}

/// `insert`, `update of a, b`, `delete`. TRUNCATE has no twin on SQLite, where a DELETE of all rows is one of each.
fn events(header: &str, name: &str) -> Vec<String> {
    let behind = [" before ", " after ", " instead of "].iter().find_map(|word| header.split_once(word));
    let lower = name.to_lowercase();
    let rest = behind.map(|(_, rest)| rest).or_else(|| header.split_once(&format!("{lower} ")).map(|(_, rest)| rest));
    let Some((events, _)) = rest.and_then(|rest| rest.split_once(" on ")) else { return vec!["?".to_owned()] };
    events.split(" or ").map(str::trim).filter(|event| *event != "truncate").map(str::to_owned).collect()
}
