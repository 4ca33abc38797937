//! The headers that every answer has unless its handler says otherwise.

use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};

/// JSON needs nothing that a browser could load. A page sets a policy of its own.
const DEFAULTS: [(HeaderName, &str); 3] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
];

/// An answer that says nothing about caching is kept by nobody: it may be about one person.
const CACHE_CONTROL: HeaderValue = HeaderValue::from_static("no-store");

pub(crate) fn secure(headers: &mut HeaderMap) {
    for (name, value) in DEFAULTS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    let spoken_for = headers.contains_key(header::ETAG);
    if !headers.contains_key(header::CACHE_CONTROL) {
        let revalidated = HeaderValue::from_static("private, no-cache");
        headers.insert(header::CACHE_CONTROL, if spoken_for { revalidated } else { CACHE_CONTROL });
    }
}
