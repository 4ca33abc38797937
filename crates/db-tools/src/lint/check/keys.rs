//! Indexes and foreign keys.

use atriz_db::migrate::Piece;

use super::super::hit::{Hit, range_of};
use super::super::state::State;
use super::super::table::names;
use crate::plan::cursor::{Cursor, has};

/// How many columns a plain index may have.
const WIDEST: usize = 4;

pub(super) fn check(statement: &Piece<'_>, hits: &mut Vec<Hit>) {
    let mut cursor = Cursor::new(&statement.tokens);
    if !cursor.eat("create") {
        return;
    }
    let unique = cursor.eat("unique");
    if !cursor.eat("index") {
        return;
    }
    if unique {
        let message = "the build fails where rows agree in these columns";
        hits.push(Hit::on("data-dependent-unique", statement, 1, 1, message));
        return;
    }
    cursor.seek("on");
    let Some(inner) = cursor.name().and_then(|_| {
        if cursor.eat("using") {
            cursor.ident();
        }
        cursor.parentheses()
    }) else {
        return;
    };
    let columns = names(inner).len();
    if columns > WIDEST {
        let at = super::super::hit::index_in(statement, inner);
        let message = format!("an index over {columns} columns");
        hits.push(Hit::on("wide-index", statement, at, inner.len(), message));
    }
}

/// Foreign keys of the batch whose columns no index leads with: each with its file.
pub(in super::super) fn unindexed(state: &State<'_>, files: &[super::File<'_>]) -> Vec<(usize, Hit)> {
    let mut found = Vec::new();
    for table in state.tables() {
        for (key, place) in &table.foreign {
            let Some((file, statement)) = *place else { continue };
            let leads = |index: &Vec<String>| {
                let lead = index.get(..key.columns.len());
                lead.is_some_and(|lead| key.columns.iter().all(|column| lead.contains(column)))
            };
            if table.keys.iter().any(leads) {
                continue;
            }
            let columns = key.columns.join(", ");
            let message =
                format!("{columns} of `{}` refers to `{}`, and no index leads with it", table.name, key.referenced);
            let range = range_of(&files[file].statements[statement], key.at, key.count);
            found.push((file, Hit::at("fk-without-index", range, message)));
        }
    }
    found
}

/// Whether a statement adds EXCLUDE to a table that is there.
pub(super) fn excludes(statement: &Piece<'_>, hits: &mut Vec<Hit>) {
    if statement.word(0) == "alter" && has(&statement.tokens, "exclude") {
        let at = statement.tokens.iter().position(|token| token.eq_ignore_ascii_case("exclude")).unwrap_or(0);
        let message = "EXCLUDE is proven for all rows while nobody may write";
        hits.push(Hit::on("add-exclusion-constraint", statement, at, 1, message));
    }
}
