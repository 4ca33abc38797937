//! Proving again who one is, for what demands it.

use atriz_web::Json;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Tokens, handed};
use super::values::Secret;
use crate::client::Sender;
use crate::extract::AuthFresh;
use crate::problem::Refusal;
use crate::state::IssuerState;

/// The proof.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Proof {
    #[schema(value_type = String, format = Password)]
    password: Secret,
    /// A code of the second factor; only for accounts that have one.
    #[serde(default)]
    #[schema(value_type = Option<String>, nullable = false)]
    code: Option<Secret>,
}

/// Proves who one is, for the next ten minutes. What comes back replaces what the request came with.
#[utoipa::path(post, path = "/step-up", tag = "sign-in", request_body = Proof,
    security(("bearer" = []), ("cookie" = [])), extensions(("x-signed-in" = json!(true)), ("x-fresh" = json!(true))), responses(
        (status = 200, body = Tokens),
        (status = 204, description = "Proven; the cookie has a new value"),
    ))]
async fn step_up(
    caller: AuthFresh,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    Json(proof): Json<Proof>,
) -> Result<Response, Refusal> {
    let code = proof.code.map(|code| code.0);
    let signed_in = state.issuer.sessions().step_up(&caller, proof.password.0, code, &client).await?;
    Ok(handed(&state.auth, signed_in))
}

pub(super) fn routes() -> OpenApiRouter<IssuerState> {
    OpenApiRouter::new().routes(routes!(step_up))
}
