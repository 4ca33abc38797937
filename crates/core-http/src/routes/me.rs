//! One's own account.

use atriz_core::{Account, AuthError};
use atriz_web::{IfMatch, Json, Problem, version_etag};
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::ETAG;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::values::Secret;
use crate::client::Sender;
use crate::extract::{Auth, AuthFresh};
use crate::problem::{Refusal, problem_of};
use crate::state::IssuerState;

/// An account, without any of its secrets.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AccountView {
    id: Uuid,
    name: String,
    email: String,
    /// When the address was proven; null while it is not.
    #[schema(required)]
    email_verified_at: Option<DateTime<Utc>>,
    /// The telephone number in international form; null when there is none.
    #[schema(required)]
    phone: Option<String>,
    #[schema(required)]
    phone_verified_at: Option<DateTime<Utc>>,
    /// `active`, `disabled` or `erased`.
    #[schema(example = "active")]
    status: &'static str,
    #[schema(required)]
    last_login_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    /// Grows with every change; also in the `ETag`.
    version: i64,
}

impl From<Account> for AccountView {
    fn from(account: Account) -> Self {
        Self {
            id: account.id.0,
            name: account.name,
            email: account.email,
            email_verified_at: account.email_verified_at,
            phone: account.phone,
            phone_verified_at: account.phone_verified_at,
            status: account.status.code(),
            last_login_at: account.last_login_at,
            created_at: account.created_at,
            version: account.version,
        }
    }
}

/// The account, and what this session may do with it in this app.
#[derive(Debug, Serialize, ToSchema)]
struct Me {
    #[serde(flatten)]
    account: AccountView,
    /// The app that the session is for.
    app: String,
    /// The roles held in it.
    roles: Vec<String>,
    /// What they permit.
    permissions: Vec<String>,
}

/// What can be changed without further proof.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Rename {
    #[schema(min_length = 1, max_length = 200)]
    name: String,
}

/// The present password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Confirmation {
    #[schema(value_type = String, format = Password)]
    password: Secret,
}

/// Shows who is signed in.
#[utoipa::path(get, path = "/me", tag = "account", security(("bearer" = []), ("cookie" = [])),
    extensions(("x-signed-in" = json!(true))),
    responses((status = 200, body = Me, headers(("ETag" = String, description = "The version")))))]
async fn show(caller: Auth, State(state): State<IssuerState>) -> Result<Response, Refusal> {
    let account = state.issuer.accounts().profile(&caller).await?;
    let version = account.version;
    let (app, roles) = (caller.app.clone(), caller.roles.clone());
    let permissions = caller.permissions.iter().cloned().collect();
    let shown = Me { account: account.into(), app, roles, permissions };
    Ok(([(ETAG, version_etag(version))], Json(shown)).into_response())
}

/// Changes the name.
#[utoipa::path(patch, path = "/me", tag = "account", params(IfMatch), request_body = Rename,
    security(("bearer" = []), ("cookie" = [])), extensions(("x-signed-in" = json!(true)), ("x-fresh" = json!(true))),
    responses((status = 200, body = AccountView, headers(("ETag" = String, description = "The version")))))]
async fn rename(
    caller: AuthFresh,
    State(state): State<IssuerState>,
    IfMatch(version): IfMatch,
    Sender(client): Sender,
    Json(asked): Json<Rename>,
) -> Result<Response, Refusal> {
    let renamed = state.issuer.accounts().rename(&caller, &asked.name, Some(version), &client).await;
    let account = renamed.map_err(|error| match error {
        AuthError::Conflict(_) => Problem::precondition_failed(),
        other => problem_of(other),
    })?;
    Ok(([(ETAG, version_etag(account.version))], Json(AccountView::from(account))).into_response())
}

/// Closes the account: all its sessions and API keys end, and nobody can sign in to it. An administrator can open it again. Whoever has
/// a second factor proves it first, by `/auth/step-up`.
#[utoipa::path(post, path = "/deactivate", tag = "account", request_body = Confirmation,
    security(("bearer" = []), ("cookie" = [])), extensions(("x-signed-in" = json!(true)), ("x-fresh" = json!(true))),
    responses((status = 204, description = "The account is closed")))]
async fn deactivate(
    caller: AuthFresh,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    Json(confirmation): Json<Confirmation>,
) -> Result<StatusCode, Refusal> {
    state.issuer.accounts().deactivate(&caller, &confirmation.password.0, &client).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) fn routes() -> OpenApiRouter<IssuerState> {
    OpenApiRouter::new().routes(routes!(show, rename)).routes(routes!(deactivate))
}
