//! One's own sessions.

use atriz_core::SessionInfo;
use atriz_web::{Json, Path};
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::lists::All;
use crate::client::Sender;
use crate::extract::Auth;
use crate::problem::Refusal;
use crate::state::IssuerState;

/// A session of the account.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Session {
    id: Uuid,
    /// The app it is for.
    app: String,
    /// The session that it was made from and ends with; null for one of its own.
    #[schema(required)]
    parent: Option<Uuid>,
    /// Whether it is the one that asks.
    current: bool,
    /// Where it was begun from; null when not known.
    #[schema(required)]
    ip: Option<String>,
    /// What it was begun with, as that calls itself; null when it does not.
    #[schema(required)]
    user_agent: Option<String>,
    /// When the person last proved who they are.
    auth_time: DateTime<Utc>,
    created_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    last_seen_at: DateTime<Utc>,
    /// When it ends unless it is used.
    idle_expires_at: DateTime<Utc>,
    /// When it ends in any case.
    expires_at: DateTime<Utc>,
}

impl From<SessionInfo> for Session {
    fn from(info: SessionInfo) -> Self {
        Self {
            id: info.id,
            app: info.app,
            parent: info.parent,
            current: info.is_current,
            ip: info.ip,
            user_agent: info.user_agent,
            auth_time: info.auth_time,
            created_at: info.created_at,
            last_seen_at: info.last_seen_at,
            idle_expires_at: info.idle_expires_at,
            expires_at: info.absolute_expires_at,
        }
    }
}

/// Lists the sessions of the account that have not ended.
#[utoipa::path(get, path = "/sessions", tag = "sessions", security(("bearer" = []), ("cookie" = [])),
    extensions(("x-signed-in" = json!(true))), responses((status = 200, body = All<Session>)))]
async fn list(caller: Auth, State(state): State<IssuerState>) -> Result<Json<All<Session>>, Refusal> {
    Ok(Json(All::of(state.issuer.sessions().list(&caller).await?)))
}

/// Ends one session of the account, and those that were made from it.
#[utoipa::path(delete, path = "/sessions/{id}", tag = "sessions", params(("id" = Uuid, Path, description = "The session")),
    security(("bearer" = []), ("cookie" = [])), extensions(("x-signed-in" = json!(true))),
    responses((status = 204, description = "It has ended")))]
async fn revoke(
    caller: Auth,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Refusal> {
    state.issuer.sessions().revoke(&caller, id, &client).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) fn routes() -> OpenApiRouter<IssuerState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(revoke))
}
