//! Rights, settings and locks of more than one statement's own: what everybody feels.

use atriz_db::migrate::Piece;

use super::super::hit::Hit;
use crate::plan::cursor::{Cursor, find, has};

/// Lock modes that let rows be read and written on.
const HARMLESS: [&str; 4] =
    ["in access share mode", "in row share mode", "in row exclusive mode", "in share update exclusive mode"];

pub(super) fn check(statement: &Piece<'_>, hits: &mut Vec<Hit>) {
    let second = statement.word(1);
    match statement.word(0).as_str() {
        "grant" => to_public(statement, hits),
        "alter" if second == "default" && statement.has_word("grant") => to_public(statement, hits),
        "alter" if second == "system" => {
            let message = "a setting of the whole server, for every database on it, which no rollback takes back";
            hits.push(Hit::on("ban-alter-system", statement, 0, 2, message));
        }
        "drop" if second == "owned" => {
            let message = "everything in this database that the role owns is dropped, and its rights are taken";
            hits.push(Hit::on("ban-drop-owned", statement, 0, 2, message));
        }
        "lock" => lock(statement, hits),
        "refresh" => refresh(statement, hits),
        _ => {}
    }
}

/// `TO PUBLIC`, among others or alone.
fn to_public(statement: &Piece<'_>, hits: &mut Vec<Hit>) {
    let Some(to) = find(&statement.tokens, "to") else { return };
    let rest = statement.tokens[to + 1..].iter().take_while(|token| !token.eq_ignore_ascii_case("with"));
    if let Some((at, _)) = rest.enumerate().find(|(_, token)| token.eq_ignore_ascii_case("public")) {
        let message = "the right is everybody's who can connect, now and later";
        hits.push(Hit::on("grant-to-public", statement, to + 1 + at, 1, message));
    }
}

fn lock(statement: &Piece<'_>, hits: &mut Vec<Hit>) {
    if HARMLESS.iter().any(|mode| has(&statement.tokens, mode)) {
        return;
    }
    let who = if has(&statement.tokens, "in") && !has(&statement.tokens, "in access exclusive mode") {
        "nobody may write to it"
    } else {
        "nobody may use it"
    };
    let count = if statement.word(1) == "table" { 2 } else { 1 };
    hits.push(Hit::on("lock-table", statement, 0, count, format!("{who} until the migration is over")));
}

fn refresh(statement: &Piece<'_>, hits: &mut Vec<Hit>) {
    let mut cursor = Cursor::new(&statement.tokens);
    if cursor.eat("refresh materialized view") && !cursor.eat("concurrently") {
        let message = "nobody may read the view while it is filled";
        hits.push(Hit::on("blocking-refresh", statement, 0, 3, message));
    }
}
