//! The problems that every app has. A code is part of the public contract: add, never rename.

use std::borrow::Cow;
use std::error::Error;
use std::time::Duration;

use axum::http::StatusCode;
use axum::http::header::{self, HeaderValue};

use super::{Chain, FieldError, Problem};

impl Problem {
    /// 400: the request is not understood.
    pub fn bad_request(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad-request", "The request is not valid").with_detail(detail)
    }

    /// 400: one parameter or header is not understood.
    pub fn invalid_parameter(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::bad_request("A parameter is not valid.").with_field(field, message)
    }

    /// 401: who asks is not known. `challenge` is the `WWW-Authenticate` header, such as `Bearer`.
    pub fn unauthorized(challenge: &'static str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", "Sign in first")
            .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge))
    }

    /// 403: who asks is known and may not.
    pub fn forbidden(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "This is not allowed").with_detail(detail)
    }

    /// 404: there is nothing, or nothing that the caller may know of. It says nothing more, so that the two look alike.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "There is nothing here")
    }

    /// 405: the path exists, for other methods.
    pub fn method_not_allowed() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "This path has no such method")
    }

    /// 409: the request does not fit the present state.
    pub fn conflict(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::CONFLICT, "conflict", "The request does not fit the present state").with_detail(detail)
    }

    /// 412: somebody else changed it since the caller read it.
    pub fn precondition_failed() -> Self {
        Self::new(StatusCode::PRECONDITION_FAILED, "precondition-failed", "It was changed since you read it")
            .with_detail("Read it again and repeat the change with the new ETag.")
    }

    /// 413: the body is larger than the route accepts.
    pub fn payload_too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "payload-too-large", "The body is too large")
    }

    /// 414: the address is longer than `limit` bytes.
    pub(crate) fn uri_too_long(limit: usize) -> Self {
        Self::new(StatusCode::URI_TOO_LONG, "uri-too-long", "The address is too long")
            .with_detail(format!("Path and query may have {limit} bytes together."))
    }

    /// 431: there are more headers than `count`, or more than `bytes` of them.
    pub(crate) fn headers_too_large(count: usize, bytes: usize) -> Self {
        let (status, title) = (StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "The headers are too large");
        Self::new(status, "headers-too-large", title)
            .with_detail(format!("A request may have {count} headers, with {bytes} bytes together."))
    }

    /// 415: the body is of a type that the route does not read.
    pub fn unsupported_media_type(expected: &str) -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", "The body's type is not supported")
            .with_detail(format!("Send the body as {expected} and say so in Content-Type."))
    }

    /// 415: the body is compressed, which nothing here reads.
    pub fn unsupported_encoding() -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", "The body's encoding is not supported")
            .with_detail("Send the body as it is, without Content-Encoding.")
            .with_header(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"))
    }

    /// 422: the request is well formed, and some of its fields are not acceptable.
    pub fn unprocessable(errors: impl IntoIterator<Item = FieldError>) -> Self {
        let title = "Some fields are not acceptable";
        let mut problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "unprocessable", title);
        problem.0.errors.extend(errors);
        problem
    }

    /// 428: the change needs an `If-Match` header.
    pub fn precondition_required() -> Self {
        Self::new(StatusCode::PRECONDITION_REQUIRED, "precondition-required", "The change needs an If-Match header")
            .with_detail("Send the ETag of the version you changed, so that nobody's work is lost.")
    }

    /// 429: the caller is too fast.
    pub fn too_many_requests(retry_after: Duration) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "too-many-requests", "Too many requests").with_retry_after(retry_after)
    }

    /// 500: logs the error with all its causes, once, and tells the caller nothing of it.
    pub fn internal(err: &dyn Error) -> Self {
        tracing::error!(error = %Chain(err), "the request failed");
        Self::internal_silent()
    }

    /// 500 without a log entry of its own, for a caller that wrote one.
    pub(crate) fn internal_silent() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong on our side")
    }

    /// 503: something that the app needs does not answer now. Logs the error with all its causes, once.
    pub fn unavailable(err: &dyn Error, retry_after: Duration) -> Self {
        tracing::warn!(error = %Chain(err), "the request cannot be served now");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "The service is not available now")
            .with_retry_after(retry_after)
    }

    /// 408: the caller took longer for the body than a request may.
    pub(crate) fn body_too_slow() -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "request-timeout", "The body did not come in time")
    }

    /// 503: the request took longer than a request may.
    pub(crate) fn timed_out() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "timed-out", "The request took too long")
            .with_retry_after(Duration::from_secs(1))
    }

    /// Tells the caller when to try again, in whole seconds, rounded up, at least one.
    #[must_use]
    pub fn with_retry_after(self, wait: Duration) -> Self {
        let seconds = (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1);
        self.with_header(header::RETRY_AFTER, HeaderValue::from(seconds))
    }
}
