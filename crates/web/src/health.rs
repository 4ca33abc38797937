//! Whether the app lives, and whether it can serve.
//!
//! `/health/live` asks nothing: who answers lives. `/health/ready` asks every [`ReadinessProbe`] at once and answers
//! 200 or 503, with what each of them said.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::extract::State;
use axum::http::StatusCode;
use futures_util::FutureExt;
use futures_util::future::join_all;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::Json;

mod redact;

/// Something that an app needs in order to serve, such as one of its databases.
#[async_trait]
pub trait ReadinessProbe: Send + Sync + 'static {
    /// The component's name in the report, such as `core`.
    fn name(&self) -> &str;

    /// Looks now. It is dropped after [`Settings::probe_timeout`](crate::Settings); a panic counts as failed.
    async fn check(&self) -> Readiness;
}

/// Whether a component, or all of them, can serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProbeStatus {
    /// It can.
    Ok,
    /// It cannot.
    Failed,
}

/// What a probe found.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Readiness {
    /// Whether the component can serve.
    pub status: ProbeStatus,
    /// Why not, or what is worth knowing. Anybody can read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub message: Option<String>,
    /// Facts for a program to read, such as pending migrations. Anybody can read them.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub details: Value,
}

impl Readiness {
    /// The component can serve.
    pub fn ok() -> Self {
        Self { status: ProbeStatus::Ok, message: None, details: Value::Null }
    }

    /// The component cannot serve.
    pub fn failed(message: impl Into<String>) -> Self {
        Self { status: ProbeStatus::Failed, message: Some(message.into()), details: Value::Null }
    }

    /// Adds a message.
    #[must_use]
    pub fn with_message(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// Adds facts.
    #[must_use]
    pub fn with_details(mut self, details: impl Into<Value>) -> Self {
        self.details = details.into();
        self
    }

    /// Takes out what looks like a password; a probe should not say one, but an error it passes on may.
    fn redacted(mut self) -> Self {
        self.message = self.message.as_deref().map(redact::text);
        redact::value(&mut self.details);
        self
    }
}

/// One component in the report.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Component {
    /// The probe's name.
    pub name: String,
    /// What it found.
    #[serde(flatten)]
    pub readiness: Readiness,
}

/// The answer of `/health/ready`.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ReadinessReport {
    /// Failed as soon as one component is.
    pub status: ProbeStatus,
    /// Each component, in the order in which the app names them.
    pub components: Vec<Component>,
}

/// The answer of `/health/live`.
#[derive(Serialize, ToSchema)]
struct Liveness {
    status: ProbeStatus,
}

pub(crate) struct Health {
    pub(crate) probes: Vec<Arc<dyn ReadinessProbe>>,
    pub(crate) limit: Duration,
}

impl Health {
    async fn report(&self) -> ReadinessReport {
        let components = join_all(self.probes.iter().map(|probe| ask(&**probe, self.limit))).await;
        let ready = components.iter().all(|component| component.readiness.status == ProbeStatus::Ok);
        ReadinessReport { status: if ready { ProbeStatus::Ok } else { ProbeStatus::Failed }, components }
    }
}

async fn ask(probe: &dyn ReadinessProbe, limit: Duration) -> Component {
    let answer = tokio::time::timeout(limit, AssertUnwindSafe(probe.check()).catch_unwind()).await;
    let readiness = match answer {
        Ok(Ok(readiness)) => readiness.redacted(),
        Ok(Err(_panic)) => Readiness::failed("the check itself broke; see the log"),
        Err(_elapsed) => Readiness::failed(format!("no answer within {} ms", limit.as_millis())),
    };
    if readiness.status == ProbeStatus::Failed {
        tracing::warn!(component = probe.name(), message = readiness.message.as_deref(), "not ready");
    }
    Component { name: probe.name().to_owned(), readiness }
}

/// Tells that the process lives.
#[utoipa::path(get, path = "/health/live", tag = "operations", responses((status = 200, body = Liveness)))]
async fn live() -> Json<Liveness> {
    Json(Liveness { status: ProbeStatus::Ok })
}

/// Tells whether everything that the app needs is there.
#[utoipa::path(get, path = "/health/ready", tag = "operations", responses(
    (status = 200, description = "Ready", body = ReadinessReport),
    (status = 503, description = "Not ready; the components say why", body = ReadinessReport),
))]
async fn ready(State(health): State<Arc<Health>>) -> (StatusCode, Json<ReadinessReport>) {
    let report = health.report().await;
    let status = match report.status {
        ProbeStatus::Ok => StatusCode::OK,
        ProbeStatus::Failed => StatusCode::SERVICE_UNAVAILABLE,
    };
    (status, Json(report))
}

pub(crate) fn routes(health: Health) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(live)).routes(routes!(ready)).with_state(Arc::new(health))
}
