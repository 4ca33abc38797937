//! What is read for a column whose type changes.

use super::rebuild::Copied;
use super::text::{Definition, Piece};
use crate::generate::names::quoted;
use crate::generate::step::{comment, mark};
use crate::generate::types;
use crate::logical::Column;

/// The values of `from` as those of `to`. Somebody has to decide on what cannot be said, or loses something.
pub(super) fn forth(table: &str, from: &Column, to: &Column) -> Copied {
    copied(table, from, to, |loses| {
        mark(&format!(
            "{loses}. Is that wanted? If not, write another expression in its place in the SELECT; then take this line \
             away"
        ))
    })
}

/// As [`forth`], on the way back, which whoever goes has decided on.
pub(super) fn back(table: &str, from: &Column, to: &Column) -> Copied {
    copied(table, from, to, |loses| comment(&format!("{loses}.")))
}

/// What to decide on where CHECKs use a column that will hold something of another kind: nobody can translate them.
pub(super) fn questions(
    definition: &Definition,
    table: &str,
    column: &Column,
    is: impl Fn(&Piece) -> bool,
) -> Vec<String> {
    let mut lines = Vec::new();
    for part in &definition.parts {
        for piece in part.pieces().into_iter().filter(|piece| is(piece)) {
            let kind = types::short(&column.kind.to_string());
            lines.push(mark(&format!(
                "how does this condition read where {}.{} is {kind}? Write it into the new table, and on PostgreSQL, then \
                 take this line away",
                quoted(table),
                quoted(&column.name)
            )));
            lines.push(comment(&part.text[piece.from..piece.to]));
        }
    }
    lines
}

fn copied(table: &str, from: &Column, to: &Column, told: impl Fn(&str) -> String) -> Copied {
    let column = to.name.clone();
    let (place, kind) = (format!("{}.{}", quoted(table), quoted(&column)), types::short(&to.kind.to_string()));
    let cast = types::sqlite_cast(&quoted(&column), &from.kind, &to.kind);
    let Some((cast, expression)) = cast.and_then(|cast| cast.expression.clone().map(|expression| (cast, expression)))
    else {
        let question = format!(
            "how do the values of {place} become {kind}? Write it in the place of NULL in the SELECT, then take this \
             line away"
        );
        return Copied { column, expression: "NULL".to_owned(), mark: Some(mark(&question)) };
    };
    let told = cast.loses.map(|loses| told(&format!("Values of {place} become {kind} by {expression}: {loses}")));
    Copied { column, expression, mark: told }
}
