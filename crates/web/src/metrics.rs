//! What is counted, in the `OpenMetrics` text format at `/metrics`.
//!
//! Each app has a registry of its own, since several apps may run in one process.

mod memory;

use std::fmt;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::problem::Problem;

const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Upper bounds in seconds: from an answer out of memory to one that comes close to the time limit.
const LATENCIES: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

/// The counters of one app. Clones share them.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

struct Inner {
    registry: Mutex<Registry>,
    requests: Family<Labels, Counter<u64, AtomicU64>>,
    latency: Family<Labels, Histogram, fn() -> Histogram>,
    in_flight: Gauge,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    method: &'static str,
    route: String,
    status: &'static str,
}

impl Metrics {
    /// A registry with what every app counts.
    pub fn new() -> Self {
        let mut registry = Registry::default();
        let requests = Family::default();
        let new_histogram: fn() -> Histogram = || Histogram::new(LATENCIES);
        let latency = Family::new_with_constructor(new_histogram);
        let in_flight = Gauge::default();
        registry.register("http_requests", "Requests answered, or given up by the caller", requests.clone());
        let help = "Time until the answer began";
        registry.register_with_unit("http_request_duration", help, Unit::Seconds, latency.clone());
        registry.register("http_requests_in_flight", "Requests whose answer has not begun", in_flight.clone());
        registry.register_collector(Box::new(memory::ResidentMemory));
        Self(Arc::new(Inner { registry: Mutex::new(registry), requests, latency, in_flight }))
    }

    /// Adds an app's own metrics.
    pub fn register(&self, add: impl FnOnce(&mut Registry)) {
        add(&mut self.0.registry.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// All of it as `OpenMetrics` text.
    pub fn encode(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.0.registry.lock().unwrap_or_else(PoisonError::into_inner))?;
        Ok(text)
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

pub(crate) async fn show(State(metrics): State<Metrics>) -> Result<Response, Problem> {
    let text = metrics.encode().map_err(|err| Problem::internal(&err))?;
    Ok(([(header::CONTENT_TYPE, OPENMETRICS)], text).into_response())
}

/// A request that is counted when this is dropped: answered, or given up by a caller who went away before.
pub(crate) struct Running {
    metrics: Metrics,
    labels: Labels,
    started: Instant,
}

impl Running {
    pub(crate) fn start(metrics: Metrics, method: &'static str, route: String) -> Self {
        metrics.0.in_flight.inc();
        Self { metrics, labels: Labels { method, route, status: "gone" }, started: Instant::now() }
    }

    /// Counts it as answered. How long that took.
    pub(crate) fn answered(mut self, response: &Response) -> Duration {
        self.labels.status = class_of(response);
        self.started.elapsed()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let inner = &self.metrics.0;
        inner.in_flight.dec();
        inner.requests.get_or_create(&self.labels).inc();
        inner.latency.get_or_create(&self.labels).observe(self.started.elapsed().as_secs_f64());
    }
}

fn class_of(response: &Response) -> &'static str {
    match response.status().as_u16() {
        100..=199 => "1xx",
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        _ => "5xx",
    }
}
