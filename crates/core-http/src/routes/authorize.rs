//! The authorization endpoint of RFC 6749. A browser whose user is not signed in here is led to the page for that first.

use atriz_core::AuthorizationRequest;
use atriz_web::{Problem, Query};
use axum::extract::{RawQuery, State};
use axum::http::header::{ACCEPT, ALLOW, AUTHORIZATION, HeaderMap, HeaderValue, LOCATION};
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use secrecy::ExposeSecret;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::unlogged;
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
    security(("cookie" = [])), extensions(("x-signed-in" = json!(true)), ("x-fresh" = json!(true))), responses(
        (status = 303, description = "Back to the app, or to the page to sign in first",
            headers(("Location" = String, description = "To the app with `code`, `state` and `iss`, or beside this"))),
    ))]
async fn authorize(
    method: Method,
    caller: Result<AuthFresh, Problem>,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    asked: Result<Query<AuthorizeQuery>, Problem>,
) -> Result<Response, Refusal> {
    // A code is made for whoever is led on by it; nobody is by the answer to HEAD.
    if method != Method::GET {
        return Err(Problem::method_not_allowed().with_header(ALLOW, HeaderValue::from_static("GET")).into());
    }
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
    let location = unlogged(granted.location.expose_secret())?;
    Ok((StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response())
}

/// To the page to sign in, for a browser that came without a session; else the problem that it is. A header that proves
/// nothing is read before any cookie, so that signing in would not mend it.
fn signed_in_first(
    state: &IssuerState,
    headers: &HeaderMap,
    query: Option<&str>,
    problem: Problem,
) -> Result<Response, Problem> {
    let wants_page =
        headers.get(ACCEPT).and_then(|kinds| kinds.to_str().ok()).is_some_and(|kinds| kinds.contains(HTML));
    if problem.status() != StatusCode::UNAUTHORIZED || !wants_page || headers.contains_key(AUTHORIZATION) {
        return Err(problem);
    }
    let path = outside(&state.issuer.settings().public_url, query.unwrap_or_default());
    let Some(page) = path.and_then(|path| sign_in_page::before(&path)) else { return Err(problem) };
    Ok((StatusCode::SEE_OTHER, [(LOCATION, unlogged(&page)?)]).into_response())
}

/// The path of this route as browsers see it: a proxy may have put it below another one.
fn outside(public_url: &str, query: &str) -> Option<String> {
    let own = public_url.parse::<Uri>().ok()?;
    Some(format!("{}/authorize?{query}", own.path().trim_end_matches('/')))
}

pub(super) fn routes() -> OpenApiRouter<IssuerState> {
    OpenApiRouter::new().routes(routes!(authorize))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_told_as_it_is_seen_from_outside() {
        for (public_url, path) in [
            ("http://localhost:3000/auth", "/auth/authorize?a=b"),
            ("https://example.com/atriz/auth/", "/atriz/auth/authorize?a=b"),
        ] {
            assert_eq!(outside(public_url, "a=b").as_deref(), Some(path));
        }
    }
}
