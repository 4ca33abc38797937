//! The HTTP edge that all apps share: problems, extractors, pages, health, logs, metrics, the OpenAPI document and a
//! server that starts and stops in good order.
//!
//! **It knows no database.** An app hands over routes with their state applied, and [`ReadinessProbe`]s that tell
//! whether what it needs is there; everything else about an app is unknown here.
//!
//! ```no_run
//! use atriz_web::{LogFormat, Server, bind, init_tracing, shutdown_signal};
//! use utoipa_axum::router::OpenApiRouter;
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! init_tracing(LogFormat::Text, "info")?;
//! let listener = bind(([127, 0, 0, 1], 3000).into()).await?;
//! let server = Server::builder("shop", env!("CARGO_PKG_VERSION")).api(OpenApiRouter::new()).build();
//! server.serve(listener, shutdown_signal()).await;
//! # Ok(())
//! # }
//! ```

mod around;
mod awaited;
mod bind;
mod etag;
mod extract;
mod guard;
mod headers;
mod health;
mod idempotency;
mod if_match;
mod logging;
mod metrics;
mod openapi;
mod page;
mod problem;
mod request_id;
mod serve;
mod server;
mod version;

pub use bind::{BindError, bind};
pub use etag::{Cached, version_etag, versioned};
pub use extract::{Json, ListQuery, MAX_JSON_DEPTH, NoFilters, Path, Query, is_encoded};
pub use guard::body_limit;
pub use health::{Component, ProbeStatus, Readiness, ReadinessProbe, ReadinessReport};
pub use idempotency::IdempotencyKey;
pub use if_match::IfMatch;
pub use logging::{LogFormat, LoggingError, init_tracing, is_filter, subscriber};
pub use metrics::Metrics;
pub use page::{DEFAULT_LIMIT, MAX_LIMIT, Page, PageQuery};
pub use problem::{FieldError, PROBLEM_JSON, PROBLEM_TYPE_BASE, Problem};
pub use request_id::{REQUEST_ID, RequestId};
pub use serve::shutdown_signal;
pub use server::{Server, ServerBuilder, Settings};
pub use version::Version;
