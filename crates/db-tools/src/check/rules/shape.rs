//! Keys, indexes and triggers that every table needs.

use std::collections::{BTreeMap, BTreeSet};

use super::super::mend::{self, Side};
use super::{Broken, Subject};
use crate::logical::{ForeignKey, Index, IndexKey, Logical, Table};

pub(super) const UNFILLED: &str = "updated_at_unfilled";
pub(super) const UNINDEXED: &str = "foreign_key_unindexed";

pub(super) fn of<'a>(subject: &Subject<'a>) -> Vec<Broken<'a>> {
    let mut found = Vec::new();
    if subject.table.primary_key.is_none() {
        found.push(Broken {
            object: subject.object("table", None),
            kind: "primary_key_absent",
            is: "no primary key".to_owned(),
            should: "each table has one".to_owned(),
            mend: mend::primary_key(subject.side, subject.name),
        });
    }
    for (name, key) in &subject.table.foreign_keys {
        if !has_index(subject.table, key) {
            found.push(Broken {
                object: subject.object("foreign key", Some(name)),
                kind: UNINDEXED,
                is: format!("no index leads with {}", key.columns.join(", ")),
                should: "one does, or each delete of the row referred to reads the whole table".to_owned(),
                mend: mend::index_for(subject.side, subject.name, &key.columns),
            });
        }
    }
    let filled = subject.table.triggers.values().any(|trigger| trigger.purposes.contains("fills updated_at"));
    if !filled && subject.table.column("updated_at").is_some() {
        found.push(Broken {
            object: subject.object("table", None),
            kind: UNFILLED,
            is: "no trigger fills updated_at".to_owned(),
            should: "one does, when a statement left it as it was".to_owned(),
            mend: mend::fill(subject.side, subject.name),
        });
    }
    found.extend(indexed_twice(subject));
    found
}

/// Indexes that another one of the table, or a key, makes superfluous: each costs a write for every row, and serves
/// nobody.
fn indexed_twice<'a>(subject: &Subject<'a>) -> Vec<Broken<'a>> {
    let mut found = Vec::new();
    let table = subject.table;
    for (name, index) in &table.indexes {
        let key = table.primary_key.as_ref().filter(|key| is_over(index, &key.columns));
        let key = key.map(|key| key.name.clone().unwrap_or_else(|| "the primary key".to_owned()));
        let other = table.indexes.iter().find(|(other, one)| *other != name && serves(one, other, index, name));
        let Some(other) = key.or_else(|| other.map(|(other, _)| other.clone())) else { continue };
        found.push(Broken {
            object: subject.object("index", Some(name)),
            kind: "index_twice",
            is: format!("holds what {other} holds"),
            should: "an index is there once".to_owned(),
            mend: mend::drop_index(subject.side, subject.name, name),
        });
    }
    found
}

/// Whether it is a plain index over just these columns.
fn is_over(index: &Index, columns: &[String]) -> bool {
    let plain = |key: &IndexKey| *key == IndexKey::column(&key.key);
    let bare = index.predicate.is_none() && index.method.is_none() && index.include.is_empty();
    bare && index.keys.iter().all(plain) && index.keys.iter().map(|key| &key.key).eq(columns)
}

/// Whether `one` does all that `index` does. Of two that are the same the constraint stays, else the first by name.
fn serves(one: &Index, one_name: &str, index: &Index, name: &str) -> bool {
    let same = Index { unique: index.unique, constraint: index.constraint, ..one.clone() } == *index;
    let rank = |index: &Index, name: &str| (index.unique, index.constraint, std::cmp::Reverse(name.to_owned()));
    same && rank(one, one_name) > rank(index, name)
}

/// Whether an index, or the primary key, has the columns in front, in any order.
fn has_index(table: &Table, key: &ForeignKey) -> bool {
    let wanted: BTreeSet<&str> = key.columns.iter().map(String::as_str).collect();
    let leads = |columns: Vec<&str>| {
        columns.len() >= wanted.len() && columns[..wanted.len()].iter().copied().collect::<BTreeSet<_>>() == wanted
    };
    let own = table.primary_key.iter().map(|key| key.columns.iter().map(String::as_str).collect());
    // A partial index will do where it leaves out nothing but NULLs, which refer to nothing.
    let all = |predicate: &str| key.columns.iter().any(|column| predicate == format!("{column} is not null"));
    let indexes = table.indexes.values().filter(|index| index.predicate.as_deref().is_none_or(all));
    let columns = indexes.map(|index| {
        index.keys.iter().take_while(|key| !key.expression).map(|key| key.key.as_str()).collect::<Vec<_>>()
    });
    own.chain(columns).any(leads)
}

/// Names that two namespaces have: `search_path` would find one of them only. The one that an entity is of keeps its name.
pub(super) fn twice(side: &Side<'_>, entities: &Logical) -> Vec<Broken<'static>> {
    let mut namespaces: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let names = side.schema.tables.keys().chain(side.schema.views.keys());
    for name in names {
        namespaces.entry(&name.name).or_default().push(&name.schema);
    }
    let twice = namespaces.into_iter().filter(|(_, schemas)| schemas.len() > 1);
    let known = |name: &str| entities.tables.get(name).map(|table| table.schema.as_str());
    let broken = twice.map(|(name, mut schemas)| {
        let is = format!("in {}", schemas.join(" and "));
        schemas.sort_by_key(|schema| Some(*schema) != known(name));
        Broken {
            object: format!("table {name}"),
            kind: "table_twice",
            is,
            should: "a name is used once in a database, whatever the schema".to_owned(),
            mend: mend::twice(name, &schemas),
        }
    });
    broken.collect()
}
