//! Functions of PostgreSQL that name a table or column in their words: the engine neither renames there nor tells that
//! something is gone.

use super::{aside, write};
use crate::generate::change::{Change, find};
use crate::generate::dropped::mentions;
use crate::generate::names::quoted;
use crate::generate::step::{Step, commented, mark};
use crate::generate::trigger::{body_of, function_of, has_argument};
use crate::introspect::{Name, Schema};

/// A function, and the statement that makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Naming<'a> {
    pub(super) name: &'a str,
    pub(super) definition: &'a str,
}

/// The functions that name a table, or one of its columns.
pub(super) fn naming<'a>(schema: &'a Schema, table: &Name, column: Option<&str>) -> Vec<Naming<'a>> {
    let triggers = find(schema, &table.name).into_iter().flat_map(|(_, is)| is.triggers.values());
    let own: Vec<&str> = triggers.filter_map(|trigger| function_of(schema, trigger)).collect();
    let names = |definition: &str| {
        let Some(body) = body_of(definition) else { return false };
        let table = || mentions(body, &table.name);
        match column {
            Some(column) => mentions(body, column) && (own.contains(&definition) || table()),
            None => table(),
        }
    };
    let all = schema.functions.iter().filter(|(_, function)| names(&function.definition));
    all.map(|(name, function)| Naming { name, definition: function.definition.trim_end() }).collect()
}

/// Leaves the place for the functions and triggers that a rename does not reach.
pub(super) fn left_behind(change: &Change, schema: &Schema, step: &mut Step) {
    let (table, column, now) = match change {
        Change::RenameTable { table, to } => (table, None, format!("{table} is called {to}")),
        Change::RenameColumn { table, column, to } => {
            (table, Some(column.as_str()), format!("{table}.{column} is called {to}"))
        }
        _ => return,
    };
    for one in naming(schema, table, column) {
        step.up.push(mark(&question(one.name, &now)));
        step.up.push(commented(one.definition));
        step.down.push(one.definition.to_owned());
    }
    let Some((column, (_, is))) = column.zip(find(schema, &table.name)) else { return };
    for (name, trigger) in is.triggers.iter().filter(|(_, one)| has_argument(&one.definition, column)) {
        let (trigger_name, table_name) = (quoted(name), write::table_name(table));
        let drop = format!("DROP TRIGGER {trigger_name} ON {table_name}");
        step.up.push(mark(&format!(
            "trigger {name} tells its function the name {column}, and {now}. Make it anew below, then take this line away"
        )));
        step.up.push(commented(&drop));
        step.up.extend(aside::trigger_made(table, name, trigger).iter().map(|line| commented(line)));
        // Whoever made it anew gave its function the new name.
        step.down.push(format!("DROP TRIGGER IF EXISTS {trigger_name} ON {table_name}"));
        step.down.extend(aside::trigger_made(table, name, trigger));
    }
}

/// What to decide on for a function.
pub(super) fn question(function: &str, now: &str) -> String {
    format!("how does function {function} read where {now}? Write it below, then take this line away")
}
