//! Pages of a list, each starting where the one before ended.

use atriz_kernel::Cursor;
use axum::http::Uri;
use axum::http::header::{self, HeaderValue};
use axum::response::{IntoResponse, Response};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::extract::Json;
use crate::problem::Problem;

/// How many items a page has when the caller does not say.
pub const DEFAULT_LIMIT: u32 = 50;

/// How many items a page can have.
pub const MAX_LIMIT: u32 = 200;

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// The `after` of the next page; null on the last one.
    #[schema(required)]
    pub next: Option<String>,
}

/// Which page a caller asks for. A list with filters has a struct of its own, with this one as a
/// `#[serde(flatten)]` field; `deny_unknown_fields` works there too.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// The `next` of the page before; the first page has none.
    pub after: Option<String>,
    /// How many items at most, 1 to 200; 50 when left out.
    #[serde(default, deserialize_with = "limit")]
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u32>,
}

impl PageQuery {
    /// How many items the page has at most.
    pub fn limit(&self) -> u32 {
        self.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT)
    }

    /// The sort key of the last item of the page before, if there was one.
    ///
    /// # Errors
    ///
    /// A 400 that names `after` when it is no cursor of a list with such a key.
    pub fn key<K: DeserializeOwned>(&self) -> Result<Option<K>, Problem> {
        let decode = |text: &String| Cursor::decode(text);
        self.after.as_ref().map(decode).transpose().map_err(|err| Problem::invalid_parameter("after", err.to_string()))
    }
}

/// Reads the limit as text, since that is how it arrives when the struct is flattened into another one.
fn limit<'de, D: Deserializer<'de>>(source: D) -> Result<Option<u32>, D::Error> {
    let text = String::deserialize(source)?;
    match text.parse() {
        Ok(limit @ 1..=MAX_LIMIT) => Ok(Some(limit)),
        _ => Err(D::Error::custom(format!("`limit` must be a number from 1 to {MAX_LIMIT}"))),
    }
}

impl<T> Page<T> {
    /// Makes a page of up to `limit + 1` rows: the row too many shows that there is a next page, and is left out.
    /// `key` gives the sort key of a row, as [`PageQuery::key`] will read it.
    pub fn from_rows<K: Serialize>(mut rows: Vec<T>, query: &PageQuery, key: impl FnOnce(&T) -> K) -> Self {
        let limit = query.limit() as usize;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|row| Cursor::encode(&key(row)));
        Self { items: rows, next }
    }

    /// The same page of other items, such as rows turned into what the API shows.
    pub fn map<U>(self, each: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(each).collect(), next: self.next }
    }
}

impl<T: Serialize> Page<T> {
    /// The page as an answer whose `Link` header leads to the next one. `uri` is the request's own; take it from
    /// `axum::extract::OriginalUri`, because a nested router shortens the plain one.
    pub fn linked(self, uri: &Uri) -> Response {
        let link = self.next.as_deref().and_then(|next| HeaderValue::try_from(next_link(uri, next)).ok());
        let mut response = self.into_response();
        if let Some(link) = link {
            response.headers_mut().insert(header::LINK, link);
        }
        response
    }
}

impl<T: Serialize> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        Json(self).into_response()
    }
}

/// The link to the next page: the same path and filters with another `after`.
fn next_link(uri: &Uri, next: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    let given = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    query.extend_pairs(given.filter(|(name, _)| name != "after")).append_pair("after", next);
    format!("<{}?{}>; rel=\"next\"", uri.path(), query.finish())
}
