//! Other people's sessions.

use atriz_kernel::UserId;
use atriz_web::{Json, Path};
use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::super::lists::All;
use super::super::permissions::{SessionsRead, SessionsRevoke};
use super::super::sessions::Session;
use crate::client::Sender;
use crate::extract::RequireFresh;
use crate::problem::Refusal;
use crate::state::IssuerState;

/// Lists the sessions of an account that have not ended.
#[utoipa::path(get, path = "/users/{id}/sessions", tag = "administration",
    params(("id" = Uuid, Path, description = "The account")), security(("bearer" = []), ("cookie" = [])),
    extensions(("x-permission" = json!("sessions.read")), ("x-fresh" = json!(true))),
    responses((status = 200, body = All<Session>)))]
async fn list(
    caller: RequireFresh<SessionsRead>,
    State(state): State<IssuerState>,
    Path(id): Path<Uuid>,
) -> Result<Json<All<Session>>, Refusal> {
    Ok(Json(All::of(state.issuer.sessions().list_of(&caller, UserId(id)).await?)))
}

/// Ends one session of an account, and those that were made from it.
#[utoipa::path(delete, path = "/users/{id}/sessions/{session}", tag = "administration",
    params(("id" = Uuid, Path, description = "The account"), ("session" = Uuid, Path, description = "The session")),
    security(("bearer" = []), ("cookie" = [])),
    extensions(("x-permission" = json!("sessions.revoke")), ("x-fresh" = json!(true))),
    responses((status = 204, description = "It has ended")))]
async fn revoke(
    caller: RequireFresh<SessionsRevoke>,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    Path((id, session)): Path<(Uuid, Uuid)>,
) -> Result<StatusCode, Refusal> {
    state.issuer.sessions().revoke_of(&caller, UserId(id), session, &client).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) fn routes() -> OpenApiRouter<IssuerState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(revoke))
}
