//! Tables that somebody renamed in the running database, or moved to another schema.

use super::mend::table_sql::sql_name;
use super::report::LiveDatabase;
use crate::introspect::{Name, Schema, Table};
use crate::scratch::quote;

/// Tells of each missing table that stands there under another name, and takes both out of the comparison: to make the one
/// and to drop the other would lose the rows. What else differs in it is told once it has its name back.
pub(super) fn fold(folder: &mut Schema, live: &mut Schema, report: &mut LiveDatabase) {
    for (name, other) in pairs(folder, live) {
        folder.tables.remove(&name);
        live.tables.remove(&other);
        // Foreign keys follow a table to its new name, and will follow it back.
        let keys = live.tables.values_mut().flat_map(|table| table.foreign_keys.values_mut());
        keys.filter(|key| key.table == other).for_each(|key| key.table = name.clone());
        let guess = format!("-- taking table `{other}` for `{name}` under another name: its columns are the same");
        let mend = std::iter::once(guess).chain(statements(&name, &other)).collect();
        report.drift(format!("table {name}"), Some(name.to_string()), Some(other.to_string()), mend);
    }
}

fn statements(name: &Name, other: &Name) -> Vec<String> {
    let mut here = other.clone();
    let mut statements = Vec::new();
    if here.schema != name.schema {
        statements.push(format!("ALTER TABLE {} SET SCHEMA {}", sql_name(&here), quote(&name.schema)));
        here.schema.clone_from(&name.schema);
    }
    if here.name != name.name {
        statements.push(format!("ALTER TABLE {} RENAME TO {}", sql_name(&here), quote(&name.name)));
    }
    statements
}

/// Missing tables, and the superfluous ones that have the same columns. Where several have, nobody can tell which it is.
fn pairs(folder: &Schema, live: &Schema) -> Vec<(Name, Name)> {
    let missing: Vec<(&Name, &Table)> =
        folder.tables.iter().filter(|(name, _)| !live.tables.contains_key(name)).collect();
    let extra: Vec<(&Name, &Table)> =
        live.tables.iter().filter(|(name, _)| !folder.tables.contains_key(name)).collect();
    let only = |one: &Table, others: &[(&Name, &Table)]| {
        let mut alike = others.iter().filter(|(_, other)| is_like(one, other));
        alike.next().filter(|_| alike.next().is_none()).map(|(name, _)| (*name).clone())
    };
    let pair = |(name, table): &(&Name, &Table)| {
        let other = only(table, &extra)?;
        let back = only(&live.tables[&other], &missing)?;
        (back == **name).then_some((back, other))
    };
    missing.iter().filter_map(pair).collect()
}

fn is_like(one: &Table, other: &Table) -> bool {
    let columns = |table: &Table| {
        let mut columns: Vec<(String, String)> =
            table.columns.iter().map(|column| (column.name.clone(), column.type_name.clone())).collect();
        columns.sort();
        columns
    };
    one.kind == other.kind && !one.columns.is_empty() && columns(one) == columns(other)
}
