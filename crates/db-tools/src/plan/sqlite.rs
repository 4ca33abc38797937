//! What a statement does on SQLite. It locks no table: the file is locked for writers from the start of the transaction to
//! its end, which is said once for each migration.

use super::cursor::{Cursor, find, has};
use super::effect::{Change, Effect};
use super::known::Known;
use super::rows::{fills, written};

/// What the statement of these tokens does.
pub(super) fn effect(tokens: &[String], known: &Known) -> Effect {
    let mut cursor = Cursor::new(tokens);
    let read = match cursor.word().as_str() {
        "create" => create(&mut cursor),
        "alter" => alter(&mut cursor),
        "drop" => drop(&mut cursor),
        "insert" | "update" | "delete" | "replace" | "with" | "select" | "values" => Some(data(tokens)),
        "reindex" => Some(reindex(&mut cursor, known)),
        "vacuum" => Some(Effect::none().note("writes the whole file anew")),
        "analyze" | "pragma" => Some(Effect::none()),
        _ => None,
    };
    read.unwrap_or_else(Effect::unknown)
}

fn create(cursor: &mut Cursor<'_>) -> Option<Effect> {
    cursor.skip(&["temp", "temporary"]);
    if cursor.eat_any(&["unique index", "index"]) {
        cursor.eat("if not exists");
        let index = cursor.name()?;
        cursor.eat("on").then_some(())?;
        let table = cursor.name()?;
        return Some(Effect::none().scan(&table).change(Change::Indexes { index, table }));
    }
    if cursor.eat_any(&["table", "virtual table", "view"]) {
        cursor.eat("if not exists");
        return Some(Effect::none().change(Change::Makes(cursor.name()?)));
    }
    cursor.eat("trigger").then_some(())?;
    cursor.seek("on")?;
    Some(Effect::none().touch(&cursor.name()?))
}

/// Renaming and most of ADD COLUMN rewrite a line of the schema and no row.
fn alter(cursor: &mut Cursor<'_>) -> Option<Effect> {
    cursor.eat("table").then_some(())?;
    let table = cursor.name()?;
    if cursor.eat("rename to") {
        let to = cursor.name()?;
        return Some(Effect::none().change(Change::Renames { from: table, to }));
    }
    if cursor.eat("rename") {
        return Some(Effect::none().touch(&table));
    }
    if cursor.eat_any(&["add column", "add"]) {
        let checked =
            has(cursor.rest(), "check") || (has(cursor.rest(), "generated") && has(cursor.rest(), "not null"));
        return Some(if checked { Effect::none().scan(&table) } else { Effect::none().touch(&table) });
    }
    cursor.eat("drop").then(|| Effect::none().rewrite(&table))
}

fn drop(cursor: &mut Cursor<'_>) -> Option<Effect> {
    if cursor.eat("table") {
        cursor.eat("if exists");
        let table = cursor.name()?;
        return Some(Effect::none().change(Change::Drops(table)).note("its rows go with it"));
    }
    cursor.eat_any(&["index", "view", "trigger"]).then(Effect::none)
}

fn data(tokens: &[String]) -> Effect {
    let effect = written(tokens).iter().fold(Effect::none(), Effect::touch);
    if let Some((table, from)) = fills(tokens) {
        return effect.scan(&from).change(Change::Fills { table, from });
    }
    let mut cursor = Cursor::new(tokens);
    let changes = cursor.eat_any(&["update", "delete from"]);
    let Some(table) = written(tokens).into_iter().next().filter(|_| changes) else { return effect };
    if find(tokens, "where").is_some() {
        return effect.scan_if(&table, Some("unless an index finds the rows"));
    }
    let mut effect = effect.scan(&table);
    effect.changes_every_row = Some(table);
    effect
}

fn reindex(cursor: &mut Cursor<'_>, known: &Known) -> Effect {
    match cursor.name() {
        Some(name) => {
            let table = known.table_of(&name).cloned().unwrap_or(name);
            Effect::none().scan(&table)
        }
        None => Effect::none().note("builds every index anew"),
    }
}
