//! Proving an address, and changing it.

use atriz_web::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::values::Secret;
use crate::client::Sender;
use crate::extract::{AuthFresh, Public};
use crate::problem::Refusal;
use crate::state::IssuerState;

/// What a link holds, and what only the one who asked for it knows.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AddressProof {
    /// The `token` of the link in the mail.
    #[schema(value_type = String)]
    token: Secret,
    /// The password of the account.
    #[schema(value_type = String, format = Password)]
    password: Secret,
}

/// An address.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Address {
    #[schema(format = Email, max_length = 254)]
    email: String,
}

/// The new address.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AddressChange {
    #[schema(format = Email, max_length = 254)]
    email: String,
    /// The present password.
    #[schema(value_type = String, format = Password)]
    password: Secret,
}

/// Proves an address by the token of its mail and the password that was chosen for the account, so that nobody who only
/// reads the mail proves it for somebody else. From then on the account can sign in. A wrong password and a link that is not
/// good are the same 400.
#[utoipa::path(post, path = "/email/verify", tag = "account", request_body = AddressProof,
    extensions(("x-public" = json!(true))), responses((status = 204, description = "The address is proven")))]
async fn verify(
    _: Public,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    Json(proof): Json<AddressProof>,
) -> Result<StatusCode, Refusal> {
    state.issuer.accounts().verify_email(&proof.token.0, &proof.password.0, &client).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends the mail that proves an address again. The answer is the same for every address.
#[utoipa::path(post, path = "/email/verification", tag = "account", request_body = Address,
    extensions(("x-public" = json!(true))),
    responses((status = 202, description = "If the address waits for its proof, a mail is on its way")))]
async fn resend(
    _: Public,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    Json(address): Json<Address>,
) -> Result<StatusCode, Refusal> {
    state.issuer.accounts().resend_verification(&address.email, &client).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Asks for another address. Nothing changes until the link that is sent there is used. Whoever has a second factor proves
/// it first, by `/auth/step-up`.
#[utoipa::path(post, path = "/email/change", tag = "account", request_body = AddressChange,
    security(("bearer" = []), ("cookie" = [])), extensions(("x-signed-in" = json!(true)), ("x-fresh" = json!(true))),
    responses((status = 202, description = "A mail is on its way to the new address")))]
async fn change(
    caller: AuthFresh,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    Json(change): Json<AddressChange>,
) -> Result<StatusCode, Refusal> {
    state.issuer.accounts().change_email(&caller, &change.email, &change.password.0, &client).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Changes the address by the token of the mail that was sent to the new one and the password of the account, so that nobody
/// who only reads the mail gives their address to somebody else's account. All sessions end but the one that asked. A wrong
/// password and a link that is not good are the same 400.
#[utoipa::path(post, path = "/email/change/confirm", tag = "account", request_body = AddressProof,
    extensions(("x-public" = json!(true))), responses((status = 204, description = "The address is changed")))]
async fn confirm(
    _: Public,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    Json(proof): Json<AddressProof>,
) -> Result<StatusCode, Refusal> {
    state.issuer.accounts().confirm_email_change(&proof.token.0, &proof.password.0, &client).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) fn routes() -> OpenApiRouter<IssuerState> {
    OpenApiRouter::new()
        .routes(routes!(verify))
        .routes(routes!(resend))
        .routes(routes!(change))
        .routes(routes!(confirm))
}
