//! ADD of a constraint, by itself or within a column.

use super::super::cursor::{Cursor, find, has};
use super::super::effect::{Change, Effect, LockLevel};
use super::super::known::NotNullCheck;
use super::super::name::Name;

/// `ADD CONSTRAINT name …` and the forms without a name. The cursor stands behind the words that chose this.
pub(super) fn add(effect: Effect, cursor: &mut Cursor<'_>, table: &Name) -> Option<Effect> {
    let tokens = cursor.rest();
    let locked = |effect: Effect| effect.lock(table, LockLevel::AccessExclusive);
    if let Some(referenced) = referenced(tokens) {
        let effect = effect.lock(table, LockLevel::ShareRowExclusive).lock(&referenced, LockLevel::ShareRowExclusive);
        return Some(if has(tokens, "not valid") { effect } else { effect.scan(table) });
    }
    if has(tokens, "using index") {
        let primary =
            has(tokens, "primary key") || tokens.first().is_some_and(|token| token.eq_ignore_ascii_case("key"));
        let condition = Some("unless its columns are NOT NULL already");
        return Some(if primary { locked(effect).scan_if(table, condition) } else { locked(effect) });
    }
    let mut effect = locked(effect);
    if let Some(check) = not_null(tokens, table) {
        effect = effect.change(Change::Checks(check));
    }
    Some(if has(tokens, "not valid") { effect } else { effect.scan(table) })
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
