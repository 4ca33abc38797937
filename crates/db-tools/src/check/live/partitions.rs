//! Partitions, folded into their parents.
//!
//! They are made and dropped while the database runs, so one that the folder does not know is no drift; but it should be
//! built as its parent is.

use std::collections::BTreeMap;

use serde::Serialize;

use super::mend::table_sql;
use super::report::LiveDatabase;
use crate::introspect::{Column, Index, IndexColumn, Partition, Schema, Table};
use crate::scratch::quote;

/// Takes out of both schemas the partitions that only one of them has, and tells where one of the running database is not
/// built as its parent. What takes the rest is no matter of time: a missing one stays a difference.
pub(super) fn fold(folder: &mut Schema, live: &mut Schema, report: &mut LiveDatabase) {
    for (name, live) in &mut live.tables {
        let Some(folder) = folder.tables.get_mut(name) else { continue };
        fold_table(folder, live, report);
    }
}

fn fold_table(folder: &mut Table, live: &mut Table, report: &mut LiveDatabase) {
    folder.partitions.retain(|name, partition| live.partitions.contains_key(name) || is_rest(partition));
    let (known, made): (BTreeMap<_, _>, BTreeMap<_, _>) =
        std::mem::take(&mut live.partitions).into_iter().partition(|(name, _)| folder.partitions.contains_key(name));
    live.partitions = known;
    for (name, partition) in made {
        for (what, should, is, mend) in unlike(live, &partition.table, &name) {
            report.drift(format!("partition {name}, {what}"), should, is, mend);
        }
    }
    for (name, partition) in &mut live.partitions {
        if let Some(folder) = folder.partitions.get_mut(name) {
            fold_table(&mut folder.table, &mut partition.table, report);
        }
    }
}

fn is_rest(partition: &Partition) -> bool {
    partition.bound.eq_ignore_ascii_case("default")
}

/// What differs, what it should be, what it is, and what mends it.
type Unlike = (String, Option<String>, Option<String>, Vec<String>);

fn unlike(parent: &Table, partition: &Table, name: &str) -> Vec<Unlike> {
    let mut found = Vec::new();
    let own = table_sql::parsed(name);
    let name = &table_sql::sql_name(&own);
    for column in &parent.columns {
        let same = |other: &&Column| other.name == column.name;
        let there = partition.columns.iter().find(same);
        let shape = |column: &Column| format!("{}{}", column.type_name, if column.nullable { "" } else { " NOT NULL" });
        let (should, is) = (Some(shape(column)), there.map(shape));
        if should != is {
            let mend = vec![format!("ALTER TABLE {name} ALTER COLUMN {} SET NOT NULL", quote(&column.name))];
            found.push((format!("column {}", column.name), should, is, mend));
        }
    }
    let key = |table: &Table| table.primary_key.as_ref().map(|key| format!("({})", key.columns.join(", ")));
    if key(parent) != key(partition) {
        let columns = parent.primary_key.as_ref().map(|key| table_sql::list(&key.columns)).unwrap_or_default();
        let mend = vec![format!("ALTER TABLE {name} ADD PRIMARY KEY ({columns})")];
        found.push(("primary key".to_owned(), key(parent), key(partition), mend));
    }
    // The names of what hangs on a partition are its own, so it is matched by what it is.
    let (should, is) = (by_shape(&parent.indexes, index_shape), by_shape(&partition.indexes, index_shape));
    for (shape, (index_name, index)) in only_in(&should, &is) {
        let mend = table_sql::index_on_partition(&own, index_name, index);
        found.push((format!("index like {index_name}"), Some(shape.clone()), None, mend));
    }
    for (shape, (index_name, _)) in only_in(&is, &should) {
        let mend = vec![format!("DROP INDEX {}", table_sql::beside(&own, index_name))];
        found.push((format!("index {index_name}"), None, Some(shape.clone()), mend));
    }
    found.extend(constraints(parent, partition, name));
    found
}

fn constraints(parent: &Table, partition: &Table, name: &str) -> Vec<Unlike> {
    let mut found = Vec::new();
    let shape = |table: &Table| {
        let mut all = BTreeMap::new();
        for (name, one) in &table.uniques {
            all.insert(format!("UNIQUE ({})", table_sql::list(&one.columns)), ("unique constraint", name.clone()));
        }
        for (name, one) in &table.checks {
            all.insert(format!("CHECK ({})", one.expression), ("check", name.clone()));
        }
        for (name, one) in &table.foreign_keys {
            all.insert(table_sql::foreign_key(one), ("foreign key", name.clone()));
        }
        all
    };
    let (should, is) = (shape(parent), shape(partition));
    for (definition, (kind, constraint)) in only_in(&should, &is) {
        let quoted = quote(constraint);
        let mend = vec![format!("ALTER TABLE {name} ADD CONSTRAINT {quoted} {definition}")];
        found.push((format!("{kind} {constraint}"), Some(definition.clone()), None, mend));
    }
    for (definition, (kind, constraint)) in only_in(&is, &should) {
        let mend = vec![format!("ALTER TABLE {name} DROP CONSTRAINT {}", quote(constraint))];
        found.push((format!("{kind} {constraint}"), None, Some(definition.clone()), mend));
    }
    found
}

fn only_in<'a, V>(
    left: &'a BTreeMap<String, V>,
    right: &'a BTreeMap<String, V>,
) -> impl Iterator<Item = (&'a String, &'a V)> {
    left.iter().filter(|(shape, _)| !right.contains_key(*shape))
}

fn by_shape<'a, T>(all: &'a BTreeMap<String, T>, shape: fn(&T) -> String) -> BTreeMap<String, (&'a String, &'a T)> {
    all.iter().map(|(name, one)| (shape(one), (name, one))).collect()
}

#[derive(Serialize)]
struct Shape<'a> {
    unique: bool,
    columns: &'a [IndexColumn],
    include: &'a [String],
    method: &'a Option<String>,
    predicate: &'a Option<String>,
}

fn index_shape(index: &Index) -> String {
    let Index { unique, columns, include, method, predicate, .. } = index;
    let shape = Shape { unique: *unique, columns, include, method, predicate };
    serde_json::to_string(&shape).unwrap_or_default()
}
