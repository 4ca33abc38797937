//! Which build this is.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::Json;

/// The answer of `/version`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Version {
    /// The app's name.
    pub name: &'static str,
    /// The app's version.
    pub version: &'static str,
    /// The commit it was built from: `ATRIZ_COMMIT` at build time, null when that was not set.
    #[schema(required)]
    pub commit: Option<&'static str>,
}

impl Version {
    pub(crate) fn new(name: &'static str, version: &'static str) -> Self {
        Self { name, version, commit: option_env!("ATRIZ_COMMIT").filter(|commit| !commit.is_empty()) }
    }
}

/// Tells which build this is.
#[utoipa::path(get, path = "/version", tag = "operations", responses((status = 200, body = Version)))]
async fn version(State(version): State<Version>) -> Json<Version> {
    Json(version)
}

pub(crate) fn routes(known: Version) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(version)).with_state(known)
}
