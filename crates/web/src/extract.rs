//! Extractors whose refusals are problems that name the field at fault.
//!
//! Use these in place of axum's of the same names. Query strings and bodies are read into structs; give those
//! `#[serde(deny_unknown_fields)]`, so that a misspelt parameter is an error and not silently without effect.

mod json;
mod list;
mod path;
mod query;

use std::fmt::Display;

use serde_path_to_error::Path as FieldPath;

pub use json::{Json, MAX_JSON_DEPTH, is_encoded};
pub use list::{ListQuery, NoFilters};
pub use path::Path;
pub use query::Query;
pub(crate) use query::refused;

use crate::problem::FieldError;

/// Tells which field serde means. It names unknown and missing fields in the message alone, so those are read from it.
fn field_error(path: &FieldPath, message: &impl Display) -> FieldError {
    let message = message.to_string();
    let message = without_position(&message);
    let parent = path.iter().next().map(|_| path.to_string()).unwrap_or_default();
    let named = ["unknown field `", "missing field `", "duplicate field `"]
        .iter()
        .find_map(|start| message.strip_prefix(start))
        .and_then(|rest| rest.split_once('`'))
        .map(|(name, _)| name);
    let field = match named {
        Some(name) if parent.is_empty() => name.to_owned(),
        Some(name) if parent == name || parent.ends_with(&format!(".{name}")) => parent,
        Some(name) => format!("{parent}.{name}"),
        None => parent,
    };
    FieldError::new(field, message)
}

/// Cuts ` at line 1 column 9` off: the field says where, and clients write JSON in one line.
fn without_position(message: &str) -> &str {
    message.rsplit_once(" at line ").map_or(message, |(start, _)| start)
}
