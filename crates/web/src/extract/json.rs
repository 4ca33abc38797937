//! JSON bodies, in and out.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::{field_error, without_position};
use crate::problem::{FieldError, Problem};

/// How deeply arrays and objects of a body may be nested. No request of ours comes near it.
pub const MAX_JSON_DEPTH: usize = 32;

/// A JSON body. As an extractor it refuses with 400 what is not JSON, with 413 what is too large, with 415 what does
/// not call itself JSON and with 422, naming the member, what is JSON of another shape. No body is an array: it would leave
/// no room for another member.
#[derive(Clone, Copy, Debug, Default)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::unsupported_media_type("application/json"));
        }
        if is_encoded(request.headers()) {
            return Err(Problem::unsupported_encoding());
        }
        let body = Bytes::from_request(request, state).await.map_err(|err| match err.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Problem::payload_too_large(),
            _ => Problem::bad_request("The body ended early."),
        })?;
        parse(&body).map(Json)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], body).into_response(),
            Err(err) => Problem::internal(&err).into_response(),
        }
    }
}

/// Whether the body is declared as JSON. A form of another site can only send types that are not.
fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// Whether the body says that it is compressed, which none of ours is.
pub fn is_encoded(headers: &HeaderMap) -> bool {
    let mut encodings = headers.get_all(header::CONTENT_ENCODING).iter();
    encodings.any(|encoding| !encoding.as_bytes().trim_ascii().eq_ignore_ascii_case(b"identity"))
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    if depth(body) > MAX_JSON_DEPTH {
        let detail = format!("The body is nested more than {MAX_JSON_DEPTH} levels deep.");
        return Err(Problem::bad_request(detail));
    }
    // Serde would take the members of a struct from an array, by their order, which no document tells. Within a body it does
    // still.
    if body.trim_ascii_start().starts_with(b"[") {
        return Err(Problem::unprocessable([FieldError::new(FieldError::BODY, "must be an object")]));
    }
    let mut source = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut source).map_err(|err| match err.inner().classify() {
        Category::Data => Problem::unprocessable([field_error(err.path(), err.inner())]),
        _ => malformed(err.inner()),
    })?;
    source.end().map_err(|err| malformed(&err))?;
    Ok(value)
}

fn malformed(err: &serde_json::Error) -> Problem {
    let message = err.to_string();
    let place = format!("{} (line {}, column {})", without_position(&message), err.line(), err.column());
    Problem::bad_request("The body is not valid JSON.").with_field(FieldError::BODY, place)
}

/// The deepest nesting of a text, were it JSON. Brackets inside strings do not count.
fn depth(body: &[u8]) -> usize {
    let (mut now, mut deepest) = (0_usize, 0_usize);
    let (mut in_string, mut escaped) = (false, false);
    for byte in body {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                now += 1;
                deepest = deepest.max(now);
            }
            b']' | b'}' if !in_string => now = now.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}
