//! The key that makes a repeated POST harmless.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};

use crate::problem::Problem;

const HEADER: &str = "Idempotency-Key";
const MAX_LENGTH: usize = 255;

/// The `Idempotency-Key` header: 1 to 255 visible ASCII characters, in quotes or not. Without it the answer is 400.
/// What was answered under a key is the app's to remember, in the transaction that has the effect.
///
/// In `#[utoipa::path]`, `params(IdempotencyKey)` describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// The key, without quotes.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<S: Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut values = parts.headers.get_all(HEADER).iter();
        let missing = || Problem::invalid_parameter(HEADER, "is missing: send a new key with each new request");
        let text = values.next().ok_or_else(missing)?.to_str().unwrap_or_default();
        let key = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
        let fits = (1..=MAX_LENGTH).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic() && b != b'"');
        if fits && values.next().is_none() {
            return Ok(Self(key.to_owned()));
        }
        let message = format!("must be one key of 1 to {MAX_LENGTH} visible ASCII characters");
        Err(Problem::invalid_parameter(HEADER, message))
    }
}

/// The header as the OpenAPI document has it.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "only its shape is used")]
struct Described {
    /// A key of your own, new for each new request and the same when you repeat one: the repetition has no effect of its
    /// own and gets the first one's answer.
    #[param(rename = "Idempotency-Key", max_length = 255, example = "0f8fad5b-d9cb-469f-a165-70867728950e")]
    idempotency_key: String,
}

impl IntoParams for IdempotencyKey {
    fn into_params(parameter_in: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        Described::into_params(parameter_in)
    }
}
