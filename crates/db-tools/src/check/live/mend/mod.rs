//! SQL that makes a running database what its folder makes.
//!
//! It is written from the catalogue of the scratch database, so it says what the folder says in the engine's own words.
//! What no statement can say safely is a line for the reader, which begins with `--`.

mod made;
mod object;
mod rights;
mod sqlite;
pub(super) mod table;
pub(in crate::check) mod table_sql;

pub(super) use table::validated;

use std::collections::{BTreeMap, BTreeSet};

use atriz_db::Engine;

use super::replay::Replayed;
use crate::check::in_the_way::{self, InTheWay};
use crate::introspect::{Name, Schema};
use rights::Rights;

/// Writes what mends.
pub(super) struct Mender<'a> {
    pub(super) folder: &'a Replayed,
    pub(super) live: &'a Schema,
    /// The roles that own the database and that the app works as.
    pub(super) roles: &'a (String, String),
    /// Tables of SQLite that are rebuilt, whatever of them is asked for: a rebuild mends all of it.
    pub(super) rebuilt: BTreeSet<String>,
    /// The tables that are missing, in the order in which they are made.
    pub(super) new_tables: Vec<Name>,
}

/// A statement that drops what holds rows comes behind this line.
const LOSES: &str = "-- what stands in it is lost";

impl Mender<'_> {
    /// What mends a difference at this place.
    pub(super) fn mend(&self, path: &[String]) -> Vec<String> {
        let steps: Vec<&str> = path.iter().map(String::as_str).collect();
        let [kind, name, rest @ ..] = steps.as_slice() else { return by_hand() };
        if self.live.engine == Engine::Sqlite {
            return self.on_sqlite(kind, name, rest);
        }
        if let Some(attached) = self.attached(&steps) {
            return vec![attached];
        }
        let found = match *kind {
            "tables" => {
                let name = table_sql::parsed(name);
                let (folder, live) = (self.folder.schema.tables.get(&name), self.live.tables.get(&name));
                let in_the_way = |column: &str| self.in_the_way(&name, column);
                let now = folder.filter(|_| live.is_none()).map(|folder| self.without_waiting(&name, folder));
                let folder = now.as_ref().or(folder);
                let change =
                    table::Change { name: &name, folder, live, rights: self.rights(), in_the_way: &in_the_way };
                let behind = now.as_ref().map(|_| self.waiting_for(&name)).unwrap_or_default();
                change.mend(rest).into_iter().chain(behind).collect()
            }
            "views" => self.view(&table_sql::parsed(name)),
            "functions" => self.function(name, rest),
            "sequences" => self.sequence(&table_sql::parsed(name), rest),
            "types" => self.named_type(&table_sql::parsed(name), rest),
            "namespaces" => self.namespace(name, rest),
            "extensions" => self.extension(name),
            "others" => self.other(name),
            _ => Vec::new(),
        };
        if found.is_empty() { by_hand() } else { found }
    }

    /// What makes a table a partition again that the folder knows as one: to drop it, or to make it anew, would be wrong.
    fn attached(&self, steps: &[&str]) -> Option<String> {
        let part = match steps {
            ["tables", name] | ["tables", _, "partitions", name] => *name,
            _ => return None,
        };
        let own = table_sql::parsed(part);
        if !self.live.tables.contains_key(&own) || self.folder.schema.tables.contains_key(&own) {
            return None;
        }
        let parents = self.folder.schema.tables.iter();
        let (parent, bound) = parents
            .filter(|(parent, _)| self.live.tables.contains_key(*parent))
            .find_map(|(parent, table)| Some((parent, &table.partitions.get(part)?.bound)))?;
        let (parent, own) = (table_sql::sql_name(parent), table_sql::sql_name(&own));
        Some(format!("ALTER TABLE {parent} ATTACH PARTITION {own} {bound}"))
    }

    /// Views and triggers that the folder has too: what it does not have is gone by then. They come back as the folder has
    /// them.
    fn in_the_way(&self, table: &Name, column: &str) -> InTheWay {
        let mut known = self.live.clone();
        known.views.retain(|name, _| self.folder.schema.views.contains_key(name));
        let folder = self.folder.schema.tables.get(table);
        if let Some(live) = known.tables.get_mut(table) {
            live.triggers.retain(|name, _| folder.is_some_and(|folder| folder.triggers.contains_key(name)));
        }
        let mut way = in_the_way::of_column(&known, table, column);
        way.makes = Vec::new();
        for (name, _) in in_the_way::views(&known, table, column) {
            let made = self.view(name);
            way.makes.extend(made.into_iter().filter(|statement| !statement.starts_with("DROP ")));
        }
        let triggers = known.tables.get(table).into_iter().flat_map(|table| &table.triggers);
        for (name, _) in triggers.filter(|(_, trigger)| in_the_way::holds(&trigger.definition, column)) {
            way.makes.extend(folder.and_then(|folder| folder.triggers.get(name)).map(|made| made.definition.clone()));
        }
        way
    }

    fn rights(&self) -> Rights<'_> {
        Rights { owner: &self.roles.0, app: &self.roles.1 }
    }
}

/// Whether only a rebuild brings this place of a table of SQLite in order.
pub(super) fn needs_rebuild(path: &[String]) -> Option<&str> {
    match path {
        [kind, table, part, ..] if kind == "tables" && part != "indexes" && part != "triggers" => Some(table),
        _ => None,
    }
}

fn by_hand() -> Vec<String> {
    vec!["-- no statement makes the one into the other: make it anew, or write a migration".to_owned()]
}

/// `name` in both schemas' maps.
fn both<'a, T>(
    folder: &'a BTreeMap<Name, T>,
    live: &'a BTreeMap<Name, T>,
    name: &Name,
) -> (Option<&'a T>, Option<&'a T>) {
    (folder.get(name), live.get(name))
}
