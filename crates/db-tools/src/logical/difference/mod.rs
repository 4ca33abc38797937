//! What tells two schemas in shared words apart.

mod keys;
mod object;
mod table;
mod words;

use std::collections::BTreeSet;

pub use object::{Difference, DifferenceKind, Object};

use super::{Logical, Source};

/// All that `left` and `right` do not agree on, of what both can say, ordered by table.
///
/// What an engine does not tell apart is none: the width of an integer on SQLite, where NO ACTION also stands for RESTRICT.
/// An entity says nothing of indexes that are not unique, of names, CHECKs and triggers, nor of the order of columns.
pub fn difference(left: &Logical, right: &Logical) -> Vec<Difference> {
    let mut found = Vec::new();
    let sides = Sides { left: left.source, right: right.source };
    let names: BTreeSet<&String> = left.tables.keys().chain(right.tables.keys()).collect();
    for name in names {
        match (left.tables.get(name), right.tables.get(name)) {
            (Some(one), Some(other)) => table::compare(name, one, other, sides, &mut found),
            (one, other) => {
                let side = |table: Option<&super::Table>| table.map(words::table);
                found.push(Difference {
                    kind: DifferenceKind::TableMissing,
                    object: Object::table(name),
                    left: side(one),
                    right: side(other),
                });
            }
        }
    }
    if !sides.has(Source::Entities) {
        views(left, right, &mut found);
    }
    found
}

/// Whose words are compared.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sides {
    pub(super) left: Source,
    pub(super) right: Source,
}

impl Sides {
    pub(super) fn has(self, source: Source) -> bool {
        self.left == source || self.right == source
    }
}

fn views(left: &Logical, right: &Logical, found: &mut Vec<Difference>) {
    let names: BTreeSet<&String> = left.views.keys().chain(right.views.keys()).collect();
    for name in names {
        let side = |logical: &Logical| logical.views.get(name).map(|view| format!("({})", view.columns.join(", ")));
        let (one, other) = (side(left), side(right));
        if one != other {
            let both = one.is_some() && other.is_some();
            let kind = if both { DifferenceKind::ViewDiffers } else { DifferenceKind::ViewMissing };
            found.push(Difference { kind, object: Object::view(name), left: one, right: other });
        }
    }
}
