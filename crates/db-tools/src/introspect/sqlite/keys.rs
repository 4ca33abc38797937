//! Foreign keys: what they do from the pragma, what they are called from the text.

use std::collections::{BTreeMap, HashMap};

use super::create_table::{Written, WrittenKey};
use super::rows::ForeignKeyRow;
use crate::introspect::{ForeignKey, Name, Schema};

/// The pragma numbers them from the last to the first; by falling number they are in the order of the text.
pub(super) fn add(schema: &mut Schema, rows: &[ForeignKeyRow], written: &HashMap<String, Written>) {
    let mut by_table: BTreeMap<&str, Vec<Vec<&ForeignKeyRow>>> = BTreeMap::new();
    for row in rows {
        let keys = by_table.entry(&row.owner).or_default();
        match keys.last_mut() {
            Some(last) if last.first().is_some_and(|first| first.id == row.id) => last.push(row),
            _ => keys.push(vec![row]),
        }
    }
    for (owner, keys) in by_table {
        for (place, rows) in keys.iter().enumerate() {
            let given = written.get(owner).and_then(|written| written.foreign_keys.get(place));
            let key = foreign_key(schema, rows, given);
            let name = given.and_then(|given| given.name.clone());
            let name = name.unwrap_or_else(|| format!("({}) to {}", key.columns.join(", "), key.table));
            if let Some(table) = schema.tables.get_mut(&Name::bare(owner)) {
                table.foreign_keys.insert(name, key);
            }
        }
    }
}

fn foreign_key(schema: &Schema, rows: &[&ForeignKeyRow], given: Option<&WrittenKey>) -> ForeignKey {
    let columns: Vec<String> = rows.iter().map(|row| row.column.clone()).collect();
    let table = Name::bare(rows.first().map_or("", |row| row.table.as_str()));
    let named: Option<Vec<String>> = rows.iter().map(|row| row.referenced.clone()).collect();
    let key = || schema.tables.get(&table)?.primary_key.as_ref().map(|key| key.columns.clone());
    let action = |action: fn(&ForeignKeyRow) -> &str| rows.first().map_or("", |row| action(row)).to_lowercase();
    let given = given.filter(|given| same(&given.columns, &columns));
    ForeignKey {
        referenced: named.or_else(key).unwrap_or_default(),
        on_delete: action(|row| &row.on_delete),
        on_update: action(|row| &row.on_update),
        matching: given.and_then(|given| given.matching.clone()),
        deferrable: given.and_then(|given| given.deferrable.clone()),
        not_valid: false,
        comment: None,
        columns,
        table,
    }
}

fn same(written: &[String], columns: &[String]) -> bool {
    written.len() == columns.len() && written.iter().zip(columns).all(|(one, other)| one.eq_ignore_ascii_case(other))
}
