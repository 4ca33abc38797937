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
        let computed = |piece: &Piece| is_computed(piece) && piece.mentions(column);
        let Some(piece) = part.pieces().into_iter().find(computed).filter(|_| !goes(&own)) else { continue };
        let questions = questions(table, &own, why, &part.text[piece.from..piece.to]);
        part.without(computed);
        found.push(Stopped { copied: Copied { expression: quoted(&own), column: own, mark: None }, questions });
    }
    found
}

/// What to decide on where a column is computed no more; nothing where it was not before.
pub(super) fn stop(definition: &mut Definition, table: &str, column: &str, why: &str) -> Option<Vec<String>> {
    let place = definition.column(column)?;
    let part = &mut definition.parts[place];
    let piece = part.pieces().into_iter().find(is_computed)?;
    let questions = questions(table, column, why, &part.text[piece.from..piece.to]);
    part.without(is_computed);
    Some(questions)
}

fn is_computed(piece: &Piece) -> bool {
    piece.is("generated") || piece.is("as")
}

fn questions(table: &str, column: &str, why: &str, was: &str) -> Vec<String> {
    let (table, column) = (quoted(table), quoted(column));
    let question = format!(
        "how is {table}.{column} computed where {why}? As it stands it keeps its values, and nobody computes them any \
         more. Write it into the new table and leave it out of the INSERT, then take this line away"
    );
    vec![mark(&question), comment(&format!("{column} {was}"))]
}
