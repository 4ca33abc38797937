//! The id that names one request in its answer, in the log and in a problem's body.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequestParts, Request};
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::request::Parts;
use axum::response::Response;
use uuid::Uuid;

use crate::problem::Problem;

/// The header that carries the id, both ways.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

const MAX_LENGTH: usize = 64;

/// The id of the request at hand. As an extractor it never fails: outside a [`Server`](crate::Server) it is a new one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// Takes over an id of 1 to 64 characters of `A-Z a-z 0-9 . _ -`; anything else could forge a line of the log.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=MAX_LENGTH).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
        fits.then(|| Self(text.into()))
    }

    /// A new, random id.
    pub fn random() -> Self {
        Self(Uuid::new_v4().to_string().into())
    }

    /// The id's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The caller's id if there is exactly one and it is acceptable, else a new one.
    fn from_headers(headers: &HeaderMap) -> Self {
        let mut values = headers.get_all(REQUEST_ID).iter();
        let (first, second) = (values.next(), values.next());
        let given = first.filter(|_| second.is_none()).and_then(|value| value.to_str().ok());
        given.and_then(Self::parse).unwrap_or_else(Self::random)
    }
}

impl<S: Sync> FromRequestParts<S> for RequestId {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_else(Self::random))
    }
}

/// Gives the request its id.
pub(crate) fn assign(request: &mut Request) -> RequestId {
    let id = RequestId::from_headers(request.headers());
    request.extensions_mut().insert(id.clone());
    id
}

/// Gives the answer the id of its request.
pub(crate) fn answer(id: &RequestId, response: &mut Response) {
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        response.headers_mut().remove(header::CONTENT_LENGTH);
        *response.body_mut() = Body::from(problem.body(Some(id.as_str())));
    }
    let value = HeaderValue::from_str(id.as_str()).expect("an id has letters, digits and `._-` only");
    response.headers_mut().insert(REQUEST_ID, value);
}
