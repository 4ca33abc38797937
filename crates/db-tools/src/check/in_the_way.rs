//! What PostgreSQL does not let a column or a key be changed under: views, triggers and foreign keys that hold on to it.

use crate::introspect::{Name, Schema, View};
use crate::scratch::quote;

/// Statements around a change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct InTheWay {
    /// What goes before it, in order.
    pub(super) drops: Vec<String>,
    /// What comes back behind it, in order.
    pub(super) makes: Vec<String>,
}

impl InTheWay {
    /// `change` between what goes and what comes back.
    pub(super) fn around(self, change: Vec<String>) -> Vec<String> {
        self.drops.into_iter().chain(change).chain(self.makes).collect()
    }
}

/// The views that read a column, those that need fewer others first. One that reads such a view is in the way too,
/// whatever it reads of it.
pub(super) fn views<'a>(schema: &'a Schema, table: &Name, column: &str) -> Vec<(&'a Name, &'a View)> {
    let reads = |view: &View, name: &Name| mentions(&view.definition, &name.name);
    let direct = schema.views.iter().filter(|(_, view)| reads(view, table) && mentions(&view.definition, column));
    let mut left: Vec<(&Name, &View)> = direct.collect();
    let mut place = 0;
    while let Some((read, _)) = left.get(place).copied() {
        place += 1;
        for (name, view) in schema.views.iter().filter(|(_, view)| reads(view, read)) {
            if left.iter().all(|(known, _)| *known != name) {
                left.push((name, view));
            }
        }
    }
    let mut ordered = Vec::new();
    while !left.is_empty() {
        let needs = |(name, view): &(&Name, &View)| left.iter().any(|(other, _)| other != name && reads(view, other));
        let free = left.iter().position(|one| !needs(one)).unwrap_or(0);
        ordered.push(left.remove(free));
    }
    ordered
}

/// The views and triggers that a change of a column's type, or its going, needs out of the way.
pub(super) fn of_column(schema: &Schema, table: &Name, column: &str) -> InTheWay {
    let mut way = InTheWay::default();
    for (name, view) in views(schema, table, column) {
        way.drops.insert(0, dropped(name, view));
        way.makes.extend(made(name, view));
    }
    let triggers = schema.tables.get(table).into_iter().flat_map(|table| &table.triggers);
    for (name, trigger) in triggers.filter(|(_, trigger)| holds(&trigger.definition, column)) {
        way.drops.push(format!("DROP TRIGGER {} ON {}", quote(name), sql_name(table)));
        way.makes.push(trigger.definition.clone());
    }
    way
}

/// Whether a trigger names a column before its function: in `UPDATE OF` or in its condition.
pub(super) fn holds(trigger: &str, column: &str) -> bool {
    let head = trigger.split_once(" EXECUTE ").map_or(trigger, |(head, _)| head);
    let behind_name =
        head.split_once(" TRIGGER ").and_then(|(_, rest)| rest.split_once(' ')).map_or("", |(_, rest)| rest);
    let (events, rest) = behind_name.split_once(" ON ").unwrap_or((behind_name, ""));
    let condition = rest.split_once(" WHEN ").map_or("", |(_, condition)| condition);
    mentions(events, column) || mentions(condition, column)
}

/// What drops a view.
pub(super) fn dropped(name: &Name, view: &View) -> String {
    format!("DROP {} {}", kind(view), sql_name(name))
}

fn made(name: &Name, view: &View) -> Vec<String> {
    let place = sql_name(name);
    let options = if view.options.is_empty() { String::new() } else { format!(" WITH ({})", view.options.join(", ")) };
    let definition = view.definition.trim().trim_end_matches(';');
    let mut made = vec![format!("CREATE {} {place}{options} AS {definition}", kind(view))];
    made.extend(view.indexes.values().filter_map(|index| index.definition.clone()));
    made.extend(view.triggers.values().map(|trigger| trigger.definition.clone()));
    let said = view.comment.as_ref().map(|said| said.replace('\'', "''"));
    made.extend(said.map(|said| format!("COMMENT ON {} {place} IS '{said}'", kind(view))));
    made
}

fn kind(view: &View) -> &'static str {
    if view.materialised { "MATERIALIZED VIEW" } else { "VIEW" }
}

fn sql_name(name: &Name) -> String {
    format!("{}.{}", quote(&name.schema), quote(&name.name))
}

/// Whether a name stands in a statement as a word of its own.
pub(super) fn mentions(sql: &str, name: &str) -> bool {
    let part = |one: char| one.is_alphanumeric() || one == '_';
    sql.match_indices(name)
        .any(|(place, _)| !sql[..place].ends_with(part) && !sql[place + name.len()..].starts_with(part))
}

#[cfg(test)]
mod tests {
    use atriz_db::Engine;

    use super::*;

    #[test]
    fn views_go_from_the_last_to_the_first() {
        let mut schema = Schema::empty(Engine::Postgres);
        let mut view = |name: &str, definition: &str| {
            let view = View { definition: definition.to_owned(), ..View::default() };
            schema.views.insert(Name::new("app", name), view);
        };
        view("all_of_it", "SELECT a FROM app.second");
        view("first", "SELECT a, b FROM app.things");
        view("second", "SELECT a FROM app.first");
        view("other", "SELECT b FROM app.things");
        let way = of_column(&schema, &Name::new("app", "things"), "a");
        assert_eq!(
            way.drops,
            ["DROP VIEW \"app\".\"all_of_it\"", "DROP VIEW \"app\".\"second\"", "DROP VIEW \"app\".\"first\""]
        );
        assert!(way.makes[0].contains("first") && way.makes[2].contains("all_of_it"), "{way:?}");
    }

    #[test]
    fn a_trigger_holds_what_it_waits_for() {
        let trigger = "CREATE TRIGGER trg_note BEFORE UPDATE OF note ON app.things FOR EACH ROW WHEN (old.amount > 1) \
                       EXECUTE FUNCTION app.code()";
        assert!(holds(trigger, "note") && holds(trigger, "amount"));
        assert!(!holds(trigger, "code") && !holds(trigger, "trg_note"));
    }
}
