//! What SQLite lets pass, and PostgreSQL does not.

use super::super::mend;
use super::{Broken, Subject};
use crate::check::full_text;
use crate::introspect::CONFLICT;

const LOOSE: &str = "strict_absent";
const WITH_ROWID: &str = "rowid_unneeded";
const CONFLICTS: &str = "conflict_clause";

/// What of it is told by itself, whatever else differs.
pub(super) const KINDS: [&str; 3] = [LOOSE, WITH_ROWID, CONFLICTS];

pub(super) fn of<'a>(subject: &Subject<'a>) -> Vec<Broken<'a>> {
    let Some(own) = subject.own() else { return Vec::new() };
    let has = |word: &str| own.options.iter().any(|option| option == word);
    // A full-text index over a table finds its rows by their rowids.
    let searched = !full_text::refills(subject.side.schema, subject.name).is_empty();
    let stands_in_key = has("without rowid");
    let wants = stands_in_key || (mend::wants_no_rowid(subject.table) && !searched);
    let mut found = Vec::new();
    let mut tell = |kind: &'static str, is: String, should: &str| {
        found.push(Broken {
            object: subject.object("table", None),
            kind,
            is,
            should: should.to_owned(),
            mend: mend::anew(subject.side, subject.name, wants),
        });
    };
    if !has("strict") {
        tell(LOOSE, "is not STRICT: a column takes values of any type".to_owned(), "columns hold what they say");
    }
    if wants && !stands_in_key {
        let is = "holds its key twice: once in its rows, once in an index".to_owned();
        tell(WITH_ROWID, is, "WITHOUT ROWID, where the key has several columns");
    }
    let conflicts: Vec<&str> =
        own.options.iter().filter(|option| option.contains(CONFLICT)).map(String::as_str).collect();
    if !conflicts.is_empty() {
        tell(CONFLICTS, conflicts.join(", "), "a row that breaks a rule is refused, as on PostgreSQL");
    }
    found
}
