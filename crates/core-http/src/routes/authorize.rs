//! The authorization endpoint of RFC 6749, for somebody who is signed in here already.

use atriz_core::AuthorizationRequest;
use atriz_web::{Problem, Query};
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{HeaderValue, LOCATION};
use axum::response::{IntoResponse, Response};
use secrecy::ExposeSecret;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::client::Sender;
use crate::extract::AuthFresh;
use crate::problem::Refusal;
use crate::state::IssuerState;

/// What an app asks for. A parameter that is not named here is ignored.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct AuthorizeQuery {
    /// `code`; there is no other.
    response_type: String,
    /// The app's code.
    client_id: String,
    /// Where the answer goes: one of the addresses that are registered for the app, letter by letter.
    redirect_uri: String,
    /// The SHA-256 of the verifier, in base64url (RFC 7636).
    code_challenge: String,
    /// `S256`; there is no other.
    code_challenge_method: String,
    /// What the app wants to see again.
    state: Option<String>,
}

/// Leads back to the app with a code that is good for a minute, once.
#[utoipa::path(get, path = "/authorize", tag = "oauth", params(AuthorizeQuery),
    security(("bearer" = []), ("cookie" = [])), extensions(("x-signed-in" = json!(true))), responses(
        (status = 303, description = "Back to the app",
            headers(("Location" = String, description = "With `code`, `state` and `iss`"))),
    ))]
async fn authorize(
    caller: AuthFresh,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    Query(asked): Query<AuthorizeQuery>,
) -> Result<Response, Refusal> {
    if asked.response_type != "code" {
        return Err(Problem::invalid_parameter("response_type", "is `code`").into());
    }
    let request = AuthorizationRequest {
        app: asked.client_id,
        redirect_uri: asked.redirect_uri,
        challenge: asked.code_challenge,
        challenge_method: asked.code_challenge_method,
        state: asked.state,
    };
    let granted = state.issuer.sessions().authorize(&caller, request, &client).await?;
    let mut location =
        HeaderValue::try_from(granted.location.expose_secret()).map_err(|error| Problem::internal(&error))?;
    location.set_sensitive(true);
    Ok((StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response())
}

pub(super) fn routes() -> OpenApiRouter<IssuerState> {
    OpenApiRouter::new().routes(routes!(authorize))
}
