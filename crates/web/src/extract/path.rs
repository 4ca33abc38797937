//! The parameters in the path.

use axum::extract::FromRequestParts;
use axum::extract::path::ErrorKind;
use axum::extract::rejection::PathRejection;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::problem::Problem;

/// The path's parameters, read into `T`.
#[derive(Clone, Copy, Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let names: Option<Vec<String>> = axum::extract::RawPathParams::from_request_parts(parts, state)
            .await
            .ok()
            .map(|raw| raw.iter().map(|(name, _)| name.to_owned()).collect());
        match axum::extract::Path::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(PathRejection::FailedToDeserializePathParams(err)) if err.status().is_client_error() => {
                let (field, message) = explain(err.into_kind(), &names.unwrap_or_default());
                Err(Problem::bad_request("The path is not valid.").with_field(field, message))
            }
            // The handler asks for parameters that its route does not have: a mistake of ours.
            Err(err) => Err(Problem::internal(&err)),
        }
    }
}

/// Which parameter is meant, and what is wrong with it. One that serde does not name is the only one, or the nth.
fn explain(kind: ErrorKind, names: &[String]) -> (String, String) {
    let nth = |index: usize| names.get(index).cloned().unwrap_or_default();
    match kind {
        ErrorKind::ParseErrorAtKey { key, expected_type, .. } => (key, expected(expected_type)),
        ErrorKind::ParseErrorAtIndex { index, expected_type, .. } => (nth(index), expected(expected_type)),
        ErrorKind::ParseError { expected_type, .. } => (nth(0), expected(expected_type)),
        ErrorKind::InvalidUtf8InPathParam { key } => (key, "is not valid UTF-8".to_owned()),
        ErrorKind::DeserializeError { key, message, .. } => (key, message),
        other => (if names.len() == 1 { nth(0) } else { String::new() }, other.to_string()),
    }
}

fn expected(type_name: &str) -> String {
    format!("is not a valid {type_name}")
}
