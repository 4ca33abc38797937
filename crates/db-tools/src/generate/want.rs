//! What the entities want, checked and named.

use std::collections::{BTreeMap, BTreeSet};

use atriz_db::Engine;

use super::GenerateError;
use super::default;
use super::names::{self, LONGEST};
use super::types;
use crate::introspect::Schema;
use crate::logical::{Column, ColumnType, ForeignKey, Logical, Table};

/// Names of new objects: the same on both engines, and each given once.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Names in use, with their table.
    taken: BTreeMap<String, String>,
    given: BTreeMap<(String, Vec<String>), String>,
    in_use: BTreeSet<String>,
}

impl Names {
    /// Knows the names of both engines.
    pub(super) fn of(schemas: &[&Schema]) -> Self {
        let mut names = Self::default();
        for (name, table) in schemas.iter().flat_map(|schema| &schema.tables) {
            let objects = table.uniques.keys().chain(table.indexes.keys()).chain(table.foreign_keys.keys());
            let objects = objects.chain(table.checks.keys()).chain([&name.name]);
            let key = table.primary_key.iter().filter_map(|key| key.constraint.as_ref());
            for object in objects.chain(key) {
                names.taken.insert(object.clone(), name.name.clone());
            }
        }
        names
    }

    /// `prefix_table_what`.
    pub(super) fn give(&mut self, prefix: &str, table: &str, what: &[String]) -> String {
        let parts: Vec<String> = std::iter::once(table.to_owned()).chain(what.iter().cloned()).collect();
        let key = (prefix.to_owned(), parts.clone());
        if let Some(name) = self.given.get(&key) {
            return name.clone();
        }
        let taken = |name: &str| self.in_use.contains(name) || self.taken.get(name).is_some_and(|owner| owner != table);
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let name = names::made_free(prefix, &parts, taken);
        self.in_use.insert(name.clone());
        self.given.insert(key, name.clone());
        name
    }

    /// The name of a foreign key: with its column where several lead to one table.
    pub(super) fn foreign_key(&mut self, table: &str, wanted: &Table, key: &ForeignKey) -> String {
        let several = wanted.foreign_keys.values().filter(|other| other.table == key.table).count() > 1;
        let column = key.columns.last().filter(|_| several).cloned();
        let what: Vec<String> = std::iter::once(key.table.clone()).chain(column).collect();
        self.give("fk", table, &what)
    }

    /// The CHECK that says a column's type on SQLite.
    pub(super) fn type_check(table: &str, column: &str) -> String {
        names::made_ending("ck", &[table, column], "type")
    }
}

pub(super) fn same_set(left: &[String], right: &[String]) -> bool {
    left.len() == right.len() && left.iter().all(|column| right.contains(column))
}

/// Refuses what no engine can be told.
pub(super) fn check(wanted: &Logical) -> Result<(), GenerateError> {
    for (name, table) in &wanted.tables {
        let objects =
            std::iter::once(("table", name)).chain(table.columns.iter().map(|column| ("column", &column.name)));
        for (kind, object) in objects {
            if object.len() > LONGEST || object.is_empty() {
                let (kind, name) = (kind, object.clone());
                return Err(GenerateError::Name {
                    kind,
                    table: table.schema.clone() + "." + &table_name(table, wanted),
                    name,
                });
            }
        }
        for key in table.foreign_keys.values() {
            if !wanted.tables.contains_key(&key.table) {
                let (table, referenced) = (name.clone(), key.table.clone());
                return Err(GenerateError::Referenced { table, referenced });
            }
        }
    }
    Ok(())
}

fn table_name(table: &Table, wanted: &Logical) -> String {
    wanted.tables.iter().find(|(_, known)| *known == table).map(|(name, _)| name.clone()).unwrap_or_default()
}

/// Refuses a column that has to be made and that an engine cannot hold.
pub(super) fn check_column(engine: Engine, table: &str, column: &Column) -> Result<(), GenerateError> {
    let refused =
        |kind: String| GenerateError::Type { engine, table: table.to_owned(), column: column.name.clone(), kind };
    if engine == Engine::Sqlite && column.kind.sqlite("x").is_none() {
        return Err(refused(types::short(&column.kind.postgres())));
    }
    let time = matches!(column.kind, ColumnType::Timestamp);
    let literal = column.default.as_deref().is_none_or(default::is_literal);
    if engine == Engine::Sqlite && time && !literal {
        let column = column.name.clone();
        return Err(GenerateError::TimeDefault { table: table.to_owned(), column });
    }
    Ok(())
}

/// New tables, each behind those it refers to, and the foreign keys that have to wait for a table behind their own.
pub(super) fn ordered(wanted: &Logical, new: &[String]) -> (Vec<String>, Vec<(String, String)>) {
    let (mut order, mut left): (Vec<String>, Vec<String>) = (Vec::new(), new.to_vec());
    let mut waiting = Vec::new();
    while !left.is_empty() {
        let free = |name: &&String| {
            let keys = wanted.tables[*name].foreign_keys.values();
            keys.clone().all(|key| key.table == **name || !left.contains(&key.table))
        };
        // Within a circle one has to be first: its foreign keys wait.
        let next = left.iter().find(free).unwrap_or(&left[0]).clone();
        for (name, key) in &wanted.tables[&next].foreign_keys {
            if key.table != next && left.contains(&key.table) {
                waiting.push((next.clone(), name.clone()));
            }
        }
        left.retain(|name| *name != next);
        order.push(next);
    }
    (order, waiting)
}
