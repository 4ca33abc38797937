//! The authorization endpoint of RFC 6749. A browser whose user is not signed in here is led to the page for that first.

use atriz_core::AuthorizationRequest;
use atriz_web::{Problem, Query};
use axum::extract::{RawQuery, State};
use axum::http::header::{ACCEPT, HeaderMap, HeaderValue, LOCATION};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use secrecy::ExposeSecret;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::sign_in_page;
use crate::client::Sender;
use crate::extract::AuthFresh;
use crate::problem::Refusal;
use crate::state::IssuerState;

const HTML: &str = "text/html";

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

/// Leads back to the app with a code that is good for a minute, once. A browser that comes without a session, and says that
/// it takes `text/html`, is led to `/auth/sign-in`, and from there back to here.
#[utoipa::path(get, path = "/authorize", tag = "oauth", params(AuthorizeQuery),
    security(("bearer" = []), ("cookie" = [])), extensions(("x-signed-in" = json!(true))), responses(
        (status = 303, description = "Back to the app, or to the page to sign in first",
            headers(("Location" = String, description = "To the app with `code`, `state` and `iss`"))),
    ))]
async fn authorize(
    caller: Result<AuthFresh, Problem>,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    asked: Result<Query<AuthorizeQuery>, Problem>,
) -> Result<Response, Refusal> {
    let caller = match caller {
        Ok(caller) => caller,
        Err(problem) => return Ok(signed_in_first(&state, &headers, query.as_deref(), problem)?),
    };
    let Query(asked) = asked?;
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

/// To the page to sign in, for a browser; for a program the problem that it is.
fn signed_in_first(
    state: &IssuerState,
    headers: &HeaderMap,
    query: Option<&str>,
    problem: Problem,
) -> Result<Response, Problem> {
    let is_browser =
        headers.get(ACCEPT).and_then(|kinds| kinds.to_str().ok()).is_some_and(|kinds| kinds.contains(HTML));
    // Where this is seen from outside, which a proxy may have put below another path.
    let own = state.issuer.settings().public_url.parse::<Uri>().map_err(|error| Problem::internal(&error))?;
    let path = format!("{}/authorize?{}", own.path().trim_end_matches('/'), query.unwrap_or_default());
    match sign_in_page::before(&path) {
        Some(page) if is_browser && problem.status() == StatusCode::UNAUTHORIZED => {
            let mut location = HeaderValue::try_from(page).map_err(|error| Problem::internal(&error))?;
            location.set_sensitive(true);
            Ok((StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response())
        }
        _ => Err(problem),
    }
}

pub(super) fn routes() -> OpenApiRouter<IssuerState> {
    OpenApiRouter::new().routes(routes!(authorize))
}
