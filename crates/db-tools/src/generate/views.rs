//! Views that read what changes.

use std::collections::{BTreeMap, BTreeSet};

use atriz_db::Engine;

use super::change::find;
use super::dropped::says;
use super::reads::Reads;
use super::types;
use crate::introspect::{Name, Schema, Table, View};
use crate::logical::ColumnType;

/// Whether a column becomes of a kind for which conditions and expressions read otherwise.
pub(super) fn is_unlike(schema: &Schema, table: &Name, column: &str, new: &ColumnType) -> bool {
    let old = find(schema, &table.name).and_then(|(_, is)| is.column(column));
    // What SQLite says of a type is not the whole: the other engine knows whether it is another kind.
    let known = old.filter(|_| schema.engine == Engine::Postgres);
    known.is_some_and(|old| !types::is_alike(&ColumnType::from_postgres(&old.type_name), new))
}

/// A column and those that are computed from it.
pub(super) fn touched(schema: &Schema, table: &Name, column: &str) -> Vec<String> {
    let is = find(schema, &table.name).map(|(_, is)| is);
    let computed = is.into_iter().flat_map(|is| computed_from(schema.engine, is, column));
    std::iter::once(column.to_owned()).chain(computed).collect()
}

/// The columns that are computed from one.
fn computed_from(engine: Engine, is: &Table, column: &str) -> Vec<String> {
    let from = is.columns.iter().filter(|one| {
        let generated = one.generated.as_ref().filter(|_| one.name != column);
        generated.is_some_and(|generated| says(engine, &generated.expression, column))
    });
    from.map(|one| one.name.clone()).collect()
}

/// The views that read one of these columns of a table, and those that read such a view: each behind those it reads.
pub(super) fn readers<'a>(schema: &'a Schema, read: &[(Name, String)], others: &BTreeSet<&String>) -> Vec<&'a Name> {
    let reads: BTreeMap<&Name, Reads> =
        schema.views.iter().map(|(name, view)| (name, Reads::of(&view.definition))).collect();
    let mut found: BTreeSet<&Name> = BTreeSet::new();
    let direct = |name: &Name, view: &View| {
        let says = |one: &String| says(schema.engine, &view.definition, one);
        read.iter()
            .any(|(table, column)| reads[name].has(&table.name) && touched(schema, table, column).iter().any(says))
    };
    found.extend(
        schema.views.iter().filter(|(name, view)| others.contains(&name.name) || direct(name, view)).map(|one| one.0),
    );
    loop {
        let more =
            reads.iter().find(|(name, reads)| !found.contains(*name) && found.iter().any(|read| reads.has(&read.name)));
        let Some(name) = more.map(|(name, _)| *name) else { break };
        found.insert(name);
    }
    let mut ordered: Vec<&Name> = Vec::new();
    while !found.is_empty() {
        let needs = |name: &Name| found.iter().any(|other| *other != name && reads[name].has(&other.name));
        let next = found.iter().copied().find(|name| !needs(name)).or_else(|| found.first().copied());
        let Some(next) = next else { break };
        found.remove(next);
        ordered.push(next);
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn views_come_behind_those_they_read() {
        let mut schema = Schema::empty(Engine::Postgres);
        for (name, definition) in [
            ("a_last", "SELECT a FROM app.second"),
            ("first", "SELECT a, b FROM app.things"),
            ("second", "SELECT a FROM app.first"),
            ("other", "SELECT b FROM app.things"),
        ] {
            let view = View { definition: definition.to_owned(), ..View::default() };
            schema.views.insert(Name::new("app", name), view);
        }
        let read = [(Name::new("app", "things"), "a".to_owned())];
        let names: Vec<&str> =
            readers(&schema, &read, &BTreeSet::new()).into_iter().map(|name| name.name.as_str()).collect();
        assert_eq!(names, ["first", "second", "a_last"]);
    }
}
