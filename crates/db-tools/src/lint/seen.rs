//! What a statement says by itself, whatever the ones before it made: it is read on all processors.

use atriz_db::migrate::Piece;

use super::check;
use super::file::File;
use super::folder::LintFolder;
use super::hit::Hit;
use super::names::{Mention, mentions};
use crate::parallel;

/// How many statements are one piece of work, so that a long file is read on all processors too.
const AT_ONCE: usize = 256;

/// What a statement says by itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// The tables that it names.
    pub(super) mentions: Vec<Mention>,
    /// What rules say that need to know no other statement.
    pub(super) hits: Vec<Hit>,
}

/// Reads the statements of all files that are not released.
pub(super) fn see(folder: &LintFolder, files: &mut [File<'_>]) {
    let length = |file: &File<'_>| if file.released { 0 } else { file.statements.len() };
    let mut all: Vec<Vec<Seen>> = files.iter().map(|file| vec![Seen::default(); length(file)]).collect();
    let mut jobs: Vec<(&File<'_>, &[Piece<'_>], &mut [Seen])> = Vec::new();
    for (file, seen) in files.iter().zip(&mut all) {
        let parts = file.statements.chunks(AT_ONCE).zip(seen.chunks_mut(AT_ONCE));
        jobs.extend(parts.map(|(statements, seen)| (file, statements, seen)));
    }
    parallel::each(&mut jobs, |(file, statements, seen)| {
        for (statement, seen) in statements.iter().zip(seen.iter_mut()) {
            seen.mentions = mentions(statement);
            seen.hits = check::alone(folder, file, statement);
        }
    });
    for (file, seen) in files.iter_mut().zip(all) {
        file.seen = seen;
    }
}
