//! A table of PostgreSQL, or a partition, made anew with all that hangs on it.

use super::Mender;
use super::rights::comment;
use super::table::{Change, options, row_security};
use super::table_sql::{self, parsed, sql_name};
use crate::check::live::partitions;
use crate::introspect::{Name, Partition, RowSecurity, Table};
use crate::scratch::quote;

/// The sorts of constraints, each behind what it may need.
const CONSTRAINTS: [&str; 4] = ["uniques", "checks", "exclusions", "foreign_keys"];

impl Change<'_> {
    /// The whole table.
    pub(super) fn made(&self, folder: &Table) -> Vec<String> {
        let table = sql_name(self.name);
        let mut statements = vec![format!("CREATE TABLE {table} ({}){}", body(folder).join(", "), split(folder))];
        for (name, partition) in &folder.partitions {
            statements.extend(self.made_partition(folder, name, partition));
        }
        statements.extend(self.of(self.name, folder).dressed(folder));
        statements
    }

    /// A partition of the table, with what it does not have from its parent.
    pub(super) fn made_partition(&self, parent: &Table, name: &str, partition: &Partition) -> Vec<String> {
        let (own, whole) = (parsed(name), &partition.table);
        let (place, above) = (sql_name(&own), sql_name(self.name));
        let mut statements =
            vec![format!("CREATE TABLE {place} PARTITION OF {above} {}{}", partition.bound, split(whole))];
        let made = self.of(&own, whole);
        for (name, below) in &whole.partitions {
            statements.extend(made.made_partition(whole, name, below));
        }
        for column in &whole.columns {
            let from = parent.column(&column.name);
            for (what, differs) in [
                ("nullable", from.is_some_and(|from| from.nullable != column.nullable)),
                ("default", from.is_some_and(|from| from.default != column.default)),
            ] {
                let as_parent = Change { live: Some(parent), ..self.of(&own, whole) };
                statements
                    .extend(differs.then(|| as_parent.mend(&["columns", &column.name, what])).into_iter().flatten());
            }
        }
        let mut rest = whole.clone();
        partitions::forget_inherited(parent, &mut rest);
        let add = |constraint: String| format!("ALTER TABLE {place} ADD {constraint}");
        statements.extend(constraints(&rest).into_iter().map(add));
        rest.columns.clone_from(&whole.columns);
        statements.extend(self.of(&own, &rest).dressed(&rest));
        statements
    }

    /// A table that is not there yet.
    fn of<'a>(&'a self, name: &'a Name, folder: &'a Table) -> Change<'a> {
        Change { name, folder: Some(folder), live: None, rights: self.rights, in_the_way: self.in_the_way }
    }

    /// What is said of a table behind CREATE TABLE.
    fn dressed(&self, folder: &Table) -> Vec<String> {
        let (table, empty) = (sql_name(self.name), Table::default());
        let fresh = Change { live: Some(&empty), ..self.of(self.name, folder) };
        let mut statements = options(&table, &folder.options, &[]);
        for name in folder.indexes.keys() {
            // Nobody waits for a table that is new.
            let made = fresh.index(name, &[]);
            statements.extend(made.into_iter().map(|sql| sql.replacen("INDEX CONCURRENTLY ", "INDEX ", 1)));
        }
        folder.triggers.keys().for_each(|name| statements.extend(fresh.trigger(name, &[])));
        statements.extend(fresh.mend(&["owner"]));
        statements.extend(fresh.mend(&["grants"]));
        folder.policies.keys().for_each(|name| statements.extend(fresh.policy(name)));
        if folder.row_security != RowSecurity::Off {
            statements.extend(row_security(&table, folder.row_security));
        }
        statements.extend(folder.comment.as_ref().map(|said| comment(&format!("TABLE {table}"), Some(said))));
        for column in &folder.columns {
            let (name, said) = (quote(&column.name), column.comment.as_ref());
            let (on, of) = (format!("ON TABLE {table}"), format!(" ({name})"));
            statements.extend(self.rights.grants(&column.grants, &[], &on, &of));
            statements.extend(said.map(|said| comment(&format!("COLUMN {table}.{name}"), Some(said))));
        }
        statements
    }
}

impl Mender<'_> {
    /// A missing table without the foreign keys to tables that are made behind it.
    pub(super) fn without_waiting(&self, name: &Name, folder: &Table) -> Table {
        let mut table = folder.clone();
        let behind = self.new_tables.iter().skip_while(|one| *one != name).skip(1);
        let behind: Vec<&Name> = behind.collect();
        table.foreign_keys.retain(|_, key| !behind.contains(&&key.table));
        table
    }

    /// The foreign keys of tables before a missing one that had to wait for it.
    pub(super) fn waiting_for(&self, name: &Name) -> Vec<String> {
        let mut statements = Vec::new();
        for earlier in self.new_tables.iter().take_while(|one| *one != name) {
            let keys = self.folder.schema.tables.get(earlier).into_iter().flat_map(|table| &table.foreign_keys);
            for (key_name, key) in keys.filter(|(_, key)| key.table == *name) {
                let (table, key) = (sql_name(earlier), table_sql::foreign_key(key));
                statements.push(format!("ALTER TABLE {table} ADD CONSTRAINT {} {key}", quote(key_name)));
            }
        }
        statements
    }
}

/// How rows are spread over partitions.
fn split(table: &Table) -> String {
    table.partition_key.as_ref().map(|key| format!(" PARTITION BY {key}")).unwrap_or_default()
}

/// What stands between the parentheses of CREATE TABLE.
fn body(table: &Table) -> Vec<String> {
    table.columns.iter().map(table_sql::column).chain(constraints(table)).collect()
}

fn constraints(table: &Table) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(key) = &table.primary_key {
        let name = key.constraint.as_ref().map(|name| format!("CONSTRAINT {} ", quote(name))).unwrap_or_default();
        lines.push(format!("{name}{}", table_sql::primary_key(key)));
    }
    for kind in CONSTRAINTS {
        let names: Vec<&String> = match kind {
            "uniques" => table.uniques.keys().collect(),
            "checks" => table.checks.keys().collect(),
            "exclusions" => table.exclusions.keys().collect(),
            _ => table.foreign_keys.keys().collect(),
        };
        let defined = |name: &String| Some((quote(name), table_sql::constraint(table, kind, name)?));
        let each = names.into_iter().filter_map(defined);
        lines.extend(each.map(|(name, definition)| format!("CONSTRAINT {name} {definition}")));
    }
    lines
}
