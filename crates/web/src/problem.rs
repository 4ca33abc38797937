//! Problem details for HTTP APIs (RFC 9457): the one shape in which an app says no.
//!
//! A handler returns `Result<T, Problem>`. The body of a 4xx answer tells the caller what to change; the body of a 5xx
//! answer holds nothing but type, title, status and request id, whatever was put into it, because what broke inside
//! belongs into the log alone.

mod kinds;
pub(crate) mod schema;

use std::borrow::Cow;
use std::error::Error;
use std::fmt::{self, Write};

use axum::body::Body;
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Response as HttpResponse, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// What every `type` member starts with; the rest is the problem's code, which never changes once it was released.
pub const PROBLEM_TYPE_BASE: &str = "https://atriz.example/problems/";

/// The media type of every problem.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// The members that RFC 9457 or this crate define; an extension member cannot take their place.
const RESERVED: [&str; 7] = ["type", "title", "status", "detail", "instance", "errors", "request_id"];

/// One answer that says no, with everything a program needs to act on it.
///
/// The parts are boxed so that `Result<T, Problem>` stays small.
#[derive(Clone, Debug)]
pub struct Problem(Box<Parts>);

#[derive(Clone, Debug)]
struct Parts {
    status: StatusCode,
    code: &'static str,
    title: &'static str,
    detail: Option<Cow<'static, str>>,
    errors: Vec<FieldError>,
    members: Map<String, Value>,
    headers: HeaderMap,
}

/// What is wrong with one named part of the request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// The parameter, header or member at fault; members are written as a path such as `lines[2].quantity`.
    pub field: String,
    /// What is wrong with it.
    pub message: String,
}

impl FieldError {
    /// The `field` of an error that concerns the body as a whole.
    pub const BODY: &str = "(body)";

    /// Names a field and what is wrong with it.
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}

/// The body as it is written.
#[derive(Serialize)]
struct Written<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
    #[serde(flatten)]
    members: Option<&'a Map<String, Value>>,
}

impl Problem {
    /// A problem of an app's own. `code` is the last part of its type URI, in kebab-case, such as `out-of-stock`.
    pub fn new(status: StatusCode, code: &'static str, title: &'static str) -> Self {
        Self(Box::new(Parts {
            status,
            code,
            title,
            detail: None,
            errors: Vec::new(),
            members: Map::new(),
            headers: HeaderMap::new(),
        }))
    }

    /// Says what happened this time, in words for the person who reads the client's log.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// Adds one field that is at fault.
    #[must_use]
    pub fn with_field(mut self, field: impl Into<String>, message: impl Into<String>) -> Self {
        self.0.errors.push(FieldError::new(field, message));
        self
    }

    /// Adds an extension member, such as `"available": 3`. A name that is taken by the format is left out.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        if !RESERVED.contains(&name) {
            self.0.members.insert(name.to_owned(), value.into());
        }
        self
    }

    /// Adds a response header.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.insert(name, value);
        self
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The last part of the type URI.
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// The fields at fault.
    pub fn errors(&self) -> &[FieldError] {
        &self.0.errors
    }

    /// The body, naming the request if its id is known.
    pub(crate) fn body(&self, request_id: Option<&str>) -> Vec<u8> {
        let parts = &*self.0;
        let open = !parts.status.is_server_error();
        let written = Written {
            r#type: format!("{PROBLEM_TYPE_BASE}{}", parts.code),
            title: parts.title,
            status: parts.status.as_u16(),
            detail: parts.detail.as_deref().filter(|_| open),
            errors: if open { &parts.errors } else { &[] },
            request_id,
            members: open.then_some(&parts.members),
        };
        serde_json::to_vec(&written).expect("strings, numbers and JSON values with text keys always serialise")
    }
}

impl IntoResponse for Problem {
    /// The problem also travels in the response's extensions, so that the edge can write the request's id into it.
    fn into_response(self) -> Response {
        let mut response = HttpResponse::new(Body::from(self.body(None)));
        *response.status_mut() = self.0.status;
        *response.headers_mut() = self.0.headers.clone();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        response.extensions_mut().insert(self);
        response
    }
}

/// Writes an error and all its causes in one line.
struct Chain<'a>(&'a dyn Error);

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_line(f, self.0)?;
        let mut next = self.0.source();
        while let Some(cause) = next {
            f.write_str(": ")?;
            write_line(f, cause)?;
            next = cause.source();
        }
        Ok(())
    }
}

/// A message of several lines would break the one line that a log entry is.
fn write_line(f: &mut fmt::Formatter<'_>, err: &dyn Error) -> fmt::Result {
    err.to_string().chars().try_for_each(|c| f.write_char(if c.is_control() { ' ' } else { c }))
}
