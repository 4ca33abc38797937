//! CREATE TABLE: nobody uses the table yet, but those that it refers to are in use.

use super::super::cursor::{Cursor, find, items};
use super::super::effect::{Change, Effect, LockLevel};
use super::{constraints, data};

pub(super) fn effect(cursor: &mut Cursor<'_>) -> Option<Effect> {
    cursor.eat("if not exists");
    let table = cursor.name()?;
    let mut effect = Effect::none();
    if cursor.eat("partition of") {
        let parent = cursor.name()?;
        effect = effect.lock(&parent, LockLevel::AccessExclusive);
        effect = effect.note("a default partition is locked against reads and writes, and scanned");
    }
    if let Some(body) = cursor.parentheses() {
        for item in items(body) {
            if let Some(referenced) = constraints::referenced(item).filter(|referenced| !referenced.is(&table)) {
                effect = effect.lock(&referenced, LockLevel::ShareRowExclusive);
            }
            if item[0].eq_ignore_ascii_case("like") {
                effect = effect.lock(&Cursor::new(&item[1..]).name()?, LockLevel::AccessShare);
            }
        }
    }
    if cursor.eat("inherits") {
        let parents = Cursor::new(cursor.parentheses()?).names()?;
        effect = effect.lock_all(&parents, LockLevel::ShareUpdateExclusive);
    }
    if let Some(at) = find(cursor.rest(), "as") {
        let read = data::reads(&cursor.rest()[at..]);
        effect = effect.lock_all(&read, LockLevel::AccessShare);
        effect = read.iter().fold(effect, |effect, from| {
            effect.scan(from).change(Change::Fills { table: table.clone(), from: from.clone() })
        });
    }
    effect.changes.insert(0, Change::Makes(table));
    Some(effect)
}
