//! What somebody who has just signed in is handed.

use atriz_core::{Client, Held, SessionCookie, SignedIn, TokenPair};
use atriz_kernel::UserId;
use atriz_web::{Json, Problem};
use axum::http::StatusCode;
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use secrecy::ExposeSecret;
use serde::Serialize;
use utoipa::ToSchema;

use crate::state::{AuthState, IssuerState};

/// An access token, and the refresh token that the next one is asked for with (RFC 6749 §5.1).
#[derive(Serialize, ToSchema)]
pub(super) struct Tokens {
    /// Goes into `Authorization: Bearer …`; it is good for one app.
    access_token: String,
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// Seconds until the access token ends.
    #[schema(example = 300)]
    expires_in: u64,
    /// Good for one `POST /auth/token/refresh`, which answers with the next one.
    refresh_token: String,
    /// When the refresh token ends, if it is not used before.
    refresh_expires_at: DateTime<Utc>,
}

impl From<TokenPair> for Tokens {
    fn from(pair: TokenPair) -> Self {
        Self {
            access_token: pair.access_token.expose_secret().to_owned(),
            token_type: "Bearer",
            expires_in: pair.expires_in,
            refresh_token: pair.refresh_token.expose_secret().to_owned(),
            refresh_expires_at: pair.refresh_expires_at,
        }
    }
}

/// 200 with tokens, or 204 with the cookie.
pub(super) fn handed(state: &AuthState, signed_in: SignedIn) -> Response {
    match signed_in.held {
        Held::Tokens(pair) => Json(Tokens::from(pair)).into_response(),
        Held::Cookie(cookie) => with_cookie(cookie_header(state, &cookie)),
    }
}

/// The header that sets the cookie of this app.
pub(super) fn cookie_header(state: &AuthState, cookie: &SessionCookie) -> HeaderValue {
    state.cookie().set(&cookie.value, cookie.max_age, cookie.same_site)
}

/// An answer that sets another cookie, if there is one.
pub(super) fn renewed(mut answer: Response, state: &AuthState, cookie: Option<&SessionCookie>) -> Response {
    let header = cookie.map(|cookie| (header::SET_COOKIE, cookie_header(state, cookie)));
    answer.headers_mut().extend(header);
    answer
}

/// 204 that takes the cookie away, for whoever came with it.
pub(super) fn signed_out(state: &AuthState, request: &HeaderMap) -> Response {
    match state.cookie().read(request) {
        Ok(None) => StatusCode::NO_CONTENT.into_response(),
        _ => with_cookie(state.cookie().clear()),
    }
}

fn with_cookie(cookie: HeaderValue) -> Response {
    (StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response()
}

/// An address to be led to, which no log is to show.
pub(super) fn unlogged(location: &str) -> Result<HeaderValue, Problem> {
    let mut value = HeaderValue::try_from(location).map_err(|error| Problem::internal(&error))?;
    value.set_sensitive(true);
    Ok(value)
}

/// Ends the session whose cookie the new one takes the place of. One that cannot be ended now ends by itself.
pub(super) async fn end_the_one_before(state: &IssuerState, headers: &HeaderMap, user: UserId, client: &Client) {
    let auth = &state.auth;
    let Some(value) = auth.cookie().read(headers).ok().flatten() else { return };
    if let Err(error) = state.issuer.sessions().replaced(&value, auth.app(), user, client).await {
        tracing::debug!(%error, "the session before this one goes on");
    }
}
