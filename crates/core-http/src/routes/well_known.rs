//! What others have to know of the issuer: its public keys (RFC 7517) and its addresses (RFC 8414).

use atriz_core::Jwks;
use atriz_web::Json;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, HeaderName};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::Public;
use crate::problem::Refusal;
use crate::state::IssuerState;

/// A new key is published for at least as long before it signs.
const MAX_AGE: (HeaderName, &str) = (CACHE_CONTROL, "public, max-age=600");

/// The issuer's addresses, and what it understands.
#[derive(Serialize, ToSchema)]
struct Metadata {
    issuer: String,
    jwks_uri: String,
    authorization_endpoint: String,
    token_endpoint: String,
    introspection_endpoint: String,
    revocation_endpoint: String,
    response_types_supported: [&'static str; 1],
    response_modes_supported: [&'static str; 1],
    grant_types_supported: [&'static str; 2],
    code_challenge_methods_supported: [&'static str; 1],
    token_endpoint_auth_methods_supported: [&'static str; 3],
    introspection_endpoint_auth_methods_supported: [&'static str; 1],
    revocation_endpoint_auth_methods_supported: [&'static str; 1],
    authorization_response_iss_parameter_supported: bool,
}

impl Metadata {
    fn of(issuer: &str) -> Self {
        let at = |path: &str| format!("{issuer}{path}");
        Self {
            issuer: issuer.to_owned(),
            jwks_uri: at("/.well-known/jwks.json"),
            authorization_endpoint: at("/authorize"),
            token_endpoint: at("/token"),
            introspection_endpoint: at("/introspect"),
            revocation_endpoint: at("/revoke"),
            response_types_supported: ["code"],
            response_modes_supported: ["query"],
            grant_types_supported: ["authorization_code", "refresh_token"],
            code_challenge_methods_supported: ["S256"],
            token_endpoint_auth_methods_supported: ["none", "client_secret_basic", "client_secret_post"],
            introspection_endpoint_auth_methods_supported: ["client_secret_basic"],
            revocation_endpoint_auth_methods_supported: ["client_secret_basic"],
            authorization_response_iss_parameter_supported: true,
        }
    }
}

/// The public keys that access tokens are signed with, as a set of JWKs.
#[utoipa::path(get, path = "/.well-known/jwks.json", tag = "oauth", extensions(("x-public" = json!(true))),
    responses((status = 200, description = "A JWK set (RFC 7517)", body = serde_json::Value)))]
async fn jwks(
    _: Public,
    State(state): State<IssuerState>,
) -> Result<([(HeaderName, &'static str); 1], Json<Jwks>), Refusal> {
    Ok(([MAX_AGE], Json(state.issuer.signing_keys().publish().await?)))
}

/// The issuer's addresses.
#[utoipa::path(get, path = "/.well-known/oauth-authorization-server", tag = "oauth",
    extensions(("x-public" = json!(true))), responses((status = 200, body = Metadata)))]
async fn metadata(_: Public, State(state): State<IssuerState>) -> ([(HeaderName, &'static str); 1], Json<Metadata>) {
    ([MAX_AGE], Json(Metadata::of(&state.issuer.settings().public_url)))
}

/// The issuer's addresses, where RFC 8414 has them for an issuer whose own address ends in `/auth`.
#[utoipa::path(get, path = "/.well-known/oauth-authorization-server/auth", tag = "oauth",
    extensions(("x-public" = json!(true))), responses((status = 200, body = Metadata)))]
async fn metadata_at_root(
    public: Public,
    state: State<IssuerState>,
) -> ([(HeaderName, &'static str); 1], Json<Metadata>) {
    metadata(public, state).await
}

pub(super) fn routes() -> OpenApiRouter<IssuerState> {
    OpenApiRouter::new().routes(routes!(jwks)).routes(routes!(metadata))
}

pub(super) fn at_root() -> OpenApiRouter<IssuerState> {
    OpenApiRouter::new().routes(routes!(metadata_at_root))
}
