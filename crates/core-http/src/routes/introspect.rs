//! What confidential clients ask of tokens: introspection (RFC 7662), revocation (RFC 7009) and the feed of revocations.

use atriz_core::{AuthError, ClientCredential, ConfidentialClient, Introspected, RevocationPage};
use atriz_web::{Json, Problem, Query};
use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, HeaderMap, HeaderValue, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::values::Secret;
use crate::client::Sender;
use crate::extract::Form;
use crate::problem::{Refusal, problem_of};
use crate::state::IssuerState;

/// A client that proved itself: an app by its code and secret, or a service account by its key.
pub(super) struct Confidential(ConfidentialClient);

impl FromRequestParts<IssuerState> for Confidential {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &IssuerState) -> Result<Self, Problem> {
        let credential = credential(&parts.headers)?;
        let proved = state.issuer.introspection().authenticate(&credential).await;
        proved.map(Self).map_err(|error| match error {
            AuthError::Credentials | AuthError::InvalidToken | AuthError::InvalidGrant | AuthError::NotFound => {
                unknown()
            }
            other => problem_of(other),
        })
    }
}

fn credential(headers: &HeaderMap) -> Result<ClientCredential, Problem> {
    if let Some((app, secret)) = basic(headers)? {
        return Ok(ClientCredential::Secret { app, secret });
    }
    let value = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match value.split_once(' ') {
        Some((scheme, key)) if scheme.eq_ignore_ascii_case("bearer") => {
            Ok(ClientCredential::Key(SecretString::from(key.trim())))
        }
        _ => Err(unknown()),
    }
}

/// Name and secret of a client in `Authorization: Basic`, each in the form of forms (RFC 6749 §2.3.1).
pub(super) fn basic(headers: &HeaderMap) -> Result<Option<(String, SecretString)>, Problem> {
    let Some(value) = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()) else { return Ok(None) };
    let Some((scheme, text)) = value.split_once(' ') else { return Ok(None) };
    if !scheme.eq_ignore_ascii_case("basic") {
        return Ok(None);
    }
    let pair = STANDARD.decode(text.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let pair = pair.as_deref().and_then(|pair| pair.split_once(':')).ok_or_else(unknown)?;
    Ok(Some((plain(pair.0), SecretString::from(plain(pair.1)))))
}

fn plain(text: &str) -> String {
    // A field without a name is all that stands there.
    form_urlencoded::parse(format!("={text}").as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

pub(super) fn unknown() -> Problem {
    let title = "The client is not known, or its secret is wrong";
    Problem::new(StatusCode::UNAUTHORIZED, "invalid-client", title)
        .with_header(WWW_AUTHENTICATE, HeaderValue::from_static(r#"Basic realm="clients""#))
        .with("error", "invalid_client")
}

/// A token of any kind. A field that is not named here is ignored.
#[derive(Debug, Deserialize, ToSchema)]
struct TokenForm {
    #[schema(value_type = String)]
    token: Secret,
}

/// Where the feed is to go on.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct FeedQuery {
    /// The `seq` of the last revocation that is known; 0 for all that still matter.
    #[serde(default)]
    #[param(required = false, minimum = 0)]
    after: i64,
}

/// Tells whether a token is good, and for whom (RFC 7662). One that is not is `{"active": false}`, whatever is wrong.
#[utoipa::path(post, path = "/introspect", tag = "oauth",
    request_body(content = TokenForm, content_type = "application/x-www-form-urlencoded"),
    security(("client" = []), ("bearer" = [])), extensions(("x-client" = json!(true))),
    responses((status = 200, description = "What RFC 7662 §2.2 has", body = serde_json::Value)))]
async fn introspect(
    Confidential(asking): Confidential,
    State(state): State<IssuerState>,
    Form(asked): Form<TokenForm>,
) -> Result<Json<Introspected>, Refusal> {
    Ok(Json(state.issuer.introspection().introspect(&asking, asked.token.0.expose_secret()).await?))
}

/// Revokes a token (RFC 7009). The answer is 200 for a token that is not good, too: it is good no longer.
#[utoipa::path(post, path = "/revoke", tag = "oauth",
    request_body(content = TokenForm, content_type = "application/x-www-form-urlencoded"),
    security(("client" = []), ("bearer" = [])), extensions(("x-client" = json!(true))),
    responses((status = 200, description = "It is good no longer")))]
async fn revoke(
    Confidential(asking): Confidential,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    Form(asked): Form<TokenForm>,
) -> Result<StatusCode, Refusal> {
    state.issuer.introspection().revoke(&asking, asked.token.0.expose_secret(), &client).await?;
    Ok(StatusCode::OK)
}

/// Lists what was revoked since `after`, in the order in which it was: what an app that checks tokens itself has to know.
#[utoipa::path(get, path = "/revocations", tag = "oauth", params(FeedQuery),
    security(("client" = []), ("bearer" = [])), extensions(("x-client" = json!(true))),
    responses((status = 200, description = "Revocations by session, or by account and epoch", body = serde_json::Value)))]
async fn revocations(
    _: Confidential,
    State(state): State<IssuerState>,
    Query(asked): Query<FeedQuery>,
) -> Result<Json<RevocationPage>, Refusal> {
    Ok(Json(state.issuer.revocations(asked.after).await?))
}

pub(super) fn routes() -> OpenApiRouter<IssuerState> {
    OpenApiRouter::new().routes(routes!(introspect)).routes(routes!(revoke)).routes(routes!(revocations))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Result<Option<(String, String)>, u16> {
        let headers = HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::try_from(value).unwrap())]);
        let pair = basic(&headers).map_err(|problem| problem.status().as_u16())?;
        Ok(pair.map(|(app, secret)| (app, secret.expose_secret().to_owned())))
    }

    #[test]
    fn a_client_names_itself_in_the_form_of_forms() {
        let sent = |text: &str| format!("Basic {}", STANDARD.encode(text));
        let pair = |app: &str, secret: &str| Ok(Some((app.to_owned(), secret.to_owned())));
        assert_eq!(read(&sent("shop:cli_x")), pair("shop", "cli_x"));
        assert_eq!(read(&sent("shop:a%2Bb%3Ac:d")), pair("shop", "a+b:c:d"));
        assert_eq!(read(&sent("shop")), Err(401));
        assert_eq!(read("basic %%%"), Err(401));
        assert_eq!(read("Bearer key_x"), Ok(None));
    }
}
