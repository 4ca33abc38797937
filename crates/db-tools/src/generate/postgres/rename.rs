//! Tables and columns that are called otherwise, and with them what is named after them.
//!
//! A column of a view keeps its name on PostgreSQL, while SQLite calls it as the column it reads: it follows there.

use super::{functions, write};
use crate::generate::change::Change;
use crate::generate::names::quoted;
use crate::generate::rename::renamed_objects;
use crate::generate::step::Step;
use crate::introspect::{Name, Schema, Table};

/// The piece that makes one rename of a table as it is.
pub(in crate::generate) fn renamed(change: &Change, is: &Table, schema: &Schema) -> Option<Step> {
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
    functions::left_behind(change, schema, &mut step);
    Some(step.remark("An app that runs meanwhile knows the old name only."))
}

/// The pieces that call the columns of views as SQLite calls them behind its renames, where they were called alike before.
pub(in crate::generate) fn renamed_in_views(
    before: (&Schema, &Schema),
    behind: (&Schema, &Schema),
) -> impl Iterator<Item = Step> {
    let columns = |schema: &Schema, view: &str| -> Option<Vec<String>> {
        let (_, view) = schema.views.iter().find(|(name, _)| name.name == view)?;
        Some(view.columns.iter().map(|column| column.name.clone()).collect())
    };
    let mut steps = Vec::new();
    for (name, view) in &behind.0.views {
        let alike = columns(before.0, &name.name) == columns(before.1, &name.name);
        let Some(other) = columns(behind.1, &name.name).filter(|_| alike) else { continue };
        let kind = if view.materialised { "MATERIALIZED VIEW" } else { "VIEW" };
        let own: Vec<String> = view.columns.iter().map(|column| column.name.clone()).collect();
        for (from, to) in in_order(own, &other) {
            let rename = |from: &str, to: &str| {
                format!("ALTER {kind} {} RENAME COLUMN {} TO {}", write::table_name(name), quoted(from), quoted(to))
            };
            steps.push(Step::main(rename(&from, &to), rename(&to, &from)));
        }
    }
    steps.into_iter()
}

/// Old and new names of columns, in an order in which each new name is free.
fn in_order(mut own: Vec<String>, other: &[String]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    loop {
        let free = |place: &usize| own[*place] != other[*place] && !own.contains(&other[*place]);
        let Some(place) = (0..own.len().min(other.len())).find(free) else { return found };
        let from = std::mem::replace(&mut own[place], other[place].clone());
        found.push((from, other[place].clone()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_renamed_where_their_new_names_are_free() {
        let names = |names: [&str; 3]| names.map(str::to_owned).to_vec();
        let pair = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        let found = in_order(names(["id", "low", "high"]), &names(["id", "high", "top"]));
        assert_eq!(found, [pair("high", "top"), pair("low", "high")]);
        assert!(in_order(names(["id", "low", "high"]), &names(["id", "low", "high"])).is_empty());
    }
}
