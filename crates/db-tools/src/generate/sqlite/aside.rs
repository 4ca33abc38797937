//! What of SQLite nobody but a person can write anew, once what it reads is gone or of another kind: views, triggers,
//! full-text indexes, and indexes over an expression or over some rows.

use std::collections::{BTreeMap, BTreeSet};

use atriz_db::Engine;

use super::objects::{Object, Objects};
use super::text::mentions;
use super::{Standing, full_text};
use crate::generate::asked::{Asked, question};
use crate::generate::change::{Change, find};
use crate::generate::names::quoted;
use crate::generate::step::{Stage, Step, commented, mark};
use crate::generate::types;

/// The pieces before and behind all others, and what there is without what stands in them.
pub(super) fn steps(
    standing: Standing<'_>,
    changes: &[Change],
    asked: &Asked,
) -> (Option<Step>, Option<Step>, Objects) {
    let gone = Gone::of(changes, standing.objects);
    let mut questions: BTreeMap<&str, String> = BTreeMap::new();
    for object in standing.objects.iter() {
        let about = about(standing, changes, asked, &gone, object);
        let name = quoted(&standing.called(object));
        let about = about.map(|(what, why)| question(&format!("{what} {name}"), &why, Engine::Sqlite));
        questions.extend(about.map(|about| (object.name.as_str(), about)));
    }
    let names = |object: &Object| questions.keys().any(|gone| mentions(&object.sql, gone));
    // What goes with its table comes back with it; so does what its triggers name.
    let silent = |object: &Object| {
        let spoken_of = || names(object) || gone.names_search(object);
        gone.searches.contains(&object.name) || (object.kind == "trigger" && gone.has(&object.table) && spoken_of())
    };
    let asks = |object: &Object| questions.contains_key(object.name.as_str());
    let (found, left) = standing.objects.without(|object| asks(object) || silent(object));
    if found.is_empty() {
        return (None, None, left);
    }
    let drops = found.iter().rev().map(Object::dropped).collect();
    let refilled = found.iter().filter(|object| object.is_full_text()).map(Object::refilled);
    let back = found.iter().map(|object| object.sql.clone()).chain(refilled).collect();
    let (mut makes, mut undone) = (Vec::new(), Vec::new());
    let mut told: BTreeSet<&String> = BTreeSet::new();
    for object in found.iter().filter(|object| asks(object)) {
        let about = questions.get(object.name.as_str());
        makes.extend(about.filter(|about| told.insert(about)).map(|about| mark(about)));
        let behind = object.renamed(&standing.called(object));
        makes.push(commented(&behind.sql));
        undone.insert(0, behind.dropped_if_there());
    }
    let behind = Step::new(Stage::Main, makes, undone);
    (Some(Step::new(Stage::Main, drops, back)), Some(behind).filter(|step| !step.up.is_empty()), left)
}

/// Tables that go, and the full-text indexes over them, which hold nothing without.
struct Gone<'a> {
    tables: Vec<&'a str>,
    searches: BTreeSet<String>,
}

impl<'a> Gone<'a> {
    fn of(changes: &'a [Change], objects: &Objects) -> Self {
        let dropped = |change: &'a Change| match change {
            Change::DropTable { table } => Some(table.name.as_str()),
            _ => None,
        };
        let tables: Vec<&str> = changes.iter().filter_map(dropped).collect();
        let searches = tables.iter().flat_map(|table| objects.full_text_of(table)).map(|search| search.name.clone());
        let searches = searches.collect();
        Self { tables, searches }
    }

    fn has(&self, table: &str) -> bool {
        self.tables.iter().any(|gone| gone.eq_ignore_ascii_case(table))
    }

    fn names_search(&self, object: &Object) -> bool {
        self.searches.iter().any(|search| mentions(&object.sql, search))
    }
}

/// What an object that somebody has to write anew is, and why.
fn about(
    standing: Standing<'_>,
    changes: &[Change],
    asked: &Asked,
    gone: &Gone<'_>,
    object: &Object,
) -> Option<(&'static str, String)> {
    match object.kind.as_str() {
        "view" => asked.views.get(&object.name).map(|why| ("view", why.clone())),
        "trigger" if gone.has(&object.table) => None,
        "trigger" => {
            let name = standing.called(object);
            let is =
                |(table, trigger): &(String, String)| table.eq_ignore_ascii_case(&object.table) && *trigger == name;
            let own = asked.triggers.iter().find(|(key, _)| is(key)).map(|(_, why)| why.clone());
            let why = own.or_else(|| changes.iter().find_map(|change| of_view(standing, object, change)));
            why.map(|why| ("trigger", why))
        }
        _ => changes.iter().find_map(|change| unreadable(standing, object, change)),
    }
}

/// Why a trigger of a view does not run behind a change.
fn of_view(standing: Standing<'_>, object: &Object, change: &Change) -> Option<String> {
    let is_table = standing.schema.tables.keys().any(|table| table.name.eq_ignore_ascii_case(&object.table));
    let names = |name: &str| !is_table && mentions(&object.sql, name);
    match change {
        Change::DropTable { table } => names(&table.name).then(|| format!("there is no {table}")),
        Change::DropColumn { table, column } => {
            (names(&table.name) && names(column)).then(|| format!("{table} has no {column}"))
        }
        _ => None,
    }
}

/// Why an index does not read the same behind a change, and what it is.
fn unreadable(standing: Standing<'_>, object: &Object, change: &Change) -> Option<(&'static str, String)> {
    let table = change.table();
    match change {
        Change::DropColumn { column, .. } => {
            let reads = object.is_full_text_of(&table.name) && full_text::is_over(&object.sql, column);
            reads.then(|| ("full-text index", format!("{table} has no {column}")))
        }
        Change::AlterColumn { column, kind: true, .. }
            if object.kind == "index" && object.table.eq_ignore_ascii_case(&table.name) =>
        {
            let (_, is) = find(standing.schema, &table.name)?;
            let index = is.indexes.get(&standing.called(object))?;
            let expressions = index.columns.iter().filter(|key| key.expression).map(|key| key.key.as_str());
            let reads = expressions.chain(index.predicate.as_deref()).any(|text| mentions(text, &column.name));
            let old = standing.said.tables.get(&table.name).and_then(|said| said.column(&column.name))?;
            let kind = types::short(&column.kind.to_string());
            let unlike = reads && !types::is_alike(&old.kind, &column.kind);
            unlike.then(|| ("index", format!("{table}.{} is {kind}", column.name)))
        }
        _ => None,
    }
}
