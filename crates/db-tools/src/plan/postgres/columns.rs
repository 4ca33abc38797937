//! ADD COLUMN and ALTER COLUMN.

use super::super::cursor::{Cursor, find, has};
use super::super::effect::{Effect, LockLevel};
use super::super::known::Known;
use super::super::name::Name;
use super::defaults::{Volatility, of_default};
use super::{constraints, types};

/// `ADD COLUMN`, behind the words.
pub(super) fn add(effect: Effect, cursor: &mut Cursor<'_>, table: &Name) -> Option<Effect> {
    cursor.eat("if not exists");
    cursor.ident()?;
    let tokens = cursor.rest();
    let mut effect = effect.lock(table, LockLevel::AccessExclusive);
    if let Some(referenced) = constraints::referenced(tokens) {
        effect = effect.lock(&referenced, LockLevel::ShareRowExclusive);
    }
    let serial = tokens.first().is_some_and(|token| types::is_serial(token));
    if serial || has(tokens, "as identity") {
        return Some(effect.rewrite(table));
    }
    if has(tokens, "generated") {
        let stored = has(tokens, "stored") || !has(tokens, "virtual");
        return Some(if stored { effect.rewrite(table) } else { checks(effect, tokens, table, false) });
    }
    let default = find(tokens, "default").map(|at| of_default(&tokens[at + 1..]));
    Some(match default {
        Some(Volatility::Volatile) => effect.rewrite(table),
        Some(Volatility::Unknown(function)) => {
            let condition = format!("unless {function}() is declared STABLE or IMMUTABLE");
            checks(effect, tokens, table, true).rewrite_if(table, Some(&condition))
        }
        Some(Volatility::Constant) => checks(effect, tokens, table, true),
        Some(Volatility::Null) | None => checks(effect, tokens, table, false),
    })
}

/// What of a new column is checked against the rows that there are.
fn checks(effect: Effect, tokens: &[String], table: &Name, filled: bool) -> Effect {
    let unique = has(tokens, "unique") || has(tokens, "primary key");
    let referring = filled && has(tokens, "references");
    let not_null = !filled && has(tokens, "not null");
    if unique || referring || not_null || has(tokens, "check") { effect.scan(table) } else { effect }
}

/// `ALTER COLUMN`, behind the words.
pub(super) fn alter(effect: Effect, cursor: &mut Cursor<'_>, table: &Name, known: &Known) -> Option<Effect> {
    let column = cursor.ident()?;
    if cursor.eat_any(&["set data type", "type"]) {
        // A foreign key of the column is made anew.
        let effect = effect.lock(table, LockLevel::AccessExclusive);
        let related = known.related_by(table, &column);
        let effect = effect.lock_all(&related, LockLevel::AccessExclusive);
        let effect = if related.is_empty() { effect } else { effect.note("its foreign keys are checked anew") };
        return Some(types::change(effect, cursor.rest(), table, &column, known));
    }
    if cursor.eat("set not null") {
        let effect = effect.lock(table, LockLevel::AccessExclusive);
        let proven = known.is_proven(table, &column);
        return Some(if proven { effect } else { effect.scan_if(table, Some("unless a valid CHECK proves it")) });
    }
    if cursor.eat_any(&["set statistics", "set (", "reset ("]) {
        return Some(effect.lock(table, LockLevel::ShareUpdateExclusive));
    }
    if cursor.eat("set expression") {
        return Some(
            effect.lock(table, LockLevel::AccessExclusive).rewrite_if(table, Some("where the column is stored")),
        );
    }
    let rest = ["set", "drop", "add generated", "restart", "reset", "options"];
    cursor.eat_any(&rest).then(|| effect.lock(table, LockLevel::AccessExclusive))
}
