//! The running database beside its folder.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::empty::{self, Empty};
use super::loss::{self, Loss};
use super::mend::{Mender, needs_rebuild};
use super::order::{comes_first, order};
use super::replay::Replayed;
use super::report::LiveDatabase;
use super::{partitions, renamed, unproved};
use crate::introspect::{Difference, Schema, Table, difference};
use crate::squash::normal::normal;

pub(super) struct Comparison<'a> {
    pub(super) folder: &'a Replayed,
    pub(super) live: &'a Schema,
    pub(super) live_version: Option<&'a str>,
    /// The roles that own the database and that the app works as.
    pub(super) roles: &'a (String, String),
}

impl Comparison<'_> {
    /// Tells every difference with what mends it; answers what has to be counted: rows without a value, and rows that a
    /// mend would lose.
    pub(super) fn tell(&self, report: &mut LiveDatabase) -> (Vec<Empty>, Vec<Loss>) {
        let (mut folder, mut live) = (normal(&self.folder.schema), normal(self.live));
        renamed::fold_schemas(&mut folder, &mut live, report);
        partitions::fold(&mut folder, &mut live, report);
        unproved::forget(&mut folder, &live);
        let mut moved = renamed::fold(&mut folder, &mut live);
        // An index that a concurrent build left behind is told by itself.
        forget_invalid(&mut folder);
        forget_invalid(&mut live);
        let differences = difference(&folder, &live);
        let (spelling, mut differences): (Vec<_>, Vec<_>) =
            differences.into_iter().partition(|difference| self.is_spelling(difference));
        if !spelling.is_empty() {
            let version = |version: Option<&str>| version.unwrap_or_default().to_owned();
            report.notes.push(format!(
                "{} views are spelt otherwise than on the scratch server, which is PostgreSQL {} and not {}: whether they \
                 are the same cannot be told; set TEST_POSTGRES_URL to a server of the same version",
                spelling.len(),
                version(self.folder.version.as_deref()),
                version(self.live_version),
            ));
        }
        let new_tables = order(&mut differences, &folder);
        let rebuilt = differences.iter().filter_map(|one| needs_rebuild(&one.path)).map(str::to_owned).collect();
        let mender = Mender { folder: self.folder, live: self.live, roles: self.roles, rebuilt, new_tables };
        let mut before: HashMap<Vec<String>, usize> = HashMap::new();
        let (mut empty, mut losses) = (Vec::new(), Vec::new());
        let place_of_moved = differences.partition_point(comes_first);
        for (place, difference) in differences.into_iter().enumerate() {
            if place == place_of_moved {
                moved.drain(..).for_each(|one| one.tell(report));
            }
            let mut mend = mender.mend(&difference.path);
            // Run one after the other, the statements of all findings mend each thing once.
            let mut place = report.findings.len();
            match before.entry(mend.clone()) {
                Entry::Occupied(earlier) => {
                    place = *earlier.get();
                    mend = vec![format!("-- mended with {}", report.findings[place].object)];
                }
                Entry::Vacant(first) => drop(first.insert(place)),
            }
            losses.extend(loss::of(&difference.path, &self.folder.schema, self.live, place));
            let Difference { object, left, right, path } = difference;
            empty.extend(empty::of(&path, &self.folder.schema, report.findings.len()));
            report.drift(object, left, right, mend);
        }
        for one in moved {
            one.tell(report);
        }
        (empty, losses)
    }

    /// Servers of other versions print the same view in other words.
    fn is_spelling(&self, difference: &Difference) -> bool {
        let is_view = difference.path.first().is_some_and(|kind| kind == "views");
        let is_text = difference.path.last().is_some_and(|last| last == "definition");
        is_view && is_text && self.folder.version.as_deref() != self.live_version
    }
}

fn forget_invalid(schema: &mut Schema) {
    schema.tables.values_mut().for_each(forget_invalid_of);
    for view in schema.views.values_mut() {
        view.indexes.values_mut().for_each(|index| index.invalid = false);
    }
}

fn forget_invalid_of(table: &mut Table) {
    table.indexes.values_mut().for_each(|index| index.invalid = false);
    table.partitions.values_mut().for_each(|partition| forget_invalid_of(&mut partition.table));
}
