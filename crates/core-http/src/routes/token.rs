//! Tokens for those who have a refresh token, a session elsewhere, or a code.

use atriz_core::{AuthError, Held, Keep, Redemption};
use atriz_web::{Json, Problem};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Tokens, handed};
use super::introspect::basic;
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

/// Answers with tokens for another app. Their session ends with the one that asks.
#[utoipa::path(post, path = "/token/exchange", tag = "sign-in", request_body = Exchange,
    security(("bearer" = []), ("cookie" = [])), extensions(("x-signed-in" = json!(true))),
    responses((status = 200, body = Tokens)))]
async fn exchange(
    caller: AuthFresh,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    Json(asked): Json<Exchange>,
) -> Result<Response, Refusal> {
    let signed_in = state.issuer.sessions().exchange(&caller, &asked.app, Keep::Tokens, &client).await?;
    Ok(handed(&state.auth, signed_in))
}

/// The token endpoint of RFC 6749: an authorization code with its verifier, or a refresh token.
#[utoipa::path(post, path = "/token", tag = "oauth",
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    extensions(("x-public" = json!(true))), responses((status = 200, body = Tokens)))]
async fn token(
    _: Public,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    headers: HeaderMap,
    Form(asked): Form<TokenRequest>,
) -> Result<Json<Tokens>, Refusal> {
    let sessions = state.issuer.sessions();
    let pair = match asked.grant_type.as_str() {
        "refresh_token" => {
            let by = named(&headers, asked.client_id, asked.client_secret)?;
            let token = asked.refresh_token.ok_or_else(|| missing("refresh_token"))?.0;
            match by {
                Some((app, secret)) => {
                    sessions.refresh_as(token.expose_secret(), &app, secret.as_ref(), &client).await?
                }
                None => sessions.refresh(token.expose_secret(), &client).await?,
            }
        }
        "authorization_code" => match sessions.redeem(redemption(asked, &headers)?, &client).await?.held {
            Held::Tokens(pair) => pair,
            Held::Cookie(_) => return Err(AuthError::Inside("a code was redeemed for a cookie".to_owned()).into()),
        },
        _ => return Err(oauth("unsupported_grant_type", "grant_type is authorization_code or refresh_token").into()),
    };
    Ok(Json(Tokens::from(pair)))
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
        (Some((app, secret)), _) => Ok(Some((app, Some(secret)))),
        (None, Some(app)) => Ok(Some((app, client_secret.map(|secret| secret.0)))),
        (None, None) if client_secret.is_some() => Err(missing("client_id")),
        (None, None) => Ok(None),
    }
}

fn redemption(asked: TokenRequest, headers: &HeaderMap) -> Result<Redemption, Problem> {
    let by = named(headers, asked.client_id, asked.client_secret)?;
    let (app, secret) = by.ok_or_else(|| missing("client_id"))?;
    Ok(Redemption {
        app,
        code: asked.code.ok_or_else(|| missing("code"))?.0,
        verifier: asked.code_verifier.ok_or_else(|| missing("code_verifier"))?.0,
        redirect_uri: asked.redirect_uri.ok_or_else(|| missing("redirect_uri"))?,
        secret,
        keep: Keep::Tokens,
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
