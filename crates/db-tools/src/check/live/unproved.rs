//! Constraints that the rows from before them were never held against, though the folder left them so too.

use super::mend::{table_sql, validated};
use super::report::LiveDatabase;
use crate::introspect::{Name, Schema, Table};

/// Tells of constraints that are not valid. Where the folder has a valid one it is drift, and told as that.
pub(super) fn tell(report: &mut LiveDatabase, folder: &Schema, live: &Schema) {
    for (name, table) in &live.tables {
        let Some(folder) = folder.tables.get(name) else { continue };
        tell_table(report, folder, name, table);
    }
}

/// That more is known of the running database than the folder asks for is no drift.
pub(super) fn forget(folder: &mut Schema, live: &Schema) {
    for (name, table) in &mut folder.tables {
        let Some(live) = live.tables.get(name) else { continue };
        for (check, one) in &mut table.checks {
            one.not_valid &= live.checks.get(check).is_none_or(|live| live.not_valid);
        }
        for (key, one) in &mut table.foreign_keys {
            one.not_valid &= live.foreign_keys.get(key).is_none_or(|live| live.not_valid);
        }
    }
}

fn tell_table(report: &mut LiveDatabase, folder: &Table, name: &Name, table: &Table) {
    let checks = table
        .checks
        .iter()
        .filter(|(check, one)| one.not_valid && folder.checks.get(*check).is_some_and(|folder| folder.not_valid));
    let keys = table
        .foreign_keys
        .iter()
        .filter(|(key, one)| one.not_valid && folder.foreign_keys.get(*key).is_some_and(|folder| folder.not_valid));
    let all = checks.map(|(name, _)| ("check", name)).chain(keys.map(|(name, _)| ("foreign key", name)));
    for (sort, constraint) in all {
        let is = "it is not valid: the rows from before it were never looked at";
        let mend = vec![validated(&table_sql::sql_name(name), constraint)];
        report.told(format!("table {name}, {sort} {constraint}"), "constraint_not_valid", is, mend);
    }
}
