//! The problem as the OpenAPI document describes it.

use utoipa::openapi::schema::{AdditionalProperties, Schema};
use utoipa::openapi::{Content, RefOr, Response, ResponseBuilder};
use utoipa::{PartialSchema, ToSchema};

use super::{FieldError, PROBLEM_JSON, Problem};

/// Why a request was not served (RFC 9457). Kinds of problem may have further members.
#[derive(ToSchema)]
#[schema(as = Problem)]
#[expect(dead_code, reason = "only its shape is used: the body is written by `Problem`")]
struct Described {
    /// Names the kind of problem and never changes.
    #[schema(format = "uri", example = "https://atriz.example/problems/bad-request")]
    r#type: String,
    /// The kind of problem, in words.
    title: String,
    /// The status of the answer.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What happened this time.
    #[schema(nullable = false)]
    detail: Option<String>,
    /// The fields at fault.
    #[schema(inline, nullable = false)]
    errors: Option<Vec<FieldError>>,
    /// The request's id, as in the `X-Request-Id` header; quote it when you ask for help.
    #[schema(nullable = false)]
    request_id: Option<String>,
}

impl PartialSchema for Problem {
    fn schema() -> RefOr<Schema> {
        let mut schema = Described::schema();
        if let RefOr::T(Schema::Object(object)) = &mut schema {
            object.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(true)));
        }
        schema
    }
}

impl ToSchema for Problem {
    fn name() -> std::borrow::Cow<'static, str> {
        "Problem".into()
    }
}

/// The answer that any operation may give instead of its own.
pub(crate) fn response() -> Response {
    let content = Content::builder().schema(Some(utoipa::openapi::Ref::from_schema_name(Problem::name()))).build();
    ResponseBuilder::new()
        .description("The request was not served; the body says why.")
        .content(PROBLEM_JSON, content)
        .build()
}
