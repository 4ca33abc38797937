//! The order in which findings are told, so that their statements can be run one after the other.

use std::collections::BTreeSet;

use crate::introspect::{Difference, Name, Schema};

/// What others need is made first, what needs others is dropped first; the rest stays in the order of names.
pub(super) fn order(differences: &mut [Difference], folder: &Schema) {
    let missing: BTreeSet<&str> = differences.iter().filter(|one| is_missing_table(one)).map(name).collect();
    let mut ranks: Vec<(String, usize)> = Vec::new();
    for table in &missing {
        ranks.push(((*table).to_owned(), depth(table, &missing, folder, &mut BTreeSet::new())));
    }
    let depth_of = |table: &str| ranks.iter().find(|(name, _)| name == table).map_or(0, |(_, depth)| *depth);
    differences.sort_by_key(|one| rank(one, depth_of(name(one))));
}

/// Whether it is told before tables get their names back: the schemas that these go to, and views that are in the way.
pub(super) fn comes_first(difference: &Difference) -> bool {
    rank(difference, 0) < 2
}

fn name(difference: &Difference) -> &str {
    difference.path.get(1).map_or("", String::as_str)
}

fn is_missing_table(difference: &Difference) -> bool {
    matches!(difference.path.as_slice(), [kind, _] if kind == "tables") && difference.right.is_none()
}

fn is_missing_column(difference: &Difference) -> bool {
    matches!(difference.path.as_slice(), [_, _, part, _] if part == "columns") && difference.right.is_none()
}

/// Whether it is a thing of one of these sorts that the folder does not have.
fn is_extra(difference: &Difference, sorts: &[&str]) -> bool {
    matches!(difference.path.as_slice(), [_, _, part, _] if sorts.contains(&part.as_str())) && difference.left.is_none()
}

/// How many missing tables a missing table needs, one behind the other. A circle of foreign keys ends where it began.
fn depth(table: &str, missing: &BTreeSet<&str>, folder: &Schema, seen: &mut BTreeSet<String>) -> usize {
    if !seen.insert(table.to_owned()) {
        return 0;
    }
    let found = folder.tables.iter().find(|(name, _)| name.to_string() == table);
    let needed = found.into_iter().flat_map(|(_, table)| table.foreign_keys.values().map(|key| &key.table));
    let needed: Vec<String> = needed.map(Name::to_string).filter(|name| missing.contains(name.as_str())).collect();
    let deepest = needed.iter().filter(|name| *name != table).map(|name| depth(name, missing, folder, seen) + 1).max();
    deepest.unwrap_or(0)
}

fn rank(difference: &Difference, depth: usize) -> usize {
    let (kind, whole) = (difference.path.first().map_or("", String::as_str), difference.path.len() == 2);
    let extra = whole && difference.left.is_none();
    match kind {
        "views" if extra => 0,
        "functions" | "types" | "sequences" | "namespaces" | "extensions" if extra => 900,
        "tables" if extra => 800,
        "namespaces" | "extensions" => 1,
        "types" | "sequences" => 2,
        "functions" => 3,
        "tables" if whole => 10 + depth.min(500),
        // A constraint, an index or a trigger names columns: they are there, and called as they should be, before it is.
        "tables" if is_missing_column(difference) => 590,
        // What holds on to others and should not be there goes before they change.
        "tables" if is_extra(difference, &["triggers", "foreign_keys"]) => 592,
        // A key is there before what refers to it.
        "tables" if difference.path.get(2).is_some_and(|part| part == "foreign_keys") => 650,
        "tables" => 600,
        _ => 700,
    }
}
