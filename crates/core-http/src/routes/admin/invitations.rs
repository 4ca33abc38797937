//! Accounts by invitation.

use atriz_core::Invitation;
use atriz_web::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::permissions::UsersWrite;
use super::super::values::Secret;
use crate::client::Sender;
use crate::extract::{Public, RequireSteppedUp};
use crate::problem::Refusal;
use crate::state::IssuerState;

/// Whom to invite.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Invite {
    #[schema(format = Email, max_length = 254)]
    email: String,
    /// The codes of the roles that the account is to hold; who invites must be permitted to grant them.
    #[serde(default)]
    #[schema(required = false, example = json!(["mextrack.driver"]))]
    roles: Vec<String>,
}

/// Who accepts.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Acceptance {
    /// The `token` of the link in the mail.
    #[schema(value_type = String)]
    token: Secret,
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// At least 15 characters.
    #[schema(value_type = String, format = Password, min_length = 15, max_length = 128)]
    password: Secret,
}

/// Invites somebody by mail.
#[utoipa::path(post, path = "/invitations", tag = "administration", request_body = Invite,
    security(("bearer" = []), ("cookie" = [])),
    extensions(("x-permission" = json!("users.write")), ("x-step-up" = json!(true))),
    responses((status = 202, description = "A mail is on its way")))]
async fn invite(
    caller: RequireSteppedUp<UsersWrite>,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    Json(asked): Json<Invite>,
) -> Result<StatusCode, Refusal> {
    let invitation = Invitation { email: asked.email, roles: asked.roles };
    state.issuer.accounts().invite(&caller, invitation, &client).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Makes the account of an invitation.
#[utoipa::path(post, path = "/invitations/accept", tag = "sign-in", request_body = Acceptance,
    extensions(("x-public" = json!(true))), responses((status = 204, description = "The account can sign in")))]
async fn accept(
    _: Public,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    Json(asked): Json<Acceptance>,
) -> Result<StatusCode, Refusal> {
    let accounts = state.issuer.accounts();
    accounts.accept_invitation(&asked.token.0, &asked.name, &asked.password.0, &client).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) fn routes() -> OpenApiRouter<IssuerState> {
    OpenApiRouter::new().routes(routes!(invite))
}

/// What the invited do, which is no administration.
pub(in super::super) fn accept_routes() -> OpenApiRouter<IssuerState> {
    OpenApiRouter::new().routes(routes!(accept))
}
