//! Lists that are short enough to need no pages.

use serde::Serialize;
use utoipa::ToSchema;

/// All of them.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct All<T> {
    items: Vec<T>,
}

impl<T> All<T> {
    /// Each of `rows` as it is shown.
    pub(super) fn of<R: Into<T>>(rows: impl IntoIterator<Item = R>) -> Self {
        Self { items: rows.into_iter().map(Into::into).collect() }
    }
}
