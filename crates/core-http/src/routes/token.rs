//! Tokens for those who have a refresh token, a session elsewhere, or a code.

use atriz_core::{AuthError, Held, Keep, Redemption, SameSite};
use atriz_web::{Json, Problem};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::Tokens;
use super::introspect::{basic, unknown};
use super::values::Secret;
use crate::client::Sender;
use crate::extract::{AuthFresh, Form, Public};
use crate::problem::Refusal;
use crate::state::IssuerState;

/// A refresh token.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Refresh {
    #[schema(value_type = String)]
    refresh_token: Secret,
}

/// Another app of the same sign-in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Exchange {
    /// The app's code.
    #[schema(example = "mextrack")]
    app: String,
    /// The refresh token of the session that asks, which goes on by it. A session that is kept as a cookie has none.
    #[schema(value_type = Option<String>)]
    refresh_token: Option<Secret>,
}

/// Tokens for another app, and the next refresh token of the session that asked.
#[derive(Serialize, ToSchema)]
struct Exchanged {
    #[serde(flatten)]
    tokens: Tokens,
    /// Takes the place of the refresh token that was sent, if one was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    renewed_refresh_token: Option<String>,
}

/// What RFC 6749 has for its token endpoint. A field that is not named here is ignored.
#[derive(Debug, Deserialize, ToSchema)]
struct TokenRequest {
    /// `authorization_code` or `refresh_token`.
    #[schema(example = "authorization_code")]
    grant_type: String,
    #[schema(value_type = Option<String>)]
    code: Option<Secret>,
    redirect_uri: Option<String>,
    /// The app's code.
    client_id: Option<String>,
    #[schema(value_type = Option<String>, format = Password)]
    client_secret: Option<Secret>,
    /// What the code challenge was made of (RFC 7636).
    #[schema(value_type = Option<String>)]
    code_verifier: Option<Secret>,
    #[schema(value_type = Option<String>)]
    refresh_token: Option<Secret>,
    /// With a code, `cookie` asks for the session as a cookie of the client's own pages, in place of tokens. It takes the
    /// client's secret.
    #[schema(example = "cookie")]
    session: Option<String>,
}

/// A session that a client hands to a browser as a cookie of its own host.
#[derive(Serialize, ToSchema)]
struct CookieGrant {
    /// The value of the cookie `__Host-<app>_session`.
    session_cookie: String,
    /// Seconds until the browser forgets it.
    #[schema(example = 2_592_000)]
    expires_in: u64,
    /// `Lax` or `Strict`.
    #[schema(example = "Lax")]
    same_site: &'static str,
}

/// What a grant is answered with.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
enum Granted {
    Tokens(Tokens),
    Cookie(CookieGrant),
}

impl From<Held> for Granted {
    fn from(held: Held) -> Self {
        match held {
            Held::Tokens(pair) => Self::Tokens(Tokens::from(pair)),
            Held::Cookie(cookie) => Self::Cookie(CookieGrant {
                session_cookie: cookie.value.expose_secret().to_owned(),
                expires_in: cookie.max_age.as_secs(),
                same_site: match cookie.same_site {
                    SameSite::Lax => "Lax",
                    SameSite::Strict => "Strict",
                },
            }),
        }
    }
}

/// Answers with the next pair of tokens. A refresh token is good once; sent again within a minute, as after a lost answer,
/// it gets the same successor. Later it ends the session: somebody else has it.
#[utoipa::path(post, path = "/token/refresh", tag = "sign-in", request_body = Refresh,
    extensions(("x-public" = json!(true))), responses((status = 200, body = Tokens)))]
async fn refresh(
    _: Public,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    Json(asked): Json<Refresh>,
) -> Result<Json<Tokens>, Refusal> {
    let pair = state.issuer.sessions().refresh(asked.refresh_token.0.expose_secret(), &client).await?;
    Ok(Json(Tokens::from(pair)))
}

/// Answers with tokens for another app. Their session ends with the one that asks, which goes on by its refresh token if it has
/// one: the next one is in the answer.
#[utoipa::path(post, path = "/token/exchange", tag = "sign-in", request_body = Exchange,
    security(("bearer" = []), ("cookie" = [])), extensions(("x-signed-in" = json!(true)), ("x-fresh" = json!(true))),
    responses((status = 200, body = Exchanged)))]
async fn exchange(
    caller: AuthFresh,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    Json(asked): Json<Exchange>,
) -> Result<Json<Exchanged>, Refusal> {
    let refresh_token = asked.refresh_token.map(|token| token.0);
    let wanted = atriz_core::Exchange { app: asked.app, keep: Keep::Tokens, refresh_token };
    let signed_in = state.issuer.sessions().exchange(&caller, wanted, &client).await?;
    let renewed_refresh_token = signed_in.renewed.map(|token| token.expose_secret().to_owned());
    match signed_in.held {
        Held::Tokens(pair) => Ok(Json(Exchanged { tokens: Tokens::from(pair), renewed_refresh_token })),
        Held::Cookie(_) => Err(AuthError::Inside("tokens were asked for".to_owned()).into()),
    }
}

/// The token endpoint of RFC 6749: an authorization code with its verifier, or a refresh token.
#[utoipa::path(post, path = "/token", tag = "oauth",
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    extensions(("x-public" = json!(true))), responses((status = 200, body = Granted)))]
async fn token(
    _: Public,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    headers: HeaderMap,
    Form(asked): Form<TokenRequest>,
) -> Result<Json<Granted>, Refusal> {
    let sessions = state.issuer.sessions();
    let held = match asked.grant_type.as_str() {
        "refresh_token" => {
            let by = named(&headers, asked.client_id, asked.client_secret)?;
            let token = asked.refresh_token.ok_or_else(|| missing("refresh_token"))?.0;
            Held::Tokens(match by {
                Some((app, secret)) => sessions
                    .refresh_as(token.expose_secret(), &app, secret.as_ref(), &client)
                    .await
                    .map_err(of_client)?,
                None => sessions.refresh(token.expose_secret(), &client).await?,
            })
        }
        "authorization_code" => sessions.redeem(redemption(asked, &headers)?, &client).await.map_err(of_client)?.held,
        _ => return Err(oauth("unsupported_grant_type", "grant_type is authorization_code or refresh_token").into()),
    };
    Ok(Json(Granted::from(held)))
}

/// What of a grant is wrong with the client that asks for it, as RFC 6749 §5.2 tells it.
fn of_client(error: AuthError) -> Refusal {
    match error {
        AuthError::InvalidToken => unknown().into(),
        other => other.into(),
    }
}

/// The app that a client says it is, and the secret with which it proves it.
fn named(
    headers: &HeaderMap,
    client_id: Option<String>,
    client_secret: Option<Secret>,
) -> Result<Option<(String, Option<SecretString>)>, Problem> {
    match (basic(headers)?, client_id) {
        (Some((app, _)), Some(named)) if app != named => {
            Err(oauth("invalid_request", "client_id is not the client of the Authorization header"))
        }
        (Some(_), _) if client_secret.is_some() => {
            Err(oauth("invalid_request", "a client proves itself in one way, by the header or in the form"))
        }
        (Some((app, secret)), _) => Ok(Some((app, Some(secret)))),
        (None, Some(app)) => Ok(Some((app, client_secret.map(|secret| secret.0)))),
        (None, None) if client_secret.is_some() => Err(missing("client_id")),
        (None, None) => Ok(None),
    }
}

fn redemption(asked: TokenRequest, headers: &HeaderMap) -> Result<Redemption, Problem> {
    let by = named(headers, asked.client_id, asked.client_secret)?;
    let (app, secret) = by.ok_or_else(|| missing("client_id"))?;
    let keep = match asked.session.as_deref() {
        None | Some("tokens") => Keep::Tokens,
        // The value of a cookie is for a server that hands it on, which has a secret; a page of an app has none.
        Some("cookie") if secret.is_some() => Keep::Cookie,
        Some("cookie") => return Err(missing("client_secret")),
        Some(_) => return Err(oauth("invalid_request", "session is tokens or cookie")),
    };
    Ok(Redemption {
        app,
        code: asked.code.ok_or_else(|| missing("code"))?.0,
        verifier: asked.code_verifier.ok_or_else(|| missing("code_verifier"))?.0,
        redirect_uri: asked.redirect_uri.ok_or_else(|| missing("redirect_uri"))?,
        secret,
        keep,
    })
}

fn missing(field: &'static str) -> Problem {
    oauth("invalid_request", "a field is missing").with_field(field, "is missing")
}

/// A 400 with the `error` that RFC 6749 §5.2 asks for.
fn oauth(error: &'static str, detail: &'static str) -> Problem {
    let title = "The token request is not valid";
    Problem::new(StatusCode::BAD_REQUEST, "invalid-token-request", title).with_detail(detail).with("error", error)
}

pub(super) fn routes() -> OpenApiRouter<IssuerState> {
    OpenApiRouter::new().routes(routes!(refresh)).routes(routes!(exchange)).routes(routes!(token))
}
