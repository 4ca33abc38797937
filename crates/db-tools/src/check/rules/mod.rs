//! Rules that every schema keeps, whatever the engines agree on.

mod names;
mod postgres;
mod shape;
mod sqlite;

use std::collections::BTreeMap;

use atriz_db::Engine;

use super::Finding;
use super::compare::Known;
use super::mend::{Draft, Part, Side};
use crate::introspect::{self, Name, TableKind};
use crate::logical::{Object, Table};

/// A broken rule in the folder of one engine.
pub(super) struct Broken<'a> {
    pub(super) object: String,
    pub(super) kind: &'static str,
    /// What is there, and what should be.
    pub(super) is: String,
    pub(super) should: String,
    pub(super) mend: Vec<Part<'a>>,
}

/// Adds what breaks a rule. What both folders do alike is told once.
pub(super) fn add<'a>(known: &'a Known<'a>, drafts: &mut Vec<Draft<'a>>) {
    let mut found: BTreeMap<(String, &'static str), Vec<(Engine, Broken<'a>)>> = BTreeMap::new();
    let mut sides = 0;
    for side in known.sides() {
        sides += 1;
        for broken in of(side, known) {
            let engine = side.schema.engine;
            found.entry((broken.object.clone(), broken.kind)).or_default().push((engine, broken));
        }
    }
    let told_before = drafts.len();
    for ((object, kind), broken) in found {
        // A trigger that one engine lacks was told as such.
        let told = |finding: &Finding| {
            matches!(finding.kind.as_str(), "trigger_missing" | "trigger_differs")
                && finding.mentions("fills updated_at", &object)
        };
        if kind == shape::UNFILLED && drafts[..told_before].iter().any(|draft| told(&draft.finding)) {
            continue;
        }
        let moved = |draft: &Draft<'_>| draft.finding.kind == "schema_differs" && draft.finding.object == object;
        if kind == postgres::SCHEMA && drafts[..told_before].iter().any(moved) {
            continue;
        }
        // The key in the right order may be the index that is missing.
        let table = object.split_once(' ').map_or("", |(_, name)| name).trim_start_matches("key ");
        let key = format!("primary key {}", table.split('.').next().unwrap_or(table));
        let keyed = |draft: &Draft<'_>| draft.finding.kind == "primary_key_differs" && draft.finding.object == key;
        if kind == shape::UNINDEXED && broken.len() < sides && drafts[..told_before].iter().any(keyed) {
            continue;
        }
        let Some((engine, first)) = broken.first() else { continue };
        // What one folder alone calls otherwise, or has otherwise, was told; what one engine alone can do was not.
        let both_can = !postgres::KINDS.contains(&kind) && !sqlite::KINDS.contains(&kind);
        let told = || drafts[..told_before].iter().any(|draft| draft.finding.object == object);
        if both_can && broken.len() < sides && told() {
            continue;
        }
        let who = if broken.len() == sides && sides > 1 { "folders" } else { engine.name() };
        let finding = Finding {
            database: known.database.to_owned(),
            object,
            kind: kind.to_owned(),
            left_name: who.to_owned(),
            left: Some(first.is.clone()),
            right_name: "rule".to_owned(),
            right: Some(first.should.clone()),
            mend: Vec::new(),
        };
        let parts = broken.into_iter().flat_map(|(_, broken)| broken.mend).collect();
        drafts.push(Draft { finding, parts });
    }
}

fn of<'a>(side: &'a Side<'a>, known: &Known<'_>) -> Vec<Broken<'a>> {
    let mut found = shape::twice(side, known.entities);
    let (renamed, columns) = (known.renamed(), known.renamed_columns());
    found.extend(postgres::rewriting(side));
    for (name, table) in &side.logical.tables {
        let subject = Subject { side, name, table };
        // A table of a module has neither keys nor rules of its own; nor have names that its module chose.
        if subject.kind() == Some(TableKind::Virtual) {
            continue;
        }
        // One that gets its name back, or that of a column, is held against the rules behind that.
        if renamed.iter().any(|one| one.is(name)) || columns.iter().any(|one| one.table == *name) {
            continue;
        }
        // A foreign key to such a table is called by the name that it gets back.
        let leads = |broken: &Broken<'_>| {
            let keys = table.foreign_keys.iter().filter(|(_, key)| renamed.iter().any(|one| one.is(&key.table)));
            keys.map(|(key, _)| subject.object("foreign key", Some(key))).any(|object| object == broken.object)
        };
        found.extend(names::of(&subject).into_iter().filter(|broken| !leads(broken)));
        found.extend(shape::of(&subject));
        match side.schema.engine {
            Engine::Postgres => found.extend(postgres::of(&subject, known.schemas)),
            Engine::Sqlite => found.extend(sqlite::of(&subject)),
        }
    }
    found
}

/// A table under the rules.
pub(super) struct Subject<'a> {
    pub(super) side: &'a Side<'a>,
    pub(super) name: &'a str,
    pub(super) table: &'a Table,
}

impl<'a> Subject<'a> {
    /// The table in the engine's words.
    fn own(&self) -> Option<&'a introspect::Table> {
        self.side.schema.tables.get(&Name::new(&self.table.schema, self.name))
    }

    fn kind(&self) -> Option<TableKind> {
        self.own().map(|table| table.kind)
    }

    fn object(&self, sort: &'static str, name: Option<&str>) -> String {
        let object = Object { sort, table: self.name.to_owned(), name: name.map(str::to_owned) };
        object.to_string()
    }
}
