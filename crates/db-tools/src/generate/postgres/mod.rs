//! Changes as statements of PostgreSQL, in the form that keeps nobody waiting for long.

mod column;
mod index;
mod rename;
mod wanted;
mod write;

use std::collections::BTreeSet;

use super::GenerateError;
use super::change::{Change, find};
use super::names::{list, literal, quoted};
use super::step::{Stage, Step, comment};
use super::want::{self, Names, same_set};
use crate::introspect::{ForeignKey, Name, Schema, Table, TableKind};
use crate::logical::Logical;

pub(super) use rename::renamed;
pub(super) use wanted::{key_indexes, unsaid};

/// Writes the pieces of one migration.
struct Writer<'a> {
    schema: &'a Schema,
    wanted: &'a Logical,
    names: &'a mut Names,
    steps: Vec<Step>,
    /// Schemas and functions that were made on the way.
    made: BTreeSet<String>,
}

/// The pieces that make `changes`, in order.
pub(super) fn steps(
    schema: &Schema,
    wanted: &Logical,
    changes: &[Change],
    names: &mut Names,
) -> Result<Vec<Step>, GenerateError> {
    let mut writer = Writer { schema, wanted, names, steps: Vec::new(), made: BTreeSet::new() };
    writer.drop_keys(changes);
    writer.create_tables(changes)?;
    for change in changes {
        writer.change(change, changes);
    }
    writer.drop_tables(changes);
    Ok(writer.steps)
}

impl Writer<'_> {
    fn push(&mut self, step: Step) {
        self.steps.push(step);
    }

    fn is(&self, name: &Name) -> Option<&Table> {
        find(self.schema, &name.name).map(|(_, table)| table)
    }

    fn drop_keys(&mut self, changes: &[Change]) {
        for change in changes {
            let Change::DropForeignKey { table, name } = change else { continue };
            let Some(key) = self.is(table).and_then(|is| is.foreign_keys.get(name)).cloned() else { continue };
            let written = write::table_name(table);
            let up = format!("ALTER TABLE {written} DROP CONSTRAINT {}", quoted(name));
            self.push(Step::main(up, format!("ALTER TABLE {written} ADD {}", write::foreign_key(name, &key))));
        }
    }

    fn create_tables(&mut self, changes: &[Change]) -> Result<(), GenerateError> {
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
                if circle || is_unique_later(&one.table, &one.referenced, changes) {
                    let key = self.names.foreign_key(&bare, wanted, one);
                    later.push((name.clone(), key.clone(), wanted::foreign_key(one, self.wanted), circle));
                    without.push(key);
                }
            }
            let statements = write::table(&name, &table, &without);
            self.push(Step::new(Stage::Main, statements, vec![format!("DROP TABLE {}", write::table_name(&name))]));
        }
        for (name, key, one, circle) in later {
            let table = write::table_name(&name);
            let add = format!("ALTER TABLE {table} ADD {}", write::foreign_key(&key, &one));
            let step = Step::main(add, format!("ALTER TABLE {table} DROP CONSTRAINT {}", quoted(&key)));
            self.push(if circle { step } else { step.at(Stage::Finish) });
        }
        Ok(())
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

    /// Rows that are there are looked at behind it, under a lock that stops nobody.
    fn add_key(&mut self, name: &Name, is: &Table, key: &ForeignKey, changes: &[Change]) {
        let table = write::table_name(name);
        let wanted = &self.wanted.tables[&name.name];
        let Some(said) =
            wanted.foreign_keys.values().find(|one| one.columns == key.columns && one.table == key.table.name)
        else {
            return;
        };
        let constraint = self.names.foreign_key(&name.name, wanted, said);
        let text = write::foreign_key(&constraint, key);
        let drop = format!("ALTER TABLE {table} DROP CONSTRAINT {}", quoted(&constraint));
        let late = is_unique_later(&key.table.name, &key.referenced, changes);
        let stage = if late { Stage::Finish } else { Stage::Main };
        if is.kind == TableKind::Partitioned {
            let remark = "A partitioned table takes no foreign key that is not valid: all its rows are looked at here.";
            self.push(Step::main(format!("ALTER TABLE {table} ADD {text}"), drop).at(stage).remark(remark));
            return;
        }
        let add = format!("ALTER TABLE {table} ADD {text} NOT VALID");
        self.push(Step::main(add.clone(), drop.clone()).at(stage));
        let validate = format!("ALTER TABLE {table} VALIDATE CONSTRAINT {}", quoted(&constraint));
        if late {
            self.push(Step::new(Stage::Late, vec![validate], vec![drop, add]));
        } else {
            self.validate(validate, vec![drop, add]);
        }
    }

    /// All that reads rows stands before what takes a strong lock, in one file.
    fn validate(&mut self, up: String, down: Vec<String>) {
        let step = Step::new(Stage::Finish, vec![up], down);
        let place = self.steps.iter().position(|step| step.stage == Stage::Finish && !is_validation(step));
        self.steps.insert(place.unwrap_or(self.steps.len()), step);
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
        let mut step = Step::new(Stage::Main, up, write::table(name, is, &without));
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

/// Whether a foreign key leads to columns that become unique in a later file.
fn is_unique_later(table: &str, referenced: &[String], changes: &[Change]) -> bool {
    changes.iter().any(|change| match change {
        Change::AddUnique { table: name, columns } => name.name == table && same_set(columns, referenced),
        _ => false,
    })
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

fn is_validation(step: &Step) -> bool {
    step.up.iter().any(|line| line.contains(" VALIDATE CONSTRAINT "))
}

fn created(change: &Change) -> Option<String> {
    match change {
        Change::CreateTable { table } => Some(table.name.clone()),
        _ => None,
    }
}
