//! Indexes that do not serve: broken off in the making, or there twice.

use std::collections::BTreeMap;

use super::mend::table_sql;
use super::partitions;
use super::report::LiveDatabase;
use crate::introspect::{Index, Name, Schema, Table};

/// Tells what is wrong with the indexes of the running database.
pub(super) fn tell(report: &mut LiveDatabase, folder: &Schema, live: &Schema) {
    for (name, table) in &live.tables {
        tell_table(report, folder.tables.get(name), name, table);
    }
}

fn tell_table(report: &mut LiveDatabase, folder: Option<&Table>, name: &Name, table: &Table) {
    for (index_name, index) in table.indexes.iter().filter(|(_, index)| index.invalid) {
        let is = "it is invalid: a concurrent build broke off, and no query uses it";
        let mend = match dropped(report, name, index_name) {
            Some(object) => vec![format!("-- mended with {object}")],
            None => revive(name, table, index_name, index),
        };
        report.told(format!("table {name}, index {index_name}"), "invalid_index", is, mend);
    }
    let known = |index: &str| folder.is_some_and(|folder| folder.indexes.contains_key(index));
    let mut by_shape: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (index_name, index) in &table.indexes {
        by_shape.entry(shape(index)).or_default().push(index_name);
    }
    for same in by_shape.values_mut().filter(|same| same.len() > 1) {
        // The folder's own stays, whatever the others are called.
        same.sort_by_key(|index| !known(index));
        for other in &same[1..] {
            let mend = match folder {
                Some(_) if !known(other) => {
                    "-- the folder does not have it, and says so in a line of its own".to_owned()
                }
                _ => format!("DROP INDEX {}", table_sql::beside(name, other)),
            };
            let is = format!("it is the same as {}", same[0]);
            report.told(format!("table {name}, index {other}"), "duplicate_index", is, vec![mend]);
        }
    }
    notes(report, name, table, &known);
    for (partition, one) in &table.partitions {
        tell_table(report, None, &table_sql::parsed(partition), &one.table);
    }
}

/// The finding that drops an index already, such as one that the folder does not have.
fn dropped(report: &LiveDatabase, name: &Name, index: &str) -> Option<String> {
    let place = format!(" {}", table_sql::beside(name, index));
    let drops = |statement: &String| statement.starts_with("DROP INDEX ") && statement.ends_with(&place);
    report.findings.iter().find(|finding| finding.mend.iter().any(drops)).map(|finding| finding.object.clone())
}

/// One over partitions is valid as soon as each of them has its own below it.
fn revive(name: &Name, table: &Table, index_name: &str, index: &Index) -> Vec<String> {
    let place = table_sql::beside(name, index_name);
    if table.partition_key.is_none() {
        return vec![format!("REINDEX INDEX CONCURRENTLY {place}")];
    }
    let shape = partitions::index_shape(index);
    let mut statements = Vec::new();
    for (partition, one) in &table.partitions {
        let partition = table_sql::parsed(partition);
        let mut own = one.table.indexes.iter().filter(|(_, own)| partitions::index_shape(own) == shape);
        match own.next() {
            Some((own, _)) => {
                statements.push(format!("ALTER INDEX {place} ATTACH PARTITION {}", table_sql::beside(&partition, own)));
            }
            None => statements.extend(table_sql::index_on_partition(&partition, index_name, index)),
        }
    }
    statements
}

/// An index whose columns begin those of another is seldom needed. One that the folder has is the folder's business.
fn notes(report: &mut LiveDatabase, name: &Name, table: &Table, known: &dyn Fn(&str) -> bool) {
    let keys = table.primary_key.iter().map(|key| ("the primary key".to_owned(), key.columns.clone()));
    let uniques = table.uniques.iter().map(|(name, unique)| (name.clone(), unique.columns.clone()));
    let plain = table.indexes.iter().filter(|(_, index)| index.predicate.is_none() && is_plain(index));
    let indexes = plain.map(|(name, index)| (name.clone(), columns(index)));
    let longer: Vec<(String, Vec<String>)> = keys.chain(uniques).chain(indexes).collect();
    for (index_name, index) in table.indexes.iter().filter(|(_, index)| !index.unique && is_plain(index)) {
        let own = columns(index);
        let covers = |(other, columns): &&(String, Vec<String>)| {
            other != index_name
                && columns.starts_with(&own)
                && (columns.len() > own.len() || !table.indexes.contains_key(other))
        };
        if let Some((other, _)) = longer.iter().find(covers).filter(|_| !known(index_name)) {
            report
                .notes
                .push(format!("table {name}: index {index_name} is the beginning of {other}, which serves as well"));
        }
    }
}

fn columns(index: &Index) -> Vec<String> {
    index.columns.iter().map(|column| column.key.clone()).collect()
}

fn is_plain(index: &Index) -> bool {
    let plain = |column: &crate::introspect::IndexColumn| {
        !column.descending && !column.nulls_moved && !column.expression && column.collation.is_none()
    };
    index.method.is_none() && index.predicate.is_none() && index.include.is_empty() && index.columns.iter().all(plain)
}

/// All that an index is but its name. PostgreSQL's definition has the operator classes too.
fn shape(index: &Index) -> String {
    let mut nameless = index.clone();
    nameless.comment = None;
    nameless.definition =
        index.definition.as_ref().and_then(|text| text.split_once(" USING ")).map(|(_, tail)| tail.to_owned());
    nameless.invalid = false;
    serde_json::to_string(&nameless).unwrap_or_default()
}
