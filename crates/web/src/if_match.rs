//! The version that a caller saw before changing it.

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};

use crate::etag::version_of;
use crate::problem::Problem;

/// The version in `If-Match`, as [`versioned`](crate::versioned) or [`version_etag`](crate::version_etag) wrote it into an
/// earlier answer. Use it on each
/// change of a versioned resource: without the header the answer is 428, with a tag that no version has it is 412.
///
/// In `#[utoipa::path]`, `params(IfMatch)` describes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IfMatch(pub i64);

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut values = parts.headers.get_all(header::IF_MATCH).iter();
        let value = values.next().ok_or_else(Problem::precondition_required)?;
        let text = value.to_str().unwrap_or_default().trim();
        // `*` means "whatever there is now": the very overwriting that the header is asked for to prevent.
        if text == "*" || text.contains(',') || values.next().is_some() {
            return Err(Problem::invalid_parameter("If-Match", "must be the one ETag that you read"));
        }
        version_of(text).map(Self).ok_or_else(Problem::precondition_failed)
    }
}

/// The header as the OpenAPI document has it.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "only its shape is used")]
struct Described {
    /// The `ETag` that you read: the change is refused with 412 if it is no longer the newest.
    #[param(rename = "If-Match", example = "\"17\"")]
    if_match: String,
}

impl IntoParams for IfMatch {
    fn into_params(parameter_in: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        Described::into_params(parameter_in)
    }
}
