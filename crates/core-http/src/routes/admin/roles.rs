//! Roles, and who holds them.

use atriz_core::RoleSummary;
use atriz_kernel::UserId;
use atriz_web::{Json, Path, Problem, Query};
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::super::lists::All;
use super::super::permissions::{RolesGrant, RolesRead};
use crate::client::Sender;
use crate::extract::{RequireFresh, RequireSteppedUp};
use crate::problem::Refusal;
use crate::state::IssuerState;

/// A role and what it permits.
#[derive(Debug, Serialize, ToSchema)]
struct RoleView {
    #[schema(example = "mextrack.dispatcher")]
    code: String,
    name: String,
    description: String,
    /// The app that it counts in; null for all of them.
    #[schema(required)]
    app: Option<String>,
    /// The roles whose permissions it has, too.
    includes: Vec<String>,
    /// What it permits by itself.
    permissions: Vec<String>,
}

impl From<RoleSummary> for RoleView {
    fn from(role: RoleSummary) -> Self {
        let RoleSummary { code, name, description, app, includes, permissions, .. } = role;
        Self { code, name, description, app, includes, permissions }
    }
}

/// How long a role is held.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct GrantQuery {
    /// When the role is lost again; without, it is not.
    expires_at: Option<DateTime<Utc>>,
}

/// Lists all roles.
#[utoipa::path(get, path = "/roles", tag = "administration", security(("bearer" = []), ("cookie" = [])),
    extensions(("x-permission" = json!("roles.read")), ("x-fresh" = json!(true))), responses((status = 200, body = All<RoleView>)))]
async fn list(_: RequireFresh<RolesRead>, State(state): State<IssuerState>) -> Result<Json<All<RoleView>>, Refusal> {
    Ok(Json(All::of(state.issuer.roles().list().await?)))
}

/// Gives a role to an account. Nobody gives what they may not do themselves.
#[utoipa::path(put, path = "/users/{id}/roles/{code}", tag = "administration",
    params(("id" = Uuid, Path, description = "The account"), ("code" = String, Path, description = "The role"), GrantQuery),
    security(("bearer" = []), ("cookie" = [])),
    extensions(("x-permission" = json!("roles.grant")), ("x-step-up" = json!(true))),
    responses((status = 204, description = "It holds the role")))]
async fn grant(
    caller: RequireSteppedUp<RolesGrant>,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    Path((id, code)): Path<(Uuid, String)>,
    Query(asked): Query<GrantQuery>,
) -> Result<StatusCode, Refusal> {
    state.issuer.roles().grant(&caller, UserId(id), &checked(code)?, asked.expires_at, &client).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a role from an account. Its sessions lose it within two seconds.
#[utoipa::path(delete, path = "/users/{id}/roles/{code}", tag = "administration",
    params(("id" = Uuid, Path, description = "The account"), ("code" = String, Path, description = "The role")),
    security(("bearer" = []), ("cookie" = [])),
    extensions(("x-permission" = json!("roles.grant")), ("x-step-up" = json!(true))),
    responses((status = 204, description = "It does not hold the role")))]
async fn take_back(
    caller: RequireSteppedUp<RolesGrant>,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    Path((id, code)): Path<(Uuid, String)>,
) -> Result<StatusCode, Refusal> {
    state.issuer.roles().revoke(&caller, UserId(id), &checked(code)?, &client).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A code that a role could have. No other is looked up.
pub(super) fn checked(code: String) -> Result<String, Problem> {
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
    if (1..=100).contains(&code.len()) && code.bytes().all(letter) { Ok(code) } else { Err(Problem::not_found()) }
}

pub(super) fn routes() -> OpenApiRouter<IssuerState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(grant, take_back))
}
