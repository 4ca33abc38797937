//! What a check says before its place is worked out.

use std::ops::Range;

use atriz_db::migrate::Piece;

use super::rules::{Rule, known};

/// A finding within one file.
#[derive(Clone, Debug)]
pub(super) struct Hit {
    pub(super) rule: &'static Rule,
    /// The bytes it is about; nothing for the file as a whole.
    pub(super) range: Option<Range<usize>>,
    pub(super) message: String,
    /// What `--fix` would do.
    pub(super) edits: Vec<Edit>,
}

/// A replacement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Edit {
    pub(super) range: Range<usize>,
    pub(super) text: String,
}

impl Hit {
    pub(super) fn at(rule: &str, range: Range<usize>, message: impl Into<String>) -> Self {
        Self { rule: known(rule), range: Some(range), message: message.into(), edits: Vec::new() }
    }

    pub(super) fn of_file(rule: &str, message: impl Into<String>) -> Self {
        Self { rule: known(rule), range: None, message: message.into(), edits: Vec::new() }
    }

    /// About `count` tokens of a statement.
    pub(super) fn on(
        rule: &str,
        statement: &Piece<'_>,
        first: usize,
        count: usize,
        message: impl Into<String>,
    ) -> Self {
        Self::at(rule, range_of(statement, first, count), message)
    }

    pub(super) fn fixed_by(mut self, range: Range<usize>, text: impl Into<String>) -> Self {
        self.edits.push(Edit { range, text: text.into() });
        self
    }
}

/// Where tokens of a statement stand in the file; the whole of it where it has no such token.
pub(super) fn range_of(statement: &Piece<'_>, first: usize, count: usize) -> Range<usize> {
    let end = (first + count.max(1)).min(statement.tokens.len());
    match end.checked_sub(1).and_then(|last| Some((last, statement.tokens.get(last)?))) {
        Some((last, token)) if first <= last => statement.start_of(first)..statement.start_of(last) + token.len(),
        _ => statement.offset..statement.offset + statement.text.len(),
    }
}

/// The index of the token that `part`, a part of the statement's own tokens, begins with.
pub(super) fn index_in(statement: &Piece<'_>, part: &[&str]) -> usize {
    let bytes = part.as_ptr().addr().saturating_sub(statement.tokens.as_ptr().addr());
    (bytes / size_of::<&str>()).min(statement.tokens.len())
}
