//! What keeps one request from harming the others: limits of size and time, and a net for panics. Also the answers to
//! requests that no route takes.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Request};
use axum::http::Version;
use axum::http::header::HOST;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;

use crate::awaited::Awaited;
use crate::problem::Problem;

/// A layer for routes that accept larger bodies than the app's default, or only smaller ones.
pub fn body_limit(bytes: usize) -> DefaultBodyLimit {
    DefaultBodyLimit::max(bytes)
}

/// The longest address, path and query together, in bytes. Longer ones are more than any of ours, with every filter.
pub(crate) const MAX_ADDRESS: usize = 8 * 1024;

/// The largest sum of all names and values of headers, in bytes.
pub(crate) const MAX_HEADERS: usize = 32 * 1024;

/// The most headers.
pub(crate) const MAX_HEADER_COUNT: usize = 100;

/// Refuses an address that is too long with 414, headers that are too many with 431 and a host that is named more than once
/// with 400 (RFC 9112 §3.2): a proxy may have meant the other one. What hyper cannot hold at all it refuses itself, with the
/// same status and without a body, before there is a request to answer.
fn head_limit(request: &Request) -> Result<(), Problem> {
    let address = request.uri().path_and_query().map_or(0, |address| address.as_str().len());
    if address > MAX_ADDRESS {
        return Err(Problem::uri_too_long(MAX_ADDRESS));
    }
    let headers = request.headers();
    let bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if headers.len() > MAX_HEADER_COUNT || bytes > MAX_HEADERS {
        return Err(Problem::headers_too_large(MAX_HEADER_COUNT, MAX_HEADERS));
    }
    // RFC 9112 §3.2.
    match headers.get_all(HOST).iter().count() {
        1 => Ok(()),
        0 if request.version() != Version::HTTP_11 => Ok(()),
        0 => Err(Problem::bad_request("The host is not named.")),
        _ => Err(Problem::bad_request("The host is named more than once.")),
    }
}

/// Runs a request that is not too large, until it panics or `limit` is over, by when its answer has to begin. A streamed
/// answer may take longer to end.
pub(crate) async fn guarded(limit: Duration, request: Request, next: Next) -> Response {
    if let Err(problem) = head_limit(&request) {
        return problem.into_response();
    }
    let (request, awaited) = Awaited::watch(request);
    // What is cut off is dropped within the net, too.
    match AssertUnwindSafe(tokio::time::timeout(limit, next.run(request))).catch_unwind().await {
        Ok(Ok(response)) => response,
        Err(panic) => on_panic(&*panic),
        Ok(Err(_elapsed)) if awaited.is_of_caller() => {
            tracing::info!("the body of the request did not come in time");
            Problem::body_too_slow().into_response()
        }
        Ok(Err(_elapsed)) => {
            tracing::error!(
                limit_ms = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX),
                "the request took too long"
            );
            Problem::timed_out().into_response()
        }
    }
}

/// Turns a panic into a 500. The message goes to the log, in the request's span; the process's own panic hook has
/// written where it happened.
fn on_panic(panic: &(dyn Any + Send)) -> Response {
    let text = panic.downcast_ref::<&str>().copied();
    let message = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("(no message)");
    tracing::error!(panic = message, "the request panicked");
    Problem::internal_silent().into_response()
}

pub(crate) async fn not_found() -> Problem {
    Problem::not_found()
}

pub(crate) async fn method_not_allowed() -> Problem {
    Problem::method_not_allowed()
}
