//! The log: one format for all apps, one span and one closing line per request.
//!
//! Neither the path nor the query of a request is written, only the route it matched: addresses can hold secrets, such
//! as those of links that are shared.

use std::io::IsTerminal;
use std::time::Duration;

use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::response::Response;
use thiserror::Error;
use tracing::{Span, Subscriber};
use tracing_subscriber::filter::ParseError;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt};

use crate::request_id::RequestId;

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object per line, for programs.
    Json,
}

/// The log cannot be set up.
#[derive(Debug, Error)]
pub enum LoggingError {
    /// The filter is not understood.
    #[error("the log filter `{filter}` is not valid: {source}")]
    Filter {
        /// The filter as given.
        filter: String,
        /// What is wrong with it.
        source: ParseError,
    },
}

impl LoggingError {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        "use a level (error, warn, info, debug, trace) or pairs such as `info,atriz_web=debug`"
    }
}

/// Whether a filter is understood, so that it can be refused before anything starts.
pub fn is_filter(filter: &str) -> bool {
    EnvFilter::try_new(filter).is_ok()
}

/// Starts the log of this process, on stderr. A second call checks its filter and changes nothing: several apps may
/// run in one process.
pub fn init_tracing(format: LogFormat, filter: &str) -> Result<(), LoggingError> {
    let colour = std::io::stderr().is_terminal();
    // The one error there is says that a log was started already.
    let _already = build(format, filter, std::io::stderr, colour)?.try_init();
    Ok(())
}

/// The same log, written to any writer: for a test that reads it.
pub fn subscriber<W>(
    format: LogFormat,
    filter: &str,
    writer: W,
) -> Result<impl Subscriber + Send + Sync + use<W>, LoggingError>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    build(format, filter, writer, false)
}

fn build<W>(
    format: LogFormat,
    filter: &str,
    writer: W,
    colour: bool,
) -> Result<impl Subscriber + Send + Sync + use<W>, LoggingError>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let parsed =
        EnvFilter::try_new(filter).map_err(|source| LoggingError::Filter { filter: filter.to_owned(), source })?;
    let lines = fmt::layer().with_writer(writer);
    let lines: Box<dyn Layer<_> + Send + Sync> = match format {
        // With colour, NO_COLOR still has its say; without, there is none at all.
        LogFormat::Text if colour => lines.boxed(),
        LogFormat::Text => lines.with_ansi(false).boxed(),
        // The list of spans, not only the innermost: the request's id stands in the outermost.
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(false).with_span_list(true).boxed(),
    };
    Ok(Registry::default().with(parsed).with(lines))
}

/// The route that a request matched, as registered, such as `/items/{id}`.
pub(crate) fn route_of(request: &Request) -> String {
    request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str).to_owned()
}

/// The span of a request. It has the level of errors, so that a filter which lets only errors through keeps the request's
/// id on them.
pub(crate) fn span(request: &Request, id: &RequestId, route: &str) -> Span {
    tracing::error_span!("request", method = method_of(request.method()), route, request_id = id.as_str())
}

/// Writes the closing line of a request, when its answer begins. The body of a streamed answer is written later.
pub(crate) fn finish(response: &Response, route: &str, latency: Duration, slow: Duration) {
    let status = response.status().as_u16();
    let latency_ms = u64::try_from(latency.as_millis()).unwrap_or(u64::MAX);
    if latency >= slow {
        tracing::warn!(status, latency_ms, "answered slowly");
    } else if is_quiet(route) {
        tracing::debug!(status, latency_ms, "answered");
    } else {
        tracing::info!(status, latency_ms, "answered");
    }
}

/// What machines ask every few seconds would bury what people ask.
fn is_quiet(route: &str) -> bool {
    route.starts_with("/health/") || route == "/metrics"
}

/// The method, of a closed set: callers may invent methods, and neither logs nor metrics should grow by them.
pub(crate) fn method_of(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}
