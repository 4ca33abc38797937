//! Mends that share a table: SQLite builds one anew, and a second time would undo the first.

use std::collections::BTreeMap;

use super::{Side, sqlite};
use crate::check::Finding;
use crate::logical::Table;

/// What becomes of a table; nothing where it cannot be said.
pub(in crate::check) type Change<'a> = Box<dyn Fn(&Table) -> Option<Table> + 'a>;

/// A part of a mend.
pub(in crate::check) enum Part<'a> {
    /// As it is printed.
    Said(String),
    /// A change of a table of SQLite.
    Edit(Edit<'a>),
}

/// A change of a table of SQLite, made by statements of its own, or with others by building the table anew.
pub(in crate::check) struct Edit<'a> {
    pub(super) side: Side<'a>,
    pub(super) table: String,
    pub(super) change: Change<'a>,
    /// What does it where the table is not built anew anyway; nothing where it has to be.
    pub(super) alone: Option<Vec<String>>,
}

/// Something that is not as it should be, before its mend is written down.
pub(in crate::check) struct Draft<'a> {
    /// All but the mend.
    pub(in crate::check) finding: Finding,
    pub(in crate::check) parts: Vec<Part<'a>>,
}

/// Statements as they are.
pub(in crate::check) fn said(statements: impl IntoIterator<Item = String>) -> Vec<Part<'static>> {
    statements.into_iter().map(Part::Said).collect()
}

/// A table that is built anew.
struct Rebuilt<'a> {
    side: Side<'a>,
    goal: Table,
    /// What is mended first in it, and tells how.
    told_by: Option<String>,
}

/// Writes down the mends of all findings. A table of SQLite is built anew once, for all that is wrong with it.
pub(in crate::check) fn written(drafts: Vec<Draft<'_>>) -> Vec<Finding> {
    let mut rebuilt: BTreeMap<String, Rebuilt<'_>> = BTreeMap::new();
    for edit in edits(&drafts).filter(|edit| edit.alone.is_none()) {
        if let Some(own) = edit.side.table(&edit.table) {
            let anew = Rebuilt { side: edit.side, goal: own.clone(), told_by: None };
            rebuilt.insert(edit.table.clone(), anew);
        }
    }
    for edit in edits(&drafts) {
        let Some(table) = rebuilt.get_mut(&edit.table) else { continue };
        if let Some(goal) = (edit.change)(&table.goal) {
            table.goal = goal;
        }
    }
    let mut findings = Vec::with_capacity(drafts.len());
    for Draft { mut finding, parts } in drafts {
        for part in parts {
            match part {
                Part::Said(statement) => finding.mend.push(statement),
                Part::Edit(edit) => finding.mend.extend(statements(edit, &finding.object, &mut rebuilt)),
            }
        }
        findings.push(finding);
    }
    findings
}

fn edits<'d, 'a>(drafts: &'d [Draft<'a>]) -> impl Iterator<Item = &'d Edit<'a>> {
    drafts.iter().flat_map(|draft| &draft.parts).filter_map(|part| match part {
        Part::Edit(edit) => Some(edit),
        Part::Said(_) => None,
    })
}

fn statements(edit: Edit<'_>, object: &str, rebuilt: &mut BTreeMap<String, Rebuilt<'_>>) -> Vec<String> {
    let Some(table) = rebuilt.get_mut(&edit.table) else { return edit.alone.unwrap_or_default() };
    if let Some(first) = &table.told_by {
        return vec![format!("-- mended with {first}")];
    }
    table.told_by = Some(object.to_owned());
    match table.side.table(&edit.table) {
        Some(own) => sqlite::rebuild(&table.side, &edit.table, own, &table.goal),
        None => Vec::new(),
    }
}
