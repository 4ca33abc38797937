//! SET: what outlives the transaction, and what is the runner's.

use atriz_db::migrate::Piece;

use super::super::hit::Hit;
use crate::plan::cursor::Cursor;

const TIMEOUTS: [&str; 4] =
    ["lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout", "transaction_timeout"];

pub(super) fn check(statement: &Piece<'_>, hits: &mut Vec<Hit>) {
    if statement.word(0) == "select" && statement.has_word("set_config") {
        let at = statement.tokens.iter().position(|token| token.eq_ignore_ascii_case("set_config")).unwrap_or(0);
        let named =
            statement.tokens.get(at + 2).map(|token| token.trim_matches('\'').to_lowercase()).unwrap_or_default();
        let local = statement.has_word("true");
        return said(statement, &named, local, (at, 3), hits);
    }
    let mut cursor = Cursor::new(&statement.tokens);
    if !cursor.eat("set") {
        return;
    }
    let local = cursor.eat("local");
    cursor.eat("session");
    let first = statement.tokens.len() - cursor.rest().len();
    let Some(name) = cursor.ident() else { return };
    // `SET CONSTRAINTS` and `SET TRANSACTION` end with the transaction anyway.
    if !["constraints", "transaction"].contains(&name.as_str()) {
        said(statement, &name, local, (first, 1), hits);
    }
}

fn said(statement: &Piece<'_>, name: &str, local: bool, (at, count): (usize, usize), hits: &mut Vec<Hit>) {
    let (rule, message) = match name {
        "search_path" => ("search-path-change", "search_path is changed for the statements that follow".to_owned()),
        name if TIMEOUTS.contains(&name) => ("timeout-override", format!("`{name}` is the runner's to set")),
        _ if local => return,
        name => ("set-instead-of-set-local", format!("`{name}` stays set when the transaction is over")),
    };
    hits.push(Hit::on(rule, statement, at, count, message));
}
