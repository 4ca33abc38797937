//! What a statement does on PostgreSQL, by its documentation of each command and "Explicit Locking"; a test compares it
//! with the locks and files of a real server.

mod alter;
mod alter_table;
mod columns;
mod constraints;
mod create;
mod create_table;
mod data;
mod defaults;
mod drop;
mod types;
mod upkeep;

use super::cursor::Cursor;
use super::effect::Effect;
use super::known::Known;

/// What the statement of these tokens does.
pub(super) fn effect(tokens: &[String], known: &Known) -> Effect {
    let mut cursor = Cursor::new(tokens);
    let read = match cursor.word().as_str() {
        "create" => create::effect(&mut cursor),
        "alter" => alter::effect(&mut cursor, known),
        "drop" => drop::effect(&mut cursor, known),
        "select" | "insert" | "update" | "delete" | "merge" | "with" | "values" | "table" => {
            Some(data::effect(tokens, known))
        }
        "copy" | "truncate" | "lock" => data::command(tokens),
        "comment" | "vacuum" | "analyze" | "analyse" | "cluster" | "reindex" | "refresh" | "grant" | "revoke" => {
            upkeep::effect(tokens, known)
        }
        "set" | "reset" | "show" | "notify" | "discard" | "reassign" => Some(Effect::none()),
        _ => None,
    };
    read.unwrap_or_else(Effect::unknown)
}
