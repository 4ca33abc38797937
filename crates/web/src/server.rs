//! An app's server: its own routes and those that every app has, with what is around all of them.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use tokio::net::TcpListener;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::around::{Around, around};
use crate::etag::Cached;
use crate::health::{self, Health, ReadinessProbe};
use crate::metrics::{self, Metrics};
use crate::serve::{self, Limits};
use crate::version::{self, Version};
use crate::{guard, openapi};

/// The limits of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The largest body that a route accepts unless it has a [`body_limit`](crate::body_limit) of its own: 64 KiB.
    pub body_limit: usize,
    /// How long a request may take until its answer begins: 30 s.
    pub request_timeout: Duration,
    /// How long a caller may take to send a request's head: 10 s. Connections without a request end after it too.
    pub header_read_timeout: Duration,
    /// How long requests in flight may take after the end was asked for: 10 s.
    pub drain_timeout: Duration,
    /// How long a readiness probe may take: 0.9 s, so that `/health/ready` answers within a second.
    pub probe_timeout: Duration,
    /// From when on a request is logged as slow: 1 s.
    pub slow_request: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            body_limit: 64 * 1024,
            request_timeout: Duration::from_secs(30),
            header_read_timeout: Duration::from_secs(10),
            drain_timeout: Duration::from_secs(10),
            probe_timeout: Duration::from_millis(900),
            slow_request: Duration::from_secs(1),
        }
    }
}

/// Collects what a [`Server`] is made of.
pub struct ServerBuilder {
    app: Version,
    description: Option<&'static str>,
    api: OpenApiRouter,
    probes: Vec<Arc<dyn ReadinessProbe>>,
    settings: Settings,
    metrics: Metrics,
}

impl ServerBuilder {
    /// Says what the app is for, at the top of the OpenAPI document.
    #[must_use]
    pub fn description(mut self, text: &'static str) -> Self {
        self.description = Some(text);
        self
    }

    /// Adds routes, with their state applied. May be called again; the paths must differ.
    #[must_use]
    pub fn api(mut self, routes: OpenApiRouter) -> Self {
        self.api = self.api.merge(routes);
        self
    }

    /// Adds something that `/health/ready` asks.
    #[must_use]
    pub fn probe(mut self, probe: impl ReadinessProbe) -> Self {
        self.probes.push(Arc::new(probe));
        self
    }

    /// Sets other limits.
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Uses a registry to which the app has added its own metrics.
    #[must_use]
    pub fn metrics(mut self, metrics: Metrics) -> Self {
        self.metrics = metrics;
        self
    }

    /// Puts it together.
    ///
    /// # Panics
    ///
    /// When a route has a path that every app has, such as `/version`: a mistake that shows at the first start.
    pub fn build(self) -> Server {
        let Self { app, description, api, probes, settings, metrics } = self;
        let common =
            health::routes(Health { probes, limit: settings.probe_timeout }).merge(version::routes(app.clone()));
        let (routes, mut document) = api.merge(common).split_for_parts();
        openapi::complete(&mut document, &app, description);
        let cached = Cached::json(&document).expect("an OpenAPI document has text keys only, so it serialises");
        let routes = routes
            .merge(openapi::routes(cached))
            .route("/metrics", get(metrics::show).with_state(metrics.clone()))
            .fallback(guard::not_found)
            .method_not_allowed_fallback(guard::method_not_allowed);
        Server { router: layered(routes, metrics, &settings), document, settings, app }
    }
}

/// What is around every route and fallback, the limit of bodies innermost, where a route may have one of its own.
fn layered(routes: Router, metrics: Metrics, settings: &Settings) -> Router {
    let with = Around { metrics, slow_request: settings.slow_request, request_timeout: settings.request_timeout };
    routes.layer((from_fn_with_state(with, around), DefaultBodyLimit::max(settings.body_limit)))
}

/// An app, ready to be served.
pub struct Server {
    router: Router,
    document: OpenApi,
    settings: Settings,
    app: Version,
}

impl Server {
    /// Starts with the app's name and version, as `/version` and the OpenAPI document show them.
    pub fn builder(name: &'static str, version: &'static str) -> ServerBuilder {
        ServerBuilder {
            app: Version::new(name, version),
            description: None,
            api: OpenApiRouter::default(),
            probes: Vec::new(),
            settings: Settings::default(),
            metrics: Metrics::new(),
        }
    }

    /// The routes with all layers, for a test that needs no port.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    /// The OpenAPI document.
    pub fn openapi(&self) -> &OpenApi {
        &self.document
    }

    /// Serves until `shutdown` completes; then takes no new connections, gives the requests in flight their time, and
    /// returns.
    pub async fn serve(self, listener: TcpListener, shutdown: impl Future<Output = ()>) {
        let app = self.app.name;
        match listener.local_addr() {
            Ok(address) => tracing::info!(app, %address, "serving"),
            Err(err) => tracing::warn!(app, error = %err, "serving on an address that the system does not tell"),
        }
        let limits = Limits { header_read: self.settings.header_read_timeout, drain: self.settings.drain_timeout };
        serve::run(self.router, listener, limits, shutdown).await;
        tracing::info!(app, "stopped serving");
    }
}
