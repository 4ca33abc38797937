//! Partitions, folded into their parents.
//!
//! They are made and dropped while the database runs, so one that the folder does not know is no drift; but it should be
//! built as its parent is.

use std::collections::BTreeMap;

use serde::Serialize;

use super::mend::table_sql;
use super::report::LiveDatabase;
use crate::introspect::{Check, Column, Index, IndexColumn, Partition, Schema, Table, Unique};
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
    let mut partitions = std::mem::take(&mut live.partitions);
    for (name, partition) in &partitions {
        let is_known = folder.partitions.contains_key(name);
        for (what, should, is, mend) in unlike(live, &partition.table, name, is_known) {
            report.drift(format!("partition {name}, {what}"), should, is, mend);
        }
    }
    partitions.retain(|name, _| folder.partitions.contains_key(name));
    let mut known = std::mem::take(&mut folder.partitions);
    for (name, partition) in &mut known {
        // What a partition has from its parent is told of the parent alone.
        let Some(twin) = partitions.get_mut(name) else {
            forget_inherited(folder, &mut partition.table);
            continue;
        };
        fold_table(&mut partition.table, &mut twin.table, report);
        // A column that is a partition's own on one side is compared on both.
        let mut columns = (partition.table.columns.clone(), twin.table.columns.clone());
        forget_inherited(folder, &mut partition.table);
        forget_inherited(live, &mut twin.table);
        let is_own = |column: &Column| {
            partition.table.column(&column.name).is_some() || twin.table.column(&column.name).is_some()
        };
        columns.0.retain(is_own);
        columns.1.retain(is_own);
        partition.table.columns = columns.0;
        twin.table.columns = columns.1;
    }
    folder.partitions = known;
    live.partitions = partitions;
}

/// Takes out of a partition what it has from its parent.
pub(super) fn forget_inherited(parent: &Table, partition: &mut Table) {
    let shape = |column: &Column| Column { grants: Vec::new(), comment: None, ..column.clone() };
    partition.columns.retain(|column| parent.column(&column.name).map(&shape) != Some(shape(column)));
    if partition.primary_key.as_ref().map(|key| &key.columns) == parent.primary_key.as_ref().map(|key| &key.columns) {
        partition.primary_key = None;
    }
    let indexes = by_shape(&parent.indexes, index_shape);
    partition.indexes.retain(|_, index| !indexes.contains_key(&index_shape(index)));
    let inherited = constraint_shapes(parent);
    partition.uniques.retain(|_, one| !inherited.contains_key(&unique_shape(one)));
    partition.checks.retain(|_, one| !inherited.contains_key(&check_shape(one)));
    partition.foreign_keys.retain(|_, one| !inherited.contains_key(&table_sql::foreign_key(one)));
    partition.triggers.retain(|name, _| !parent.triggers.contains_key(name));
}

fn is_rest(partition: &Partition) -> bool {
    partition.bound.eq_ignore_ascii_case("default")
}

/// What differs, what it should be, what it is, and what mends it.
type Unlike = (String, Option<String>, Option<String>, Vec<String>);

/// What the folder knows of a partition's own is compared with the folder.
fn unlike(parent: &Table, partition: &Table, name: &str, is_known: bool) -> Vec<Unlike> {
    let mut found = Vec::new();
    let own = table_sql::parsed(name);
    let name = &table_sql::sql_name(&own);
    for column in parent.columns.iter().filter(|_| !is_known) {
        let same = |other: &&Column| other.name == column.name;
        let there = partition.columns.iter().find(same);
        let shape = |column: &Column| format!("{}{}", column.type_name, if column.nullable { "" } else { " NOT NULL" });
        let (should, is) = (Some(shape(column)), there.map(shape));
        if should != is {
            let way = if column.nullable { "DROP" } else { "SET" };
            let mend = vec![format!("ALTER TABLE {name} ALTER COLUMN {} {way} NOT NULL", quote(&column.name))];
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
    // An index that is not on all partitions yet is invalid, and told as that.
    for (shape, (index_name, index)) in only_in(&should, &is).filter(|(_, (_, index))| !index.invalid) {
        let mend = table_sql::index_on_partition(&own, index_name, index);
        found.push((format!("index like {index_name}"), Some(shape.clone()), None, mend));
    }
    for (shape, (index_name, _)) in only_in(&is, &should).filter(|_| !is_known) {
        let mend = vec![format!("DROP INDEX {}", table_sql::beside(&own, index_name))];
        found.push((format!("index {index_name}"), None, Some(shape.clone()), mend));
    }
    found.extend(constraints(parent, partition, name, is_known));
    found
}

/// What a constraint says, with its sort and name.
type Shapes = BTreeMap<String, (&'static str, String)>;

fn constraint_shapes(table: &Table) -> Shapes {
    let mut all = Shapes::new();
    let uniques = table.uniques.iter().map(|(name, one)| (unique_shape(one), ("unique constraint", name.clone())));
    all.extend(uniques);
    all.extend(table.checks.iter().map(|(name, one)| (check_shape(one), ("check", name.clone()))));
    let keys = table.foreign_keys.iter();
    all.extend(keys.map(|(name, one)| (table_sql::foreign_key(one), ("foreign key", name.clone()))));
    all
}

fn unique_shape(one: &Unique) -> String {
    format!("UNIQUE ({})", table_sql::list(&one.columns))
}

fn check_shape(one: &Check) -> String {
    format!("CHECK ({})", one.expression)
}

fn constraints(parent: &Table, partition: &Table, name: &str, is_known: bool) -> Vec<Unlike> {
    let mut found = Vec::new();
    let (should, is) = (constraint_shapes(parent), constraint_shapes(partition));
    for (definition, (kind, constraint)) in only_in(&should, &is) {
        let quoted = quote(constraint);
        let mend = vec![format!("ALTER TABLE {name} ADD CONSTRAINT {quoted} {definition}")];
        found.push((format!("{kind} {constraint}"), Some(definition.clone()), None, mend));
    }
    for (definition, (kind, constraint)) in only_in(&is, &should).filter(|_| !is_known) {
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

fn by_shape<T>(all: &BTreeMap<String, T>, shape: fn(&T) -> String) -> BTreeMap<String, (&String, &T)> {
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

pub(super) fn index_shape(index: &Index) -> String {
    let Index { unique, columns, include, method, predicate, .. } = index;
    let shape = Shape { unique: *unique, columns, include, method, predicate };
    serde_json::to_string(&shape).unwrap_or_default()
}
