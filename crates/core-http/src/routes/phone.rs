//! A telephone number and its proof.

use atriz_web::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::values::Secret;
use crate::client::Sender;
use crate::extract::{AuthFresh, SteppedUp};
use crate::problem::Refusal;
use crate::state::IssuerState;

/// A number.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Number {
    /// In international form.
    #[schema(example = "+4915112345678", max_length = 32)]
    phone: String,
}

/// The code that was sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CodeOfMessage {
    #[schema(value_type = String, example = "123456")]
    code: Secret,
}

/// Sends a code to a number. The number becomes the account's once the code is given back.
#[utoipa::path(post, path = "/phone", tag = "account", request_body = Number,
    security(("bearer" = []), ("cookie" = [])), extensions(("x-signed-in" = json!(true)), ("x-step-up" = json!(true))),
    responses((status = 202, description = "A code is on its way")))]
async fn set(
    caller: SteppedUp,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    Json(number): Json<Number>,
) -> Result<StatusCode, Refusal> {
    state.issuer.accounts().set_phone(&caller, &number.phone, &client).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Removes the number.
#[utoipa::path(delete, path = "/phone", tag = "account", security(("bearer" = []), ("cookie" = [])),
    extensions(("x-signed-in" = json!(true)), ("x-step-up" = json!(true))),
    responses((status = 204, description = "The account has no number")))]
async fn remove(
    caller: SteppedUp,
    State(state): State<IssuerState>,
    Sender(client): Sender,
) -> Result<StatusCode, Refusal> {
    state.issuer.accounts().remove_phone(&caller, &client).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Proves a number by its code.
#[utoipa::path(post, path = "/phone/verify", tag = "account", request_body = CodeOfMessage,
    security(("bearer" = []), ("cookie" = [])), extensions(("x-signed-in" = json!(true)), ("x-fresh" = json!(true))),
    responses((status = 204, description = "The number is the account's")))]
async fn verify(
    caller: AuthFresh,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    Json(sent): Json<CodeOfMessage>,
) -> Result<StatusCode, Refusal> {
    state.issuer.accounts().verify_phone(&caller, &sent.code.0, &client).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) fn routes() -> OpenApiRouter<IssuerState> {
    OpenApiRouter::new().routes(routes!(set, remove)).routes(routes!(verify))
}
