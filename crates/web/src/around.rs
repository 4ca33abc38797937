//! What is done around every request, from its first moment to the first byte of its answer.
//!
//! It is one layer: axum puts boxes around each that it is given, for every request, and hundreds may wait at once.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

use crate::logging::{self, method_of, route_of};
use crate::metrics::{Metrics, Running};
use crate::{guard, headers, request_id};

/// What is needed for it.
#[derive(Clone)]
pub(crate) struct Around {
    pub(crate) metrics: Metrics,
    /// A request that takes as long is told in the log.
    pub(crate) slow_request: Duration,
    /// By when an answer has to begin.
    pub(crate) request_timeout: Duration,
}

/// Names the request, counts it, guards the others from it, and writes its line in the log.
pub(crate) async fn around(State(with): State<Around>, mut request: Request, next: Next) -> Response {
    let id = request_id::assign(&mut request);
    let route = route_of(&request);
    let running = Running::start(with.metrics, method_of(request.method()), route.clone());
    let span = logging::span(&request, &id, &route);
    let mut response = guard::guarded(with.request_timeout, request, next).instrument(span.clone()).await;
    headers::secure(response.headers_mut());
    let latency = running.answered(&response);
    span.in_scope(|| logging::finish(&response, &route, latency, with.slow_request));
    request_id::answer(&id, &mut response);
    response
}
