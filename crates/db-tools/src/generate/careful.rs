//! What works on empty tables, and fails or hurts where there are rows.

use super::change::Change;
use crate::logical::{Action, ForeignKey, Logical, Table};

/// What somebody should look at before the rows that are there, or the ones to come, stop it.
pub(super) fn notes(changes: &[Change], wanted: &Logical) -> Vec<String> {
    changes.iter().flat_map(|change| of_change(change, wanted)).collect()
}

fn of_change(change: &Change, wanted: &Logical) -> Vec<String> {
    let table = change.table();
    let Some(new) = wanted.tables.get(&table.name) else { return Vec::new() };
    match change {
        Change::AlterColumn { column, nullable: true, .. } if !column.nullable => vec![format!(
            "{table}.{} takes NULL no more: rows without a value stop the migration, so give them one before",
            column.name
        )],
        Change::AddUnique { columns, .. } => vec![format!(
            "({}) of {table} becomes unique: rows that are alike stop the migration, so look for them before",
            columns.join(", ")
        )],
        Change::AddForeignKey { key, .. } => emptied(new, key, &table.to_string()).into_iter().collect(),
        Change::CreateTable { .. } => {
            new.foreign_keys.values().filter_map(|key| emptied(new, key, &table.to_string())).collect()
        }
        _ => Vec::new(),
    }
}

/// What is wrong with a key that empties columns which take no NULL.
fn emptied(table: &Table, key: &ForeignKey, name: &str) -> Option<String> {
    let acts = [(key.on_delete, "deletion"), (key.on_update, "change")];
    let (_, what) = acts.into_iter().find(|(action, _)| *action == Action::SetNull)?;
    let full = key.columns.iter().find(|column| table.column(column).is_some_and(|column| !column.nullable))?;
    Some(format!(
        "the foreign key of {name} to {} sets {full} to NULL at each {what} there, and {full} takes none: every such \
         {what} will fail",
        key.table
    ))
}
