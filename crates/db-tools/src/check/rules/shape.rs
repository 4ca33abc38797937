//! Keys, indexes and triggers that every table needs.

use std::collections::{BTreeMap, BTreeSet};

use super::super::mend::{self, Side};
use super::{Broken, Subject};
use crate::logical::{ForeignKey, Table};

pub(super) const UNFILLED: &str = "updated_at_unfilled";

pub(super) fn of(subject: &Subject<'_>) -> Vec<Broken> {
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
                kind: "foreign_key_unindexed",
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
    found
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

/// Names that two namespaces have: `search_path` would find one of them only.
pub(super) fn twice(side: &Side<'_>) -> Vec<Broken> {
    let mut namespaces: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let names = side.schema.tables.keys().chain(side.schema.views.keys());
    for name in names {
        namespaces.entry(&name.name).or_default().push(&name.schema);
    }
    let twice = namespaces.into_iter().filter(|(_, schemas)| schemas.len() > 1);
    let broken = twice.map(|(name, schemas)| Broken {
        object: format!("table {name}"),
        kind: "table_twice",
        is: format!("in {}", schemas.join(" and ")),
        should: "a name is used once in a database, whatever the schema".to_owned(),
        mend: mend::twice(name, &schemas),
    });
    broken.collect()
}
