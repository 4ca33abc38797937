//! Rules that every schema keeps, whatever the engines agree on.

mod names;
mod shape;

use std::collections::BTreeMap;

use atriz_db::Engine;

use super::Finding;
use super::compare::Known;
use super::mend::Side;
use crate::introspect::{Name, TableKind};
use crate::logical::{Object, Table};

/// A broken rule in the folder of one engine.
pub(super) struct Broken {
    pub(super) object: String,
    pub(super) kind: &'static str,
    /// What is there, and what should be.
    pub(super) is: String,
    pub(super) should: String,
    pub(super) mend: Vec<String>,
}

/// Adds what breaks a rule. What both folders do alike is told once.
pub(super) fn add(known: &Known<'_>, findings: &mut Vec<Finding>) {
    let mut found: BTreeMap<(String, &'static str), Vec<(Engine, Broken)>> = BTreeMap::new();
    let mut sides = 0;
    for side in known.sides() {
        sides += 1;
        for broken in of(side) {
            let engine = side.schema.engine;
            found.entry((broken.object.clone(), broken.kind)).or_default().push((engine, broken));
        }
    }
    let told_before = findings.len();
    for ((object, kind), broken) in found {
        // A trigger that one engine lacks was told as such.
        let told = |finding: &Finding| {
            matches!(finding.kind.as_str(), "trigger_missing" | "trigger_differs")
                && finding.mentions("fills updated_at", &object)
        };
        if kind == shape::UNFILLED && findings[..told_before].iter().any(told) {
            continue;
        }
        let Some((engine, first)) = broken.first() else { continue };
        // What one folder alone calls otherwise, or has otherwise, was told.
        if broken.len() < sides && findings[..told_before].iter().any(|finding| finding.object == object) {
            continue;
        }
        let who = if broken.len() == sides && sides > 1 { "folders" } else { engine.name() };
        findings.push(Finding {
            database: known.database.to_owned(),
            object,
            kind: kind.to_owned(),
            left_name: who.to_owned(),
            left: Some(first.is.clone()),
            right_name: "rule".to_owned(),
            right: Some(first.should.clone()),
            mend: broken.into_iter().flat_map(|(_, broken)| broken.mend).collect(),
        });
    }
}

fn of(side: &Side<'_>) -> Vec<Broken> {
    let mut found = shape::twice(side);
    for (name, table) in &side.logical.tables {
        let subject = Subject { side, name, table };
        // A table of a module has neither keys nor rules of its own; nor have names that its module chose.
        if subject.kind() == Some(TableKind::Virtual) {
            continue;
        }
        found.extend(names::of(&subject));
        found.extend(shape::of(&subject));
    }
    found
}

/// A table under the rules.
pub(super) struct Subject<'a> {
    pub(super) side: &'a Side<'a>,
    pub(super) name: &'a str,
    pub(super) table: &'a Table,
}

impl Subject<'_> {
    fn kind(&self) -> Option<TableKind> {
        self.side.schema.tables.get(&Name::new(&self.table.schema, self.name)).map(|table| table.kind)
    }

    fn object(&self, sort: &'static str, name: Option<&str>) -> String {
        let object = Object { sort, table: self.name.to_owned(), name: name.map(str::to_owned) };
        object.to_string()
    }
}
