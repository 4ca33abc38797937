//! The query string of a list.

use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::query::{pairs, read};
use crate::page::PageQuery;
use crate::problem::Problem;

/// What a caller asks of a list: `after` and `limit` go into `page`, everything else into `filters`.
///
/// In `#[utoipa::path]`, `params(Filters, PageQuery)` describes both.
#[derive(Clone, Debug)]
pub struct ListQuery<F> {
    /// Which rows. Give the struct `#[serde(deny_unknown_fields)]`.
    pub filters: F,
    /// Which page of them.
    pub page: PageQuery,
}

/// The filters of a list that has none.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoFilters {}

impl<F: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for ListQuery<F> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        // A nested router shortens the plain address; the links of a page need the whole one.
        let OriginalUri(uri) = match OriginalUri::from_request_parts(parts, state).await {
            Ok(uri) => uri,
            Err(never) => match never {},
        };
        let pairs = pairs(uri.query().unwrap_or_default())?;
        let (page, filters): (Vec<_>, Vec<_>) = pairs.into_iter().partition(|(name, _)| PageQuery::has(name));
        Ok(Self { filters: read(&filters)?, page: PageQuery::read(page, filters, uri)? })
    }
}
