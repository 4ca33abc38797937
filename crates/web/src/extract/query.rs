//! The query string.

use std::collections::HashSet;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::field_error;
use crate::problem::Problem;

/// The query string, read into `T`. A parameter that comes twice is refused: which of the two is meant is a guess.
#[derive(Clone, Copy, Debug, Default)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let text = parts.uri.query().unwrap_or_default();
        refuse_repeated(text)?;
        let source = serde_urlencoded::Deserializer::new(form_urlencoded::parse(text.as_bytes()));
        serde_path_to_error::deserialize(source).map(Query).map_err(|err| {
            let error = field_error(err.path(), err.inner());
            Problem::bad_request("The query string is not valid.").with_field(error.field, error.message)
        })
    }
}

fn refuse_repeated(text: &str) -> Result<(), Problem> {
    let mut seen = HashSet::new();
    for (name, _) in form_urlencoded::parse(text.as_bytes()) {
        if !seen.insert(name.clone()) {
            let problem = Problem::bad_request("The query string is not valid.");
            return Err(problem.with_field(name, "is given more than once"));
        }
    }
    Ok(())
}
