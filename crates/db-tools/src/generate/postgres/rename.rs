//! Tables and columns that are called otherwise, and with them what is named after them.

use super::write;
use crate::generate::change::Change;
use crate::generate::names::quoted;
use crate::generate::rename::renamed_objects;
use crate::generate::step::Step;
use crate::introspect::{Name, Table};

/// The piece that makes one rename of a table as it is.
pub(in crate::generate) fn renamed(change: &Change, is: &Table) -> Option<Step> {
    let (table, up, down, now) = match change {
        Change::RenameTable { table, to } => {
            let now = Name::new(&table.schema, to);
            let up = format!("ALTER TABLE {} RENAME TO {}", write::table_name(table), quoted(to));
            let down = format!("ALTER TABLE {} RENAME TO {}", write::table_name(&now), quoted(&table.name));
            (table, up, down, now)
        }
        Change::RenameColumn { table, column, to } => {
            let written = write::table_name(table);
            let up = format!("ALTER TABLE {written} RENAME COLUMN {} TO {}", quoted(column), quoted(to));
            let down = format!("ALTER TABLE {written} RENAME COLUMN {} TO {}", quoted(to), quoted(column));
            (table, up, down, table.clone())
        }
        _ => return None,
    };
    let written = write::table_name(&now);
    let mut step = Step::main(up, down);
    for object in renamed_objects(change, is) {
        let (from, to) = (quoted(&object.from), quoted(&object.to));
        let (up, down) = match object.kind {
            "index" => {
                let qualified = |name: &str| write::table_name(&Name::new(&table.schema, name));
                let rename = |from: &str, to: &str| format!("ALTER INDEX {} RENAME TO {}", qualified(from), quoted(to));
                (rename(&object.from, &object.to), rename(&object.to, &object.from))
            }
            "trigger" => {
                let rename = |from: &str, to: &str| format!("ALTER TRIGGER {from} ON {written} RENAME TO {to}");
                (rename(&from, &to), rename(&to, &from))
            }
            _ => {
                let rename = |from: &str, to: &str| format!("ALTER TABLE {written} RENAME CONSTRAINT {from} TO {to}");
                (rename(&from, &to), rename(&to, &from))
            }
        };
        step.up.push(up);
        step.down.insert(0, down);
    }
    Some(step.remark("An app that runs meanwhile knows the old name only."))
}
