//! Schemas and tables that somebody renamed in the running database, and tables moved to another schema.

use super::mend::table_sql::sql_name;
use super::report::LiveDatabase;
use crate::introspect::{Name, Schema, Table};
use crate::scratch::quote;

/// A table under another name, and what gives it its own back.
pub(super) struct Moved {
    name: Name,
    other: Name,
}

impl Moved {
    /// The schema that it goes back to has to be there.
    pub(super) fn tell(&self, report: &mut LiveDatabase) {
        let (name, other) = (&self.name, &self.other);
        let guess = format!("-- taking table `{other}` for `{name}` under another name: its columns are the same");
        let mend = std::iter::once(guess).chain(statements(name, other)).collect();
        report.drift(format!("table {name}"), Some(name.to_string()), Some(other.to_string()), mend);
    }
}

/// Tells of each missing schema that is there under another name, and takes both out of the comparison with all that
/// stands in them. What else differs in it is told once it has its name back.
pub(super) fn fold_schemas(folder: &mut Schema, live: &mut Schema, report: &mut LiveDatabase) {
    for (name, other) in schema_pairs(folder, live) {
        forget(folder, &name);
        forget(live, &other);
        let keys = live.tables.values_mut().flat_map(|table| table.foreign_keys.values_mut());
        keys.filter(|key| key.table.schema == other).for_each(|key| key.table.schema.clone_from(&name));
        let mend = vec![
            format!("-- taking schema `{other}` for `{name}` under another name: its tables are the same"),
            format!("ALTER SCHEMA {} RENAME TO {}", quote(&other), quote(&name)),
        ];
        report.drift(format!("schema {name}"), Some(name), Some(other), mend);
    }
}

/// Missing schemas, and the superfluous one that has at least half of their tables.
fn schema_pairs(folder: &Schema, live: &Schema) -> Vec<(String, String)> {
    let alone = |one: &Schema, other: &Schema| -> Vec<String> {
        one.namespaces.keys().filter(|name| !other.namespaces.contains_key(*name)).cloned().collect()
    };
    let (missing, extra) = (alone(folder, live), alone(live, folder));
    let is_other = |name: &String, other: &String| {
        let own: Vec<_> = folder.tables.iter().filter(|(table, _)| table.schema == *name).collect();
        let twin = |table: &Name| live.tables.get(&Name::new(other.clone(), &table.name));
        let same = own.iter().filter(|(name, table)| twin(name).is_some_and(|twin| is_like(table, twin))).count();
        same > 0 && same * 2 >= own.len()
    };
    let pair = |name: &String| {
        let mut others = extra.iter().filter(|other| is_other(name, other));
        let other = others.next().filter(|_| others.next().is_none())?;
        let alone = missing.iter().filter(|name| is_other(name, other)).count() == 1;
        alone.then(|| (name.clone(), other.clone()))
    };
    missing.iter().filter_map(pair).collect()
}

/// Takes out a schema with all that stands in it.
fn forget(schema: &mut Schema, name: &str) {
    let within = Name::new(name, "x").to_string();
    let within = within.strip_suffix('x').unwrap_or(&within).to_owned();
    schema.namespaces.remove(name);
    schema.tables.retain(|one, _| one.schema != name);
    schema.views.retain(|one, _| one.schema != name);
    schema.sequences.retain(|one, _| one.schema != name);
    schema.types.retain(|one, _| one.schema != name);
    schema.functions.retain(|one, _| !one.starts_with(&within));
    schema.others.retain(|one, _| !one.split(' ').any(|word| word.starts_with(&within)));
}

/// The missing tables that stand there under another name, both taken out of the comparison: to make the one and to drop
/// the other would lose the rows. What else differs in it is told once it has its name back.
pub(super) fn fold(folder: &mut Schema, live: &mut Schema) -> Vec<Moved> {
    let moved = pairs(folder, live);
    for Moved { name, other } in &moved {
        folder.tables.remove(name);
        live.tables.remove(other);
        // Foreign keys follow a table to its new name, and will follow it back.
        let keys = live.tables.values_mut().flat_map(|table| table.foreign_keys.values_mut());
        keys.filter(|key| key.table == *other).for_each(|key| key.table = name.clone());
    }
    moved
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
fn pairs(folder: &Schema, live: &Schema) -> Vec<Moved> {
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
        (back == **name).then_some(Moved { name: back, other })
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
