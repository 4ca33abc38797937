//! Foreign keys of tables that are there.

use super::{Writer, write};
use crate::generate::change::{Change, find};
use crate::generate::names::quoted;
use crate::generate::step::{Stage, Step};
use crate::generate::types;
use crate::generate::want::same_set;
use crate::introspect::{ForeignKey, Name, Schema, Table, TableKind};
use crate::logical::ColumnType;

/// A foreign key that has to be out of the way for a while.
#[derive(Clone)]
pub(super) struct Apart {
    pub(super) table: Name,
    pub(super) name: String,
    key: ForeignKey,
    /// Whether it comes back; one that goes with its column does not.
    stays: bool,
}

impl Writer<'_> {
    pub(super) fn drop_keys(&mut self, changes: &[Change]) {
        for change in changes {
            let Change::DropForeignKey { table, name } = change else { continue };
            let Some(key) = self.is(table).and_then(|is| is.foreign_keys.get(name)).cloned() else { continue };
            let written = write::table_name(table);
            let up = format!("ALTER TABLE {written} DROP CONSTRAINT {}", quoted(name));
            self.push(Step::main(up, format!("ALTER TABLE {written} ADD {}", write::foreign_key(name, &key))));
        }
    }

    /// Foreign keys go before the key that they lead to, and for as long as one end has its new type and the other the
    /// old one.
    pub(super) fn take_keys(&mut self) {
        for one in self.apart.clone() {
            let table = write::table_name(&one.table);
            let up = format!("ALTER TABLE {table} DROP CONSTRAINT {}", quoted(&one.name));
            let down = format!("ALTER TABLE {table} ADD {}", write::foreign_key(&one.name, &one.key));
            self.push(Step::main(up, down));
        }
    }

    pub(super) fn put_keys(&mut self) {
        for one in self.apart.clone().into_iter().filter(|one| one.stays) {
            let Some(is) = self.is(&one.table).cloned() else { continue };
            self.put_key(&one.table, &is, &one.name, &one.key, false);
        }
    }

    /// Rows that are there are looked at behind it, under a lock that stops nobody.
    pub(super) fn add_key(&mut self, name: &Name, is: &Table, key: &ForeignKey, changes: &[Change]) {
        let wanted = &self.wanted.tables[&name.name];
        let Some(said) =
            wanted.foreign_keys.values().find(|one| one.columns == key.columns && one.table == key.table.name)
        else {
            return;
        };
        let constraint = self.names.foreign_key(&name.name, wanted, said);
        let late = is_unique_later(&key.table.name, &key.referenced, changes);
        self.put_key(name, is, &constraint, key, late);
    }

    fn put_key(&mut self, name: &Name, is: &Table, constraint: &str, key: &ForeignKey, late: bool) {
        let table = write::table_name(name);
        let text = write::foreign_key(constraint, key);
        let drop = format!("ALTER TABLE {table} DROP CONSTRAINT {}", quoted(constraint));
        let stage = if late { Stage::Finish } else { Stage::Main };
        if is.kind == TableKind::Partitioned {
            let remark = "A partitioned table takes no foreign key that is not valid: all its rows are looked at here.";
            self.push(Step::main(format!("ALTER TABLE {table} ADD {text}"), drop).at(stage).remark(remark));
            return;
        }
        let add = format!("ALTER TABLE {table} ADD {text} NOT VALID");
        self.push(Step::main(add.clone(), drop.clone()).at(stage));
        let validate = format!("ALTER TABLE {table} VALIDATE CONSTRAINT {}", quoted(constraint));
        if late {
            self.push(Step::new(Stage::Late, vec![validate], vec![drop, add]));
        } else {
            self.validate(validate, vec![drop, add]);
        }
    }

    /// All that reads rows stands before what takes a strong lock, in one file.
    pub(super) fn validate(&mut self, up: String, down: Vec<String>) {
        let step = Step::new(Stage::Finish, vec![up], down);
        let place = self.steps.iter().position(|step| step.stage == Stage::Finish && !is_validation(step));
        self.steps.insert(place.unwrap_or(self.steps.len()), step);
    }
}

/// The foreign keys whose ends do not fit each other while their columns change type, one after the other or one alone
/// before the other goes, and those that go with a column while the key that they lead to changes.
pub(super) fn apart(schema: &Schema, changes: &[Change]) -> Vec<Apart> {
    let mut found = Vec::new();
    for (table, is) in &schema.tables {
        for (name, key) in is.foreign_keys.iter().filter(|(name, _)| !is_dropped(table, name, changes)) {
            let stays = !key.columns.iter().any(|column| loses(table, column, changes));
            let ends = [(table, &key.columns), (&key.table, &key.referenced)];
            let unlike = ends.iter().any(|(table, columns)| becomes_unlike(schema, table, columns, changes));
            let taken = unlike || (!stays && is_another(&key.table.name, changes));
            if taken {
                found.push(Apart { table: table.clone(), name: name.clone(), key: key.clone(), stays });
            }
        }
    }
    found
}

/// Whether one of these columns gets a type that is not compared with the old one.
fn becomes_unlike(schema: &Schema, table: &Name, columns: &[String], changes: &[Change]) -> bool {
    changes.iter().any(|change| match change {
        Change::AlterColumn { table: own, column, kind: true, .. } if own == table => {
            let old = find(schema, &own.name).and_then(|(_, is)| is.column(&column.name));
            let old = old.map(|old| ColumnType::from_postgres(&old.type_name));
            columns.contains(&column.name) && old.is_some_and(|old| !types::is_alike(&old, &column.kind))
        }
        _ => false,
    })
}

fn is_dropped(table: &Name, key: &str, changes: &[Change]) -> bool {
    changes.iter().any(|change| match change {
        Change::DropForeignKey { table: own, name } => own == table && name == key,
        Change::DropTable { table: own } => own == table,
        _ => false,
    })
}

pub(super) fn loses(table: &Name, gone: &str, changes: &[Change]) -> bool {
    let is =
        |change: &Change| matches!(change, Change::DropColumn { table: own, column } if own == table && column == gone);
    changes.iter().any(is)
}

/// Whether a table that is there gets another primary key.
pub(super) fn is_another(table: &str, changes: &[Change]) -> bool {
    changes.iter().any(|change| matches!(change, Change::PrimaryKey { table: own, .. } if own.name == table))
}

/// Whether a foreign key leads to columns that become unique in a later file.
pub(super) fn is_unique_later(table: &str, referenced: &[String], changes: &[Change]) -> bool {
    changes.iter().any(|change| match change {
        Change::AddUnique { table: name, columns } => name.name == table && same_set(columns, referenced),
        _ => false,
    })
}

fn is_validation(step: &Step) -> bool {
    step.up.iter().any(|line| line.contains(" VALIDATE CONSTRAINT "))
}
