//! What a trigger names: by its own words, and on PostgreSQL by those of its function.

use atriz_db::Engine;

use super::dropped::{mentions, says};
use super::reads::{Reads, writes};
use crate::introspect::{Schema, Trigger};

/// Whether a trigger or its function names a column of its own table.
pub(super) fn names_column(schema: &Schema, trigger: &Trigger, column: &str) -> bool {
    match schema.engine {
        Engine::Postgres => {
            let body = function_of(schema, trigger).and_then(body_of).is_some_and(|body| mentions(body, column));
            body || holds(&trigger.definition, column) || has_argument(&trigger.definition, column)
        }
        Engine::Sqlite => says(schema.engine, &trigger.definition, column),
    }
}

/// Whether what a trigger does names a table other than its own, and where one is asked for, a column too.
pub(super) fn speaks_of(schema: &Schema, trigger: &Trigger, table: &str, column: Option<&str>) -> bool {
    let names = |name: &str| done(schema, trigger).is_some_and(|text| says(schema.engine, text, name));
    names(table) && column.is_none_or(names)
}

/// Whether what a trigger does reads a view or a full-text index, or writes to one: a column may be called like it.
pub(super) fn uses(schema: &Schema, trigger: &Trigger, name: &str) -> bool {
    done(schema, trigger).is_some_and(|text| Reads::of(text).has(name) || writes(text, name))
}

/// What a trigger does, in its words.
fn done<'a>(schema: &'a Schema, trigger: &'a Trigger) -> Option<&'a str> {
    match schema.engine {
        Engine::Postgres => function_of(schema, trigger).and_then(body_of),
        Engine::Sqlite => Some(trigger.definition.as_str()),
    }
}

/// The statement that made the function of a trigger.
pub(super) fn function_of<'a>(schema: &'a Schema, trigger: &Trigger) -> Option<&'a str> {
    let function = trigger.function.as_ref()?.replace('"', "");
    let is = |known: &str| known.replace('"', "").split('(').next().is_some_and(|name| name == function);
    schema.functions.iter().find(|(known, _)| is(known)).map(|(_, function)| function.definition.as_str())
}

/// What a function of PostgreSQL does, where it is kept as text: its name and its settings are none of it. What PostgreSQL
/// has read follows a rename by itself, and stands in the way of what goes.
pub(super) fn body_of(function: &str) -> Option<&str> {
    let (_, quoted) = function.split_once("\nAS $")?;
    let (tag, body) = quoted.split_once('$')?;
    Some(body.rsplit_once(&format!("${tag}$")).map_or(body, |(body, _)| body))
}

/// Whether a trigger of PostgreSQL names a column before its function, in `UPDATE OF` or in its condition.
pub(super) fn holds(trigger: &str, column: &str) -> bool {
    let head = trigger.split_once(" EXECUTE ").map_or(trigger, |(head, _)| head);
    let behind_name = head.split_once(" TRIGGER ").and_then(|(_, rest)| rest.split_once(' ')).map_or("", |one| one.1);
    let (events, rest) = behind_name.split_once(" ON ").unwrap_or((behind_name, ""));
    let condition = rest.split_once(" WHEN ").map_or("", |(_, condition)| condition);
    mentions(events, column) || mentions(condition, column)
}

/// Whether the function of a trigger is told a column, as `tsvector_update_trigger` is.
pub(super) fn has_argument(trigger: &str, column: &str) -> bool {
    let function = trigger.split_once(" EXECUTE ").map_or("", |(_, function)| function);
    function.split_once('(').is_some_and(|(_, arguments)| mentions(arguments, &format!("'{column}'")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trigger_holds_what_it_waits_for() {
        let trigger = "CREATE TRIGGER trg_note BEFORE UPDATE OF note ON app.things FOR EACH ROW WHEN (old.amount > 1) \
                       EXECUTE FUNCTION app.code('title')";
        assert!(holds(trigger, "note") && holds(trigger, "amount"));
        assert!(!holds(trigger, "code") && !holds(trigger, "trg_note"));
        assert!(has_argument(trigger, "title") && !has_argument(trigger, "note"));
    }

    #[test]
    fn the_body_of_a_function_is_told_from_its_header() {
        let function = "CREATE OR REPLACE FUNCTION app.code()\n RETURNS trigger\n LANGUAGE plpgsql\nAS $function$ BEGIN \
                        RETURN NEW; END; $function$\n";
        assert_eq!(body_of(function), Some(" BEGIN RETURN NEW; END; "));
        assert_eq!(body_of("CREATE FUNCTION app.one()\nBEGIN ATOMIC\n SELECT 1;\nEND\n"), None);
    }
}
