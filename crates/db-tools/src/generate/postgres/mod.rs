//! Changes as statements of PostgreSQL, in the form that keeps nobody waiting for long.

mod aside;
mod column;
mod computed;
mod functions;
mod index;
mod keys;
mod policies;
mod rename;
mod rights;
mod roles;
mod wanted;
mod write;

use std::collections::BTreeSet;

use super::GenerateError;
use super::asked::Asked;
use super::change::{Change, find};
use super::names::{list, literal, quoted};
use super::step::{Stage, Step, comment};
use super::want::{self, Names};
use crate::introspect::{Name, Schema, Table, TableKind};
use crate::logical::Logical;

use column::hanging;
pub(super) use rename::{renamed, renamed_in_views};
pub(super) use wanted::{key_indexes, unsaid};

/// Writes the pieces of one migration.
struct Writer<'a> {
    schema: &'a Schema,
    wanted: &'a Logical,
    names: &'a mut Names,
    steps: Vec<Step>,
    /// Schemas and functions that were made on the way.
    made: BTreeSet<String>,
    /// Foreign keys that are out of the way meanwhile.
    apart: Vec<keys::Apart>,
}

/// The pieces of one migration, in order, and what somebody should know of them.
pub(super) struct Pieces {
    pub(super) steps: Vec<Step>,
    pub(super) notes: Vec<String>,
}

/// The pieces that make `changes`.
pub(super) fn pieces(
    schema: &Schema,
    wanted: &Logical,
    changes: &[Change],
    asked: &Asked,
    names: &mut Names,
) -> Result<Pieces, GenerateError> {
    let apart = keys::apart(schema, changes);
    let mut writer = Writer { schema, wanted, names, steps: Vec::new(), made: BTreeSet::new(), apart };
    let aside = aside::pieces(schema, changes, asked);
    let (before, behind, notes) = aside.map(|one| (Some(one.before), Some(one.behind), one.notes)).unwrap_or_default();
    writer.steps.extend(before);
    writer.drop_keys(changes);
    writer.take_keys();
    let waiting = writer.create_tables(changes)?;
    let mut ordered: Vec<&Change> = changes.iter().collect();
    if changes.iter().any(|change| (1..4).contains(&turn(schema, change))) {
        ordered.sort_by_key(|change| turn(schema, change));
    }
    for change in ordered {
        writer.change(change, changes);
    }
    writer.steps.extend(waiting);
    writer.put_keys();
    writer.drop_tables(changes);
    writer.steps.extend(behind);
    // In a way back nobody asks what blocks do.
    writer.steps.iter_mut().for_each(|step| step.down.retain(|line| !line.starts_with(roles::UNREAD)));
    Ok(Pieces { steps: writer.steps, notes })
}

impl Writer<'_> {
    fn push(&mut self, step: Step) {
        self.steps.push(step);
    }

    fn is(&self, name: &Name) -> Option<&Table> {
        find(self.schema, &name.name).map(|(_, table)| table)
    }

    /// Answers the foreign keys that wait for another key of a table that is there.
    fn create_tables(&mut self, changes: &[Change]) -> Result<Vec<Step>, GenerateError> {
        let new: Vec<String> = changes.iter().filter_map(created).collect();
        let (order, waiting) = want::ordered(self.wanted, &new);
        let mut later = Vec::new();
        for bare in order {
            let wanted = &self.wanted.tables[&bare];
            for column in &wanted.columns {
                want::check_column(atriz_db::Engine::Postgres, &bare, column)?;
            }
            let name = Name::new(&wanted.schema, &bare);
            self.need_schema(&name.schema);
            if wanted.column("updated_at").is_some() {
                self.need_function(&name.schema);
            }
            let table = wanted::table(&name, wanted, self.wanted, self.names);
            let mut without = Vec::new();
            for (key, one) in &wanted.foreign_keys {
                let circle = waiting.contains(&(bare.clone(), key.clone()));
                let unique_later = keys::is_unique_later(&one.table, &one.referenced, changes);
                let another = keys::is_another(&one.table, changes);
                if circle || unique_later || another {
                    let key = self.names.foreign_key(&bare, wanted, one);
                    let stage = if unique_later { Stage::Finish } else { Stage::Main };
                    later.push((name.clone(), key.clone(), wanted::foreign_key(one, self.wanted), stage, another));
                    without.push(key);
                }
            }
            let statements = write::table(&name, &table, &without);
            self.push(Step::new(Stage::Main, statements, vec![format!("DROP TABLE {}", write::table_name(&name))]));
        }
        let mut waiting = Vec::new();
        for (name, key, one, stage, another) in later {
            let table = write::table_name(&name);
            let add = format!("ALTER TABLE {table} ADD {}", write::foreign_key(&key, &one));
            let step = Step::main(add, format!("ALTER TABLE {table} DROP CONSTRAINT {}", quoted(&key))).at(stage);
            if another { waiting.push(step) } else { self.push(step) }
        }
        Ok(waiting)
    }

    fn change(&mut self, change: &Change, changes: &[Change]) {
        let Some(is) = self.is(change.table()).cloned() else { return };
        match change {
            Change::AddColumn { table, column } => self.add_column(table, column),
            Change::AlterColumn { table, column, kind, nullable, default } => {
                if let Some(old) = is.column(&column.name) {
                    self.alter_column(table, old, column, (*kind, *nullable, *default));
                }
            }
            Change::DropColumn { table, column } => {
                if let Some(column) = is.column(column) {
                    self.drop_column(table, &is, column);
                }
            }
            Change::PrimaryKey { table, columns } => self.primary_key(table, &is, columns),
            Change::AddUnique { table, columns } => self.add_unique(table, &is, columns),
            Change::DropUnique { table, name, index } => self.drop_unique(table, &is, name, *index),
            Change::AddIndex { table, columns } => self.add_index(table, &is, columns, false),
            Change::AddForeignKey { table, key } => {
                let key = wanted::foreign_key(key, self.wanted);
                self.add_key(table, &is, &key, changes);
            }
            Change::CreateTable { .. }
            | Change::DropTable { .. }
            | Change::RenameTable { .. }
            | Change::RenameColumn { .. }
            | Change::DropForeignKey { .. } => {}
        }
    }

    fn drop_tables(&mut self, changes: &[Change]) {
        let dropped = changes.iter().filter_map(|change| match change {
            Change::DropTable { table } => Some(table.clone()),
            _ => None,
        });
        let mut left: Vec<Name> = dropped.collect();
        // A circle among them: the keys go first.
        let refers = |schema: &Schema, from: &Name, to: &Name| {
            from != to && schema.tables[from].foreign_keys.values().any(|key| key.table == *to)
        };
        let mut cut: BTreeSet<(Name, String)> = BTreeSet::new();
        while !left.is_empty() {
            let free = left.iter().position(|name| !left.iter().any(|other| refers(self.schema, other, name)));
            let name = left.remove(free.unwrap_or(0));
            if free.is_none() {
                for other in &left {
                    for (key, one) in &self.schema.tables[other].foreign_keys {
                        if one.table == name && cut.insert((other.clone(), key.clone())) {
                            let table = write::table_name(other);
                            let up = format!("ALTER TABLE {table} DROP CONSTRAINT {}", quoted(key));
                            let down = format!("ALTER TABLE {table} ADD {}", write::foreign_key(key, one));
                            self.steps.push(Step::main(up, down));
                        }
                    }
                }
            }
            self.drop_table(&name, &cut);
        }
    }

    fn drop_table(&mut self, name: &Name, cut: &BTreeSet<(Name, String)>) {
        let table = write::table_name(name);
        let is = &self.schema.tables[name];
        let columns: Vec<String> = is.columns.iter().map(|column| column.name.clone()).collect();
        let without: Vec<String> = cut.iter().filter(|(owner, _)| owner == name).map(|(_, key)| key.clone()).collect();
        let up = vec![
            comment(&format!("All rows of {table} are lost, with {}.", list(&columns))),
            format!("DROP TABLE {table}"),
        ];
        let mut down = write::table(name, is, &without);
        down.extend(rights::of_table(self.schema, name, is));
        let mut step = Step::new(Stage::Main, up, down);
        let beyond = !is.policies.is_empty() || !is.partitions.is_empty() || !is.row_security.is_off();
        if beyond || is.kind != TableKind::Plain {
            step.irreversible = Some(format!("{table} has partitions or policies, which are not written again"));
        }
        self.steps.push(step);
    }

    fn need_schema(&mut self, schema: &str) {
        if self.schema.namespaces.contains_key(schema) || schema == "public" || !self.made.insert(schema.to_owned()) {
            return;
        }
        let schema = quoted(schema);
        self.push(Step::main(format!("CREATE SCHEMA {schema}"), format!("DROP SCHEMA {schema}")));
    }

    /// The function of a schema that fills `updated_at` in.
    fn need_function(&mut self, schema: &str) {
        let function = write::table_name(&Name::new(schema, "set_updated_at"));
        let there =
            self.schema.functions.keys().any(|known| known.replace('"', "") == format!("{schema}.set_updated_at()"));
        if there || !self.made.insert(format!("{function}()")) {
            return;
        }
        let comment = "Fills updated_at in when a statement changed a row and left the column as it was.";
        let up = vec![
            format!("CREATE FUNCTION {function}() RETURNS trigger{FUNCTION}"),
            format!("REVOKE ALL ON FUNCTION {function}() FROM PUBLIC"),
            format!("COMMENT ON FUNCTION {function}() IS\n    {}", literal(comment)),
        ];
        self.push(Step::new(Stage::Main, up, vec![format!("DROP FUNCTION {function}()")]));
    }
}

const FUNCTION: &str = "
    LANGUAGE plpgsql
    SET search_path = ''
AS $$
BEGIN
    IF NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at AND NEW IS DISTINCT FROM OLD THEN
        NEW.updated_at := now();
    END IF;
    RETURN NEW;
END;
$$";

fn created(change: &Change) -> Option<String> {
    match change {
        Change::CreateTable { table } => Some(table.name.clone()),
        _ => None,
    }
}

/// A column stays until no key needs it and none is computed from it, and a foreign key comes when the key that it leads
/// to is there. Where nothing depends on the order, changes stand by table.
fn turn(schema: &Schema, change: &Change) -> u8 {
    let is_computed = |table: &Name, column: &str| {
        let column = find(schema, &table.name).and_then(|(_, is)| is.column(column));
        column.is_some_and(|column| column.generated.is_some())
    };
    match change {
        Change::DropColumn { table, column } if is_computed(table, column) => 1,
        Change::AlterColumn { kind: true, .. } => 2,
        Change::PrimaryKey { .. } => 3,
        Change::DropColumn { .. } => 4,
        Change::AddForeignKey { .. } => 5,
        _ => 0,
    }
}
