//! Entity tags: whether the caller has the newest already.

use std::fmt::Write;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::http::{Response as HttpResponse, StatusCode};
use axum::response::Response;
use serde::Serialize;
use sha2::{Digest, Sha256};

/// The `ETag` of a row with a version.
pub fn version_etag(version: i64) -> HeaderValue {
    quoted(&version.to_string())
}

/// A body that is made once and served often, with a strong tag made of its content. Clones share it.
#[derive(Clone, Debug)]
pub struct Cached(Arc<Entry>);

#[derive(Clone, Debug)]
struct Entry {
    body: Bytes,
    content_type: &'static str,
    etag: HeaderValue,
    cache_control: &'static str,
}

impl Cached {
    /// Serialises a value once.
    pub fn json<T: Serialize + ?Sized>(value: &T) -> Result<Self, serde_json::Error> {
        Ok(Self::new("application/json", serde_json::to_vec(value)?))
    }

    /// Any body of a known type. Caches may keep it and must ask whether it is still the newest.
    pub fn new(content_type: &'static str, body: impl Into<Bytes>) -> Self {
        let body = body.into();
        let etag = etag_of(&body);
        Self(Arc::new(Entry { body, content_type, etag, cache_control: "no-cache" }))
    }

    /// Sets another `Cache-Control`, such as `private, no-cache`.
    #[must_use]
    pub fn with_cache_control(mut self, value: &'static str) -> Self {
        Arc::make_mut(&mut self.0).cache_control = value;
        self
    }

    /// The tag, with its quotes.
    pub fn etag(&self) -> &HeaderValue {
        &self.0.etag
    }

    /// The body as it is served.
    pub fn body(&self) -> &Bytes {
        &self.0.body
    }

    /// The answer: the body, or 304 when the caller's `If-None-Match` has the tag.
    pub fn respond(&self, request: &HeaderMap) -> Response {
        let entry = &*self.0;
        let known = has_tag(request, &entry.etag);
        let mut response = HttpResponse::new(if known { Body::empty() } else { Body::from(entry.body.clone()) });
        let headers = response.headers_mut();
        headers.insert(header::ETAG, entry.etag.clone());
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(entry.cache_control));
        if known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        } else {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(entry.content_type));
        }
        response
    }
}

/// 128 bits of the SHA-256 of the body.
fn etag_of(body: &[u8]) -> HeaderValue {
    let digest = Sha256::digest(body);
    let hex = digest.iter().take(16).fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes any text");
        text
    });
    quoted(&hex)
}

fn quoted(digits: &str) -> HeaderValue {
    HeaderValue::try_from(format!("\"{digits}\"")).expect("digits in quotes are a header value")
}

/// Whether `If-None-Match` names the tag; the comparison is the weak one, as RFC 9110 has it for this header.
fn has_tag(request: &HeaderMap, etag: &HeaderValue) -> bool {
    let values = request.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut tags = values.flat_map(|value| value.split(',')).map(str::trim);
    tags.any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag).as_bytes() == etag.as_bytes())
}
