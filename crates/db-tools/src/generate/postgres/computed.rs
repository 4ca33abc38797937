//! Columns of PostgreSQL that are computed from one that changes or goes.

use super::aside::{Aside, Changed};
use super::{hanging, keys, rights, write};
use crate::generate::change::Change;
use crate::generate::dropped::mentions;
use crate::generate::names::quoted;
use crate::introspect::{Column, Name, Table};

const WRITTEN_ANEW: &str = "-- atriz: lint-ignore adding-field-with-default \"its values are computed anew, and the table is \
                            written anew with them\"";
const WITH_THE_TABLE: &str = "-- atriz: lint-ignore require-concurrent-index-creation \"the table is written anew before it, \
                              under the same lock\"";

/// Puts them aside: their values are computed, so they may go and come back.
pub(super) fn aside(columns: &[Changed<'_>], changes: &[Change], aside: &mut Aside) {
    for (place, one) in columns.iter().enumerate() {
        // Each table once.
        if columns[..place].iter().any(|before| before.table == one.table) {
            continue;
        }
        let own: Vec<&Changed<'_>> = columns.iter().filter(|other| other.table == one.table).collect();
        for column in one.is.columns.iter().filter(|column| !keys::loses(one.table, &column.name, changes)) {
            let Some(generated) = &column.generated else { continue };
            let uses =
                |other: &&&Changed<'_>| other.column == column.name || mentions(&generated.expression, other.column);
            let found: Vec<&&Changed<'_>> = own.iter().filter(uses).collect();
            if !found.is_empty() {
                let why = found.iter().find_map(|other| other.why.as_deref());
                let new = new_type(one.table, &column.name, changes).unwrap_or_else(|| column.type_name.clone());
                let columns = [column, &Column { type_name: new, ..column.clone() }];
                column_aside(one.table, one.is, columns, why, aside);
            }
        }
    }
}

/// The type that a column gets.
fn new_type(table: &Name, name: &str, changes: &[Change]) -> Option<String> {
    changes.iter().find_map(|change| match change {
        Change::AlterColumn { table: own, column, kind: true, .. } if own == table && column.name == name => {
            Some(column.kind.postgres())
        }
        _ => None,
    })
}

fn column_aside(name: &Name, is: &Table, [column, new]: [&Column; 2], why: Option<&str>, aside: &mut Aside) {
    let (table, written) = (write::table_name(name), quoted(&column.name));
    let made = |column: &Column| -> Vec<String> {
        let add = [WRITTEN_ANEW.to_owned(), format!("ALTER TABLE {table} ADD COLUMN {}", write::column(column))];
        add.into_iter().chain(write::column_comment(name, column)).chain(rights::of_column(name, column)).collect()
    };
    let hanging = hanging(name, is, &column.name);
    let Some(why) = why else {
        let index = |line: &String| line.starts_with("CREATE INDEX ") || line.starts_with("CREATE UNIQUE INDEX ");
        let there = hanging
            .iter()
            .flat_map(|line| index(line).then(|| WITH_THE_TABLE.to_owned()).into_iter().chain([line.clone()]));
        let there = made(new).into_iter().chain(there).collect();
        let back = made(column).iter().chain(&hanging).cloned().collect();
        aside.loses_rights(&format!("column {table}.{written}"));
        return aside.returns_as(vec![format!("ALTER TABLE {table} DROP COLUMN {written}")], there, back);
    };
    let question = format!(
        "how is {table}.{written} computed where {why}? As it stands it keeps its values, and nobody computes them any \
         more. Write it below in place of what it is, then take this line away"
    );
    aside.asks(
        vec![format!("ALTER TABLE {table} ALTER COLUMN {written} DROP EXPRESSION")],
        vec![format!("ALTER TABLE {table} DROP COLUMN IF EXISTS {written}")],
        made(column).into_iter().chain(hanging).collect(),
        &question,
    );
}
