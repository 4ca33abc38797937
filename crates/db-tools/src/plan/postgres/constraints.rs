//! ADD of a constraint, by itself or within a column.

use super::super::cursor::{Cursor, find, has};
use super::super::effect::{Change, Effect, LockLevel};
use super::super::known::NotNullCheck;
use super::super::name::Name;

/// `ADD CONSTRAINT name …` and the forms without a name. The tokens begin behind the words that chose this.
pub(super) fn add(effect: Effect, tokens: &[String], table: &Name) -> Effect {
    let scanned = |effect: Effect| if has(tokens, "not valid") { effect } else { effect.scan(table) };
    if let Some(referenced) = referenced(tokens) {
        let effect = effect.lock(table, LockLevel::ShareRowExclusive);
        return scanned(effect.lock(&referenced, LockLevel::ShareRowExclusive));
    }
    let effect = effect.lock(table, LockLevel::AccessExclusive);
    if has(tokens, "using index") {
        let nameless = tokens.first().is_some_and(|token| token.eq_ignore_ascii_case("key"));
        let primary = nameless || has(tokens, "primary key");
        let condition = Some("unless its columns are NOT NULL already");
        return if primary { effect.scan_if(table, condition) } else { effect };
    }
    scanned(match not_null(tokens, table) {
        Some(check) => effect.change(Change::Checks(check)),
        None => effect,
    })
}

/// `name CHECK (column IS NOT NULL)`.
fn not_null(tokens: &[String], table: &Name) -> Option<NotNullCheck> {
    let mut cursor = Cursor::new(tokens);
    let constraint = cursor.ident()?;
    cursor.eat("check").then_some(())?;
    let mut inner = Cursor::new(cursor.parentheses()?);
    let column = inner.ident()?;
    let valid = !cursor.sees("not valid");
    let whole = inner.eat("is not null") && inner.rest().is_empty();
    whole.then(|| NotNullCheck { table: table.clone(), constraint, column, valid })
}

/// The table behind REFERENCES.
pub(super) fn referenced(tokens: &[String]) -> Option<Name> {
    let at = find(tokens, "references")?;
    Cursor::new(&tokens[at + 1..]).name()
}
