//! What a check says before its place is worked out.

use std::ops::Range;

use atriz_db::migrate::Statement;
use squawk_lexer::{TokenKind, tokenize};

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
        statement: &Statement,
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

/// Where tokens of a statement stand in the file. The statement keeps no places, since few are ever asked for.
pub(super) fn range_of(statement: &Statement, first: usize, count: usize) -> Range<usize> {
    let mut position = statement.offset;
    let mut spans = Vec::new();
    for token in tokenize(&statement.text) {
        let from = position;
        position += token.len as usize;
        let blank =
            matches!(token.kind, TokenKind::Whitespace | TokenKind::LineComment | TokenKind::BlockComment { .. });
        if !blank {
            spans.push(from..position);
        }
        if spans.len() >= first + count {
            break;
        }
    }
    let whole = statement.offset..statement.offset + statement.text.len();
    match (spans.get(first), spans.last()) {
        (Some(start), Some(end)) => start.start..end.end.max(start.end),
        _ => whole,
    }
}

/// The index of the token that `part`, a part of the statement's own tokens, begins with.
pub(super) fn index_in(statement: &Statement, part: &[String]) -> usize {
    let bytes = part.as_ptr().addr().saturating_sub(statement.tokens.as_ptr().addr());
    (bytes / size_of::<String>()).min(statement.tokens.len())
}
