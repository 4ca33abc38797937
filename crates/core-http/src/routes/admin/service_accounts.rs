//! Programs that have an account of their own.

use std::collections::BTreeSet;

use atriz_core::{NewServiceAccount, ServiceAccountInfo};
use atriz_web::{Json, Path};
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::super::lists::All;
use super::super::permissions::{AppsRead, AppsWrite};
use crate::client::Sender;
use crate::extract::{RequireFresh, RequireSteppedUp};
use crate::problem::Refusal;
use crate::state::IssuerState;

/// A service account.
#[derive(Debug, Serialize, ToSchema)]
struct ServiceAccountView {
    id: Uuid,
    code: String,
    name: String,
    /// The app that it belongs to; null for the whole platform.
    #[schema(required)]
    app: Option<String>,
    /// The most that its keys may permit.
    permissions: BTreeSet<String>,
    #[schema(required)]
    disabled_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
}

impl From<ServiceAccountInfo> for ServiceAccountView {
    fn from(info: ServiceAccountInfo) -> Self {
        let ServiceAccountInfo { id, code, name, app, permissions, disabled_at, created_at, .. } = info;
        Self { id, code, name, app, permissions, disabled_at, created_at }
    }
}

/// A new service account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewServiceAccountBody {
    #[schema(example = "gps-gateway", min_length = 1, max_length = 64)]
    code: String,
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// The app that it belongs to; without, the whole platform.
    #[serde(default)]
    #[schema(nullable = false)]
    app: Option<String>,
    /// The most that its keys may permit.
    #[schema(example = json!(["positions.write"]))]
    permissions: Vec<String>,
}

/// Lists the service accounts.
#[utoipa::path(get, path = "/service-accounts", tag = "administration", security(("bearer" = []), ("cookie" = [])),
    extensions(("x-permission" = json!("apps.read")), ("x-fresh" = json!(true))), responses((status = 200, body = All<ServiceAccountView>)))]
async fn list(
    caller: RequireFresh<AppsRead>,
    State(state): State<IssuerState>,
) -> Result<Json<All<ServiceAccountView>>, Refusal> {
    Ok(Json(All::of(state.issuer.api_keys().service_accounts(&caller).await?)))
}

/// Makes a service account.
#[utoipa::path(post, path = "/service-accounts", tag = "administration", request_body = NewServiceAccountBody,
    security(("bearer" = []), ("cookie" = [])),
    extensions(("x-permission" = json!("apps.write")), ("x-step-up" = json!(true))),
    responses((status = 201, body = ServiceAccountView)))]
async fn create(
    caller: RequireSteppedUp<AppsWrite>,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    Json(asked): Json<NewServiceAccountBody>,
) -> Result<(StatusCode, Json<ServiceAccountView>), Refusal> {
    let NewServiceAccountBody { code, name, app, permissions } = asked;
    let account = NewServiceAccount { code, name, app, permissions };
    let made = state.issuer.api_keys().create_service_account(&caller, account, &client).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}

/// Shuts a service account: its keys are good no longer.
#[utoipa::path(post, path = "/service-accounts/{id}/disable", tag = "administration",
    params(("id" = Uuid, Path, description = "The service account")), security(("bearer" = []), ("cookie" = [])),
    extensions(("x-permission" = json!("apps.write")), ("x-step-up" = json!(true))),
    responses((status = 204, description = "It is shut")))]
async fn disable(
    caller: RequireSteppedUp<AppsWrite>,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Refusal> {
    state.issuer.api_keys().disable_service_account(&caller, id, &client).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) fn routes() -> OpenApiRouter<IssuerState> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(disable))
}
