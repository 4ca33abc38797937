//! Views that read what changes.

use std::collections::BTreeSet;

use atriz_db::Engine;

use super::change::find;
use super::dropped::mentions;
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
    let computed = is.into_iter().flat_map(|is| computed_from(is, column));
    std::iter::once(column.to_owned()).chain(computed).collect()
}

/// The columns that are computed from one.
pub(super) fn computed_from(is: &Table, column: &str) -> Vec<String> {
    let from = is.columns.iter().filter(|one| {
        one.name != column && one.generated.as_ref().is_some_and(|generated| mentions(&generated.expression, column))
    });
    from.map(|one| one.name.clone()).collect()
}

/// The views that read one of these columns of a table, and those that read such a view: each behind those it reads.
pub(super) fn readers<'a>(schema: &'a Schema, read: &[(Name, String)], others: &BTreeSet<&String>) -> Vec<&'a Name> {
    let mut found: BTreeSet<&Name> = BTreeSet::new();
    let direct = |view: &View| {
        read.iter().any(|(table, column)| {
            mentions(&view.definition, &table.name)
                && touched(schema, table, column).iter().any(|one| mentions(&view.definition, one))
        })
    };
    found.extend(
        schema.views.iter().filter(|(name, view)| others.contains(&name.name) || direct(view)).map(|one| one.0),
    );
    loop {
        let more = schema.views.iter().find(|(name, view)| {
            !found.contains(name) && found.iter().any(|read| mentions(&view.definition, &read.name))
        });
        let Some((name, _)) = more else { break };
        found.insert(name);
    }
    let mut ordered: Vec<&Name> = Vec::new();
    while !found.is_empty() {
        let needs = |name: &Name| {
            found.iter().any(|other| *other != name && mentions(&schema.views[name].definition, &other.name))
        };
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
