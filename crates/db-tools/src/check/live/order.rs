//! The order in which findings are told, so that their statements can be run one after the other.

use std::collections::{BTreeSet, HashMap};

use crate::check::new_tables::by_need;
use crate::introspect::{Difference, Name, Schema};

/// What others need is made first, what needs others is dropped first; the rest stays in the order of names. Answers the
/// tables that are missing, in the order in which they are made.
pub(super) fn order(differences: &mut [Difference], folder: &Schema) -> Vec<Name> {
    let missing: BTreeSet<&str> = differences.iter().filter(|one| is_missing_table(one)).map(name).collect();
    let found = folder.tables.iter().filter(|(name, _)| missing.contains(name.to_string().as_str()));
    let needs = found.map(|(name, table)| (name, table.foreign_keys.values().map(|key| &key.table).collect()));
    let made: Vec<Name> = by_need(needs.collect()).into_iter().cloned().collect();
    let places: HashMap<String, usize> = made.iter().map(Name::to_string).zip(0..).collect();
    let place = |one: &Difference| places.get(name(one)).filter(|_| is_missing_table(one)).copied();
    differences.sort_by_key(|one| (rank(one), place(one)));
    made
}

/// Whether it is told before tables get their names back: the schemas that these go to, and views that are in the way.
pub(super) fn comes_first(difference: &Difference) -> bool {
    rank(difference) < 2
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

fn rank(difference: &Difference) -> usize {
    let (kind, whole) = (difference.path.first().map_or("", String::as_str), difference.path.len() == 2);
    let extra = whole && difference.left.is_none();
    match kind {
        "views" if extra => 0,
        "functions" | "types" | "sequences" | "namespaces" | "extensions" if extra => 900,
        "tables" if extra => 800,
        "namespaces" | "extensions" => 1,
        "types" | "sequences" => 2,
        "functions" => 3,
        "tables" if whole => 10,
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
