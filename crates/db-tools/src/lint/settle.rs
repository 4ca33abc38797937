//! What is told in the end: once, in order, and not where it is ignored.

use std::collections::BTreeSet;

use super::file::File;
use super::hit::Hit;
use super::ignore::{self, Ignore};

/// Rules that say why SQLite would refuse a statement.
const EXPLAINS: [&str; 4] =
    ["sqlite-unsupported-alter", "sqlite-multi-alter", "cross-db-reference", "transaction-control"];

/// Takes out what is ignored or told twice, and puts the rest in order. Of a released file only its history counts. An
/// ignore beside a statement whose objects are `new` only since nothing is released may be of what is told once they are not.
pub(super) fn settle(file: &mut File<'_>, new: impl Fn(usize) -> bool) {
    if file.hits.is_empty() && file.ignores.is_empty() {
        return;
    }
    if file.released {
        file.hits.retain(|hit| hit.rule.name == "history-edited");
    }
    file.hits.sort_by_key(|hit| (hit.range.as_ref().map(|range| (range.start, range.end)), hit.rule.name));
    file.hits.dedup_by(|left, right| left.rule.name == right.rule.name && left.range == right.range);
    leave_general(&mut file.hits);
    let (mut ignores, mut hits) = (std::mem::take(&mut file.ignores), std::mem::take(&mut file.hits));
    if file.released {
        ignores.retain(|ignore| ignore.rule == "history-edited");
    }
    // A rule may need two statements to speak, of which either is about something new.
    let silent = (0..file.statements.len()).any(new);
    let needed = |ignore: &Ignore| !silent || ignore.is_of_anything();
    file.ignored = ignore::apply(&mut ignores, &mut hits, |offset| file.statement_at(offset), needed);
    say_once(file, &mut hits);
    hits.sort_by_key(|hit| hit.range.as_ref().map(|range| range.start));
    (file.ignores, file.hits) = (ignores, hits);
}

/// Leaves out that a constraint is not NOT VALID where a rule knows what sort it is: UNIQUE, for one, cannot be.
fn leave_general(hits: &mut Vec<Hit>) {
    const SPECIAL: [&str; 4] = [
        "adding-foreign-key-constraint",
        "adding-serial-primary-key-field",
        "disallowed-unique-constraint",
        "add-exclusion-constraint",
    ];
    let special = hits.iter().filter(|hit| SPECIAL.contains(&hit.rule.name)).filter_map(|hit| hit.range.clone());
    let special: BTreeSet<usize> = special.map(|range| range.start).collect();
    hits.retain(|hit| {
        let within = |range: &std::ops::Range<usize>| special.range(range.clone()).next().is_some();
        hit.rule.name != "constraint-missing-not-valid" || !hit.range.as_ref().is_some_and(within)
    });
}

/// Leaves out that SQLite refuses a statement where a rule says why.
fn say_once(file: &File<'_>, hits: &mut Vec<Hit>) {
    let statement = |hit: &Hit| hit.range.as_ref().and_then(|range| file.statement_at(range.start));
    let explained = |hit: &&Hit| EXPLAINS.contains(&hit.rule.name);
    let known: Vec<Option<usize>> = hits.iter().filter(explained).map(statement).collect();
    hits.retain(|hit| hit.rule.name != "sqlite-refused" || !known.contains(&statement(hit)));
}
