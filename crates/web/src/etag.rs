//! Entity tags: whether the caller has the newest already.

use std::fmt::Write;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::http::{Response as HttpResponse, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::problem::Problem;

/// The `ETag` of a row with a version, for an answer that does not show the row.
pub fn version_etag(version: i64) -> HeaderValue {
    quoted(&version.to_string())
}

/// A row with a version as an answer: 304 when the caller's `If-None-Match` has the tag, else the row.
///
/// The tag is the version and a hash of what is shown: that may have more in it than the row, such as the name of
/// another row or the latest of many, which change without it. [`IfMatch`](crate::IfMatch) looks at the version alone.
pub fn versioned<T: Serialize>(request: &HeaderMap, version: i64, value: &T) -> Response {
    match Cached::json(value) {
        Ok(shown) => shown.with_version(version).with_cache_control("private, no-cache").respond(request),
        Err(err) => Problem::internal(&err).into_response(),
    }
}

/// The version in a tag of either form; nothing for a tag that no version has.
pub(crate) fn version_of(tag: &str) -> Option<i64> {
    let inner = tag.strip_prefix('"')?.strip_suffix('"')?;
    let digits = match inner.split_once('-') {
        Some((digits, hash)) if !digits.is_empty() => is_hash(hash).then_some(digits)?,
        _ => inner,
    };
    let version: i64 = digits.parse().ok()?;
    // A tag is equal or it is not: `"+17"` and `"017"` are not the tag of version 17.
    (version.to_string() == digits).then_some(version)
}

fn is_hash(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
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
        let etag = quoted(&hash_of(&body));
        Self(Arc::new(Entry { body, content_type, etag, cache_control: "no-cache" }))
    }

    /// Sets another `Cache-Control`, such as `private, no-cache`.
    #[must_use]
    pub fn with_cache_control(mut self, value: &'static str) -> Self {
        Arc::make_mut(&mut self.0).cache_control = value;
        self
    }

    fn with_version(mut self, version: i64) -> Self {
        let entry = Arc::make_mut(&mut self.0);
        entry.etag = quoted(&format!("{version}-{}", hash_of(&entry.body)));
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
fn hash_of(body: &[u8]) -> String {
    Sha256::digest(body).iter().take(16).fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes any text");
        text
    })
}

fn quoted(tag: &str) -> HeaderValue {
    HeaderValue::try_from(format!("\"{tag}\"")).expect("digits, letters and `-` in quotes are a header value")
}

/// Whether `If-None-Match` names the tag; the comparison is the weak one, as RFC 9110 has it for this header.
fn has_tag(request: &HeaderMap, etag: &HeaderValue) -> bool {
    let values = request.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut tags = values.flat_map(|value| value.split(',')).map(str::trim);
    tags.any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag).as_bytes() == etag.as_bytes())
}
