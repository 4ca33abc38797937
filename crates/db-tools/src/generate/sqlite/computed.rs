//! Columns of SQLite that are computed from one that goes, or that becomes of another kind.

use super::rebuild::Copied;
use super::text::{Definition, Piece};
use crate::generate::names::quoted;
use crate::generate::step::{comment, mark};

/// A column that is computed no more.
pub(super) struct Stopped {
    /// What is read for it: the values that it has.
    pub(super) copied: Copied,
    /// What to decide on, and how it was computed.
    pub(super) questions: Vec<String>,
}

/// Makes plain columns of those that are computed from `column`, but for those that go too.
pub(super) fn stopped(
    definition: &mut Definition,
    table: &str,
    column: &str,
    why: &str,
    goes: impl Fn(&str) -> bool,
) -> Vec<Stopped> {
    let mut found = Vec::new();
    for part in &mut definition.parts {
        let Some(own) = part.column().map(|own| own.text) else { continue };
        let computed = |piece: &Piece| (piece.is("generated") || piece.is("as")) && piece.mentions(column);
        let Some(piece) = part.pieces().into_iter().find(computed).filter(|_| !goes(&own)) else { continue };
        let name = quoted(&own);
        let question = format!(
            "how is {}.{name} computed where {why}? As it stands it keeps its values, and nobody computes them any more. \
             Write it into the new table and leave it out of the INSERT, then take this line away",
            quoted(table)
        );
        let questions = vec![mark(&question), comment(&format!("{name} {}", &part.text[piece.from..piece.to]))];
        part.without(computed);
        found.push(Stopped { copied: Copied { column: own, expression: name, mark: None }, questions });
    }
    found
}
