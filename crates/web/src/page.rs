//! Pages of a list, each starting where the one before ended.

use atriz_kernel::{Cursor, CursorError};
use axum::http::Uri;
use axum::http::header::{self, HeaderValue};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::{IntoParams, ToSchema};

use crate::extract::{Json, refused};
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

/// Which page a caller asks for, as [`ListQuery`](crate::ListQuery) reads it. It knows the list, that is the path and
/// the filters, so that a cursor of another one is refused.
#[derive(Clone, Debug)]
pub struct PageQuery {
    after: Option<String>,
    limit: Option<u32>,
    list: u32,
    uri: Uri,
}

impl PageQuery {
    /// Whether a parameter is one of a page's.
    pub(crate) fn has(name: &str) -> bool {
        matches!(name, "after" | "limit")
    }

    /// Reads the parameters of a page; `filters` are the others, and `uri` the request's own.
    pub(crate) fn read(page: Vec<(String, String)>, filters: Vec<(String, String)>, uri: Uri) -> Result<Self, Problem> {
        let mut query = Self { after: None, limit: None, list: name_of_list(uri.path(), filters), uri };
        for (name, value) in page {
            if name == "after" {
                query.after = Some(value);
            } else {
                query.limit = Some(parse_limit(&value)?);
            }
        }
        Ok(query)
    }

    /// How many items the page has at most.
    pub fn limit(&self) -> u32 {
        self.limit.unwrap_or(DEFAULT_LIMIT)
    }

    /// The first of its parameters that was given, for an operation where no page goes with another parameter.
    pub fn given(&self) -> Option<&'static str> {
        self.after.as_ref().map(|_| "after").or(self.limit.map(|_| "limit"))
    }

    /// The sort key of the last item of the page before, if there was one.
    ///
    /// # Errors
    ///
    /// A 400 that names `after` when it is no cursor of this list with these filters.
    pub fn key<K: DeserializeOwned>(&self) -> Result<Option<K>, Problem> {
        let Some(text) = &self.after else { return Ok(None) };
        match Cursor::decode::<(u32, K)>(text) {
            Ok((list, key)) if list == self.list => Ok(Some(key)),
            _ => Err(Problem::invalid_parameter("after", CursorError.to_string())),
        }
    }

    fn cursor(&self, key: &impl Serialize) -> String {
        Cursor::encode(&(self.list, key))
    }

    /// The link to the next page: the same path and filters with another `after`.
    fn link_to(&self, next: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let given = form_urlencoded::parse(self.uri.query().unwrap_or_default().as_bytes());
        query.extend_pairs(given.filter(|(name, _)| name != "after")).append_pair("after", next);
        format!("<{}?{}>; rel=\"next\"", self.uri.path(), query.finish())
    }
}

/// A short name of a list, made of its path and its filters in any order. It keeps callers from mistakes, not from evil:
/// a cursor grants nothing.
fn name_of_list(path: &str, mut filters: Vec<(String, String)>) -> u32 {
    filters.sort();
    let mut hash = Sha256::new();
    let texts = filters.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]);
    for text in std::iter::once(path).chain(texts) {
        hash.update(text.len().to_be_bytes());
        hash.update(text);
    }
    hash.finalize().iter().take(4).fold(0, |name, byte| name << 8 | u32::from(*byte))
}

fn parse_limit(text: &str) -> Result<u32, Problem> {
    let limit = text.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit));
    limit.ok_or_else(|| refused("limit", format!("must be a number from 1 to {MAX_LIMIT}")))
}

/// The parameters as the OpenAPI document has them.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only its shape is used")]
struct Described {
    /// The `next` of the page before; the first page has none.
    after: Option<String>,
    /// How many items at most, 1 to 200; 50 when left out.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

impl IntoParams for PageQuery {
    fn into_params(parameter_in: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        Described::into_params(parameter_in)
    }
}

impl<T> Page<T> {
    /// Makes a page of up to `limit + 1` rows: the row too many shows that there is a next page, and is left out.
    /// `key` gives the sort key of a row, as [`PageQuery::key`] will read it.
    pub fn from_rows<K: Serialize>(mut rows: Vec<T>, query: &PageQuery, key: impl FnOnce(&T) -> K) -> Self {
        let limit = query.limit() as usize;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|row| query.cursor(&key(row)));
        Self { items: rows, next }
    }

    /// The same page of other items, such as rows turned into what the API shows.
    pub fn map<U>(self, each: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(each).collect(), next: self.next }
    }
}

impl<T: Serialize> Page<T> {
    /// The page as an answer whose `Link` header leads to the next one.
    pub fn linked(self, query: &PageQuery) -> Response {
        let link = self.next.as_deref().and_then(|next| HeaderValue::try_from(query.link_to(next)).ok());
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
