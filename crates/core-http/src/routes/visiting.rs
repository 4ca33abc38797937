//! The routes of an app that is a verifier: its own pages sign people in through the issuer, and out again.
//!
//! The browser leaves with a challenge, whose verifier it keeps in a cookie of this app for half an hour, and comes back
//! with a code. The app redeems the code at the issuer and hands the session to the browser as its own cookie, which the
//! issuer could not set: it is another host's.

use std::time::Duration;

use atriz_core::{AuthError, AuthSettings, FlowName, Returned, SameSite, SignInFlow};
use atriz_web::{Problem, Query, body_limit};
use axum::extract::{FromRef, State};
use axum::http::StatusCode;
use axum::http::header::{HeaderMap, HeaderName, HeaderValue, LOCATION, REFERRER_POLICY, SET_COOKIE};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{signed_out, unlogged};
use super::values::Secret;
use crate::cookie::HostCookie;
use crate::csrf;
use crate::extract::{Auth, Public};
use crate::problem::Refusal;
use crate::state::AuthState;

/// How long a browser may be away at the issuer, where somebody may have to look for a password and a telephone.
const AWAY: Duration = Duration::from_mins(30);

/// How many sign-ins of one browser are on their way at most: with more of these cookies than that, its requests would
/// become too long for what stands between it and the app. Tabs that leave at the same moment know nothing of each other;
/// what is too many then goes with the next one that leaves or comes back.
const AT_ONCE: usize = 5;

/// A page between the two must not be told the code by the address of the one before.
const NO_REFERRER: (HeaderName, &str) = (REFERRER_POLICY, "no-referrer");

/// What these routes share.
#[derive(Clone, Debug)]
struct Visiting {
    auth: AuthState,
    /// As which app the issuer knows this one.
    client_id: String,
    /// Where the issuer sends browsers back to.
    redirect_uri: Option<String>,
}

impl FromRef<Visiting> for AuthState {
    fn from_ref(state: &Visiting) -> Self {
        state.auth.clone()
    }
}

impl Visiting {
    fn redirect_uri(&self) -> Result<&str, AuthError> {
        self.redirect_uri.as_deref().ok_or(AuthError::Unsupported("signing in to an app without `AUTH_REDIRECT_URL`"))
    }
}

/// Where to go once one is signed in.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Leaving {
    /// A path of this app.
    #[serde(default = "home")]
    #[param(required = false, default = "/")]
    return_to: String,
}

fn home() -> String {
    "/".to_owned()
}

/// What the issuer sends along. A parameter that is not named here is ignored.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ComingBack {
    #[param(value_type = String)]
    code: Secret,
    #[param(value_type = String)]
    state: Secret,
    /// The issuer (RFC 9207).
    iss: String,
}

/// Leads a browser to the issuer, which leads it back to `/auth/callback`. Each tab has a sign-in of its own; the oldest
/// of more than five has to begin again.
#[utoipa::path(get, path = "/sign-in", tag = "sign-in", params(Leaving), extensions(("x-public" = json!(true))),
    responses((status = 303, description = "To the issuer", headers(("Location" = String)))))]
async fn leave(
    _: Public,
    State(state): State<Visiting>,
    headers: HeaderMap,
    Query(asked): Query<Leaving>,
) -> Result<Response, Refusal> {
    let redirect_uri = state.redirect_uri()?;
    let flow = SignInFlow::new(&asked.return_to)?;
    let location = state.auth.verifier().leave(&flow, &state.client_id, redirect_uri)?;
    // Lax: the way back begins on a page of the issuer.
    let cookie = HostCookie::of_flow(state.auth.app(), &flow.name()).set(&flow.to_cookie(), AWAY, SameSite::Lax);
    let mut answer = led(&location, cookie)?;
    clear_beyond(AT_ONCE - 1, &state.auth, &headers, &mut answer);
    Ok(answer)
}

/// Leads a browser on, with a cookie.
fn led(location: &str, cookie: HeaderValue) -> Result<Response, Problem> {
    let headers = [(LOCATION, unlogged(location)?), (SET_COOKIE, cookie)];
    Ok((StatusCode::SEE_OTHER, [NO_REFERRER], headers).into_response())
}

/// Takes the oldest sign-ins away where a browser comes with more than `most`.
fn clear_beyond(most: usize, auth: &AuthState, headers: &HeaderMap, answer: &mut Response) {
    let under_way = HostCookie::of_flows(auth.app(), headers);
    for oldest in &under_way[..under_way.len().saturating_sub(most)] {
        answer.headers_mut().append(SET_COOKIE, oldest.clear());
    }
}

/// Takes the code of a browser that was led to the issuer from here, and signs it in to this app by its cookie. The
/// session of the cookie before it ends.
#[utoipa::path(get, path = "/callback", tag = "sign-in", params(ComingBack), extensions(("x-public" = json!(true))),
    responses((status = 303, description = "Signed in: to where the browser wanted to go",
        headers(("Location" = String), ("Set-Cookie" = String)))))]
async fn callback(
    _: Public,
    State(state): State<Visiting>,
    headers: HeaderMap,
    Query(asked): Query<ComingBack>,
) -> Result<Response, Refusal> {
    let redirect_uri = state.redirect_uri()?;
    let name = FlowName::of_state(&asked.state.0).ok_or(AuthError::InvalidGrant)?;
    let flow_cookie = HostCookie::of_flow(state.auth.app(), &name);
    let kept = flow_cookie.read(&headers).ok().flatten();
    // Without it, this is the answer that somebody else was waiting for.
    let flow = kept.as_deref().and_then(SignInFlow::of_cookie).ok_or(AuthError::InvalidGrant)?;
    let returned = Returned { code: asked.code.0, state: asked.state.0, issuer: asked.iss };
    let session = state.auth.verifier().come_back(&flow, &returned, redirect_uri).await?;
    end_the_one_before(&state.auth, &headers).await;
    let cookie = state.auth.cookie().set(&session.value, session.max_age, session.same_site);
    let mut answer = led(flow.return_to(), cookie)?;
    answer.headers_mut().append(SET_COOKIE, flow_cookie.clear());
    clear_beyond(AT_ONCE, &state.auth, &headers, &mut answer);
    Ok(answer)
}

/// Ends the session whose cookie the new one takes the place of: nobody holds it any more, and a browser that is sent through
/// sign-ins again and again would crowd out those of other devices. One that cannot be ended now ends by itself.
async fn end_the_one_before(auth: &AuthState, headers: &HeaderMap) {
    let Some(value) = auth.cookie().read(headers).ok().flatten() else { return };
    let verifier = auth.verifier();
    let Ok(before) = verifier.cookie(&value, auth.app()).await else { return };
    if let Err(error) = verifier.sign_out(&before).await {
        tracing::debug!(%error, "the session before this one goes on");
    }
}

/// Ends the session of this app that the request comes with. Those of other apps go on.
#[utoipa::path(post, path = "/sign-out", tag = "sign-in", security(("bearer" = []), ("cookie" = [])),
    extensions(("x-signed-in" = json!(true))), responses((status = 204, description = "Signed out")))]
async fn sign_out(caller: Auth, State(state): State<Visiting>, headers: HeaderMap) -> Result<Response, Refusal> {
    if caller.session.is_none() {
        return Err(Problem::forbidden("This takes a session, and not an API key.").into());
    }
    state.auth.verifier().sign_out(&caller).await?;
    Ok(signed_out(&state.auth, &headers))
}

/// All of them, with their state applied, at the paths where an app serves them.
pub fn verifier_routes(auth: AuthState, settings: &AuthSettings) -> OpenApiRouter {
    let client_id = settings.client_id.clone().unwrap_or_else(|| auth.app().to_owned());
    let state = Visiting { auth: auth.clone(), client_id, redirect_uri: settings.redirect_url.clone() };
    let below = OpenApiRouter::new().routes(routes!(leave)).routes(routes!(callback)).routes(routes!(sign_out));
    OpenApiRouter::new()
        .nest("/auth", below)
        .layer((body_limit(super::BODY_LIMIT), from_fn_with_state(auth, csrf::layer)))
        .with_state(state)
}
