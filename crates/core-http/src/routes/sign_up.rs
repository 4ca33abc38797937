//! Making an account.

use atriz_core::NewAccount;
use atriz_web::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::values::Secret;
use crate::client::Sender;
use crate::extract::Public;
use crate::problem::Refusal;
use crate::state::IssuerState;

/// Who wants an account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignUp {
    #[schema(format = Email, max_length = 254)]
    email: String,
    /// How the person wants to be called.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// At least 15 characters; whatever they are, but no password that many people have.
    #[schema(value_type = String, format = Password, min_length = 15, max_length = 128)]
    password: Secret,
}

/// Asks for an account. The answer is the same whether the address has one or not; the mail that is sent says which.
#[utoipa::path(post, path = "/sign-up", tag = "sign-in", request_body = SignUp, extensions(("x-public" = json!(true))),
    responses((status = 202, description = "A mail is on its way to the address")))]
async fn sign_up(
    _: Public,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    Json(asked): Json<SignUp>,
) -> Result<StatusCode, Refusal> {
    let account = NewAccount { email: asked.email, name: asked.name, password: asked.password.0 };
    state.issuer.accounts().sign_up(account, &client).await?;
    Ok(StatusCode::ACCEPTED)
}

pub(super) fn routes() -> OpenApiRouter<IssuerState> {
    OpenApiRouter::new().routes(routes!(sign_up))
}
