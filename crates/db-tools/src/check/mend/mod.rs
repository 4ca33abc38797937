//! The SQL that would mend a difference.

use crate::introspect::Schema;
use crate::logical::{Difference, DifferenceKind, Logical};

/// What the folder of one engine makes.
#[derive(Clone, Copy)]
pub(super) struct Side<'a> {
    /// In the engine's words.
    pub(super) schema: &'a Schema,
    /// In shared words.
    pub(super) logical: &'a Logical,
}

/// Whether PostgreSQL has a statement for it.
pub(super) fn can_postgres(kind: DifferenceKind) -> bool {
    kind != DifferenceKind::OrderDiffers
}

pub(super) fn statements(
    _one: &Difference,
    _side: &Side<'_>,
    _wanted: &Logical,
    _twin: Option<&Side<'_>>,
) -> Vec<String> {
    Vec::new()
}

pub(super) fn entity(_one: &Difference, _folder: Option<&Logical>) -> Vec<String> {
    Vec::new()
}

pub(super) fn rename(_side: &Side<'_>, _table: &str, _sort: &str, _name: &str, _to: &str) -> Vec<String> {
    Vec::new()
}
pub(super) fn primary_key(_side: &Side<'_>, _table: &str) -> Vec<String> {
    Vec::new()
}
pub(super) fn index_for(_side: &Side<'_>, _table: &str, _columns: &[String]) -> Vec<String> {
    Vec::new()
}
pub(super) fn fill(_side: &Side<'_>, _table: &str) -> Vec<String> {
    Vec::new()
}
pub(super) fn twice(_name: &str, _schemas: &[&str]) -> Vec<String> {
    Vec::new()
}
