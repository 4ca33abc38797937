//! The query string.

use std::collections::HashSet;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;

use super::field_error;
use crate::problem::Problem;

/// The query string, read into `T`. A parameter that comes twice is refused: which of the two is meant is a guess.
///
/// A list takes [`ListQuery`](super::ListQuery) instead, which knows about pages.
#[derive(Clone, Copy, Debug, Default)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        read(&pairs(parts.uri.query().unwrap_or_default())?).map(Query)
    }
}

/// Names and values of a query string, decoded.
pub(crate) type Pairs = Vec<(String, String)>;

/// Takes a query string apart, and refuses what comes twice or is no text.
pub(crate) fn pairs(text: &str) -> Result<Pairs, Problem> {
    let mut seen = HashSet::new();
    let mut pairs = Vec::new();
    for part in text.split('&').filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let given = percent_decode_str(name).decode_utf8_lossy().into_owned();
        let name = decoded(name).ok_or_else(|| refused(&given, "is not valid UTF-8"))?;
        let value = decoded(value).ok_or_else(|| refused(&name, "is not valid UTF-8"))?;
        if !seen.insert(name.clone()) {
            return Err(refused(&name, "is given more than once"));
        }
        pairs.push((name, value));
    }
    Ok(pairs)
}

fn decoded(text: &str) -> Option<String> {
    let text = text.replace('+', " ");
    percent_decode_str(&text).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

/// Reads pairs into `T`.
pub(crate) fn read<T: DeserializeOwned>(pairs: &[(String, String)]) -> Result<T, Problem> {
    // The deserialiser takes nothing but a query string, so one is written for it.
    let text = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let source = serde_urlencoded::Deserializer::new(form_urlencoded::parse(text.as_bytes()));
    serde_path_to_error::deserialize(source).map_err(|err| {
        let error = field_error(err.path(), err.inner());
        let message = if error.message.starts_with("unknown field `") {
            // The list of those that are known is not the whole list where pages are concerned.
            "is not a parameter of this operation".to_owned()
        } else {
            error.message
        };
        refused(&error.field, message)
    })
}

/// A 400 that names a parameter.
pub(crate) fn refused(field: &str, message: impl Into<String>) -> Problem {
    Problem::bad_request("The query string is not valid.").with_field(field, message)
}
