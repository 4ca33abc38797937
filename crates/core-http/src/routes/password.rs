//! Passwords: forgotten, reset, changed.

use atriz_web::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::renewed;
use super::values::Secret;
use crate::client::Sender;
use crate::extract::{AuthFresh, Public};
use crate::problem::Refusal;
use crate::state::IssuerState;

/// Whose password is forgotten.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Forgotten {
    #[schema(format = Email, max_length = 254)]
    email: String,
}

/// The link's token and the new password, in one: there are no steps between that could be left out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Reset {
    /// The `token` of the link in the mail.
    #[schema(value_type = String)]
    token: Secret,
    /// At least 15 characters, or 8 for an account with a second factor.
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 128)]
    password: Secret,
}

/// The present password and the new one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Change {
    /// The present password.
    #[schema(value_type = String, format = Password)]
    current: Secret,
    /// At least 15 characters, or 8 for an account with a second factor.
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 128)]
    password: Secret,
}

/// Sends a link that resets the password. The answer is the same for every address.
#[utoipa::path(post, path = "/password/forgot", tag = "account", request_body = Forgotten,
    extensions(("x-public" = json!(true))),
    responses((status = 202, description = "If the address has an account, a mail is on its way")))]
async fn forgot(
    _: Public,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    Json(forgotten): Json<Forgotten>,
) -> Result<StatusCode, Refusal> {
    state.issuer.accounts().forgot_password(&forgotten.email, &client).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Sets a new password by the token of a mail, and ends all sessions and API keys of the account. Nobody is signed
/// in by it.
#[utoipa::path(post, path = "/password/reset", tag = "account", request_body = Reset,
    extensions(("x-public" = json!(true))), responses((status = 204, description = "The password is set")))]
async fn reset(
    _: Public,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    Json(reset): Json<Reset>,
) -> Result<StatusCode, Refusal> {
    state.issuer.accounts().reset_password(&reset.token.0, &reset.password.0, &client).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Changes the password, and ends all other sessions of the account, those of other apps that hang on this one among them. A
/// browser gets another cookie. Whoever has a second factor proves it first, by
/// `/auth/step-up`.
#[utoipa::path(post, path = "/password/change", tag = "account", request_body = Change,
    security(("bearer" = []), ("cookie" = [])), extensions(("x-signed-in" = json!(true)), ("x-fresh" = json!(true))),
    responses((status = 204, description = "The password is changed")))]
async fn change(
    caller: AuthFresh,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    Json(change): Json<Change>,
) -> Result<Response, Refusal> {
    let accounts = state.issuer.accounts();
    let cookie = accounts.change_password(&caller, &change.current.0, &change.password.0, &client).await?;
    Ok(renewed(StatusCode::NO_CONTENT.into_response(), &state.auth, cookie.as_ref()))
}

pub(super) fn routes() -> OpenApiRouter<IssuerState> {
    OpenApiRouter::new().routes(routes!(forgot)).routes(routes!(reset)).routes(routes!(change))
}
