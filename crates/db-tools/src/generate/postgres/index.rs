//! Indexes and keys of a table that is there: built beside running work.

use super::{Writer, wanted, write};
use crate::generate::names::{self, list, quoted};
use crate::generate::step::{Stage, Step, comment};
use crate::introspect::{Index, Key, Name, Table, TableKind};

const BESIDE: &str = "CONCURRENTLY IF NOT EXISTS";

impl Writer<'_> {
    pub(super) fn add_index(&mut self, name: &Name, is: &Table, columns: &[String], unique: bool) {
        let prefix = if unique { "uq" } else { "idx" };
        let index = self.names.give(prefix, &name.name, columns);
        let made = wanted::index(columns, unique);
        let step = if is.kind == TableKind::Partitioned {
            on_partitions(name, is, &index, &made)
        } else {
            let up = write::index_statement(name, &index, &made, BESIDE);
            Step::new(Stage::Indexes, vec![up], vec![dropped(name, &index)])
        };
        self.push(step);
    }

    pub(super) fn add_unique(&mut self, name: &Name, is: &Table, columns: &[String]) {
        self.add_index(name, is, columns, true);
        // A partitioned table takes no constraint from an index; its unique index does the same.
        if is.kind == TableKind::Partitioned {
            return;
        }
        let (table, constraint) = (write::table_name(name), quoted(&self.names.give("uq", &name.name, columns)));
        if let Some(step) = self.steps.last_mut() {
            step.up.push(format!("ALTER TABLE {table} ADD CONSTRAINT {constraint} UNIQUE USING INDEX {constraint}"));
            step.down = vec![format!("ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {constraint}")];
        }
    }

    pub(super) fn drop_unique(&mut self, name: &Name, is: &Table, unique: &str, index: bool) {
        let table = write::table_name(name);
        if let (TableKind::Partitioned, Some(old)) = (is.kind, is.indexes.get(unique)) {
            // The index of a partitioned table is dropped with those of its partitions, and not beside running work.
            let parent = write::table_name(&Name::new(&name.schema, unique));
            self.push(Step::new(Stage::Main, vec![format!("DROP INDEX {parent}")], again(name, is, unique, old)));
        } else if let (true, Some(old)) = (index, is.indexes.get(unique)) {
            let back = write::index_statement(name, unique, old, BESIDE);
            self.push(Step::new(Stage::Indexes, vec![dropped(name, unique)], vec![back]));
        } else if let Some(old) = is.uniques.get(unique) {
            let up = format!("ALTER TABLE {table} DROP CONSTRAINT {}", quoted(unique));
            self.push(Step::main(up, format!("ALTER TABLE {table} ADD {}", write::unique(unique, old))));
        }
    }

    /// The new key is built beside running work under a name of its own, then takes the place of the old one.
    pub(super) fn primary_key(&mut self, name: &Name, is: &Table, columns: &[String]) {
        let table = write::table_name(name);
        let key = Key {
            constraint: Some(self.names.give("pk", &name.name, &[])),
            columns: columns.to_vec(),
            include: Vec::new(),
            deferrable: None,
        };
        let alter = |from: Option<&Key>, to: Option<&Key>| {
            let drop =
                from.and_then(|key| key.constraint.as_ref()).map(|name| format!("DROP CONSTRAINT {}", quoted(name)));
            let parts: Vec<String> =
                drop.into_iter().chain(to.map(|key| format!("ADD {}", write::primary_key(key)))).collect();
            format!("ALTER TABLE {table} {}", parts.join(", "))
        };
        let old = is.primary_key.as_ref();
        let step = Step::main(alter(old, Some(&key)), alter(Some(&key), old));
        self.push(step.remark(&format!("The new key of {table} is built here, and nobody writes meanwhile.")));
    }
}

fn dropped(table: &Name, index: &str) -> String {
    format!("DROP INDEX CONCURRENTLY IF EXISTS {}", write::table_name(&Name::new(&table.schema, index)))
}

/// The statements that make an index once more, on a partitioned table with those of its partitions.
pub(super) fn again(name: &Name, is: &Table, index: &str, one: &Index) -> Vec<String> {
    let mut lines = write::index_made(name, index, one);
    let parent = write::table_name(&Name::new(&name.schema, index));
    for (partition, table) in is.partitions.iter().map(|(partition, one)| (partition_name(name, partition), &one.table))
    {
        let same = |other: &Index| {
            (other.unique, &other.columns, &other.predicate) == (one.unique, &one.columns, &one.predicate)
        };
        if let Some((own, other)) = table.indexes.iter().find(|(_, other)| same(other)) {
            let attached = write::table_name(&Name::new(&partition.schema, own));
            lines.extend(write::index_made(&partition, own, other));
            lines.push(format!("ALTER INDEX {parent} ATTACH PARTITION {attached}"));
        }
    }
    lines
}

/// A partition by the name that the catalogue shows.
pub(super) fn partition_name(parent: &Name, shown: &str) -> Name {
    let (schema, bare) = shown.rsplit_once('.').unwrap_or((&parent.schema, shown));
    Name::new(schema.trim_matches('"'), bare.trim_matches('"'))
}

/// One index on the parent alone, one on each partition beside running work, and those attached to it.
fn on_partitions(name: &Name, is: &Table, index: &str, made: &Index) -> Step {
    let columns: Vec<String> = made.columns.iter().map(|column| column.key.clone()).collect();
    let (unique, columns) = (if made.unique { "UNIQUE " } else { "" }, list(&columns));
    let table = write::table_name(name);
    let parent = write::table_name(&Name::new(&name.schema, index));
    let mut up = vec![format!("CREATE {unique}INDEX IF NOT EXISTS {} ON ONLY {table} ({columns})", quoted(index))];
    let mut attached = Vec::new();
    for partition in is.partitions.keys() {
        let part = partition_name(name, partition);
        let own = names::made(
            "idx",
            &[
                &part.name,
                &index.split_once('_').map_or(index, |(_, rest)| rest).replace(&format!("{}_", name.name), ""),
            ],
        );
        let on = write::table_name(&part);
        up.push(format!("CREATE {unique}INDEX {BESIDE} {} ON {on} ({columns})", quoted(&own)));
        attached.push(format!(
            "ALTER INDEX {parent} ATTACH PARTITION {}",
            write::table_name(&Name::new(&part.schema, &own))
        ));
    }
    up.extend(attached);
    up.push(comment(&format!(
        "Partitions that were made elsewhere need the same two statements each, or {parent} stays invalid."
    )));
    Step::new(Stage::Indexes, up, vec![format!("DROP INDEX IF EXISTS {parent}")])
}
