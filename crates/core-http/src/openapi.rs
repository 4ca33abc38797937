//! What the OpenAPI document says of who may call an operation.
//!
//! Each operation has one rule: `x-public`, `x-signed-in`, `x-permission` with its name, or `x-client`; `x-step-up` besides
//! where the caller has to have proved a moment ago who they are. A test of each app compares them with what happens.

use utoipa::openapi::Components;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;

/// The name of the scheme of tokens and keys; an operation that takes them says `security(("bearer" = []))`.
pub const BEARER_SCHEME: &str = "bearer";

/// The name of the scheme of session cookies.
pub const COOKIE_SCHEME: &str = "cookie";

/// The name of the scheme of confidential clients.
pub const CLIENT_SCHEME: &str = "client";

const BEARER: &str =
    "An access token for this app, as `POST /auth/sign-in` of the sign-in portal answers with, or an API key.";
const COOKIE: &str =
    "The session of this app's own pages. A request that changes something has to come from one of them.";
const CLIENT: &str = "The code of an app and its secret.";

/// Adds the schemes that operations refer to; `app` is the code of the app.
pub fn with_security<S: Clone + Send + Sync + 'static>(mut routes: OpenApiRouter<S>, app: &str) -> OpenApiRouter<S> {
    let http =
        |scheme, about: &str| SecurityScheme::Http(HttpBuilder::new().scheme(scheme).description(Some(about)).build());
    let cookie = ApiKeyValue::with_description(format!("__Host-{app}_session"), COOKIE.to_owned());
    let components = routes.get_openapi_mut().components.get_or_insert_with(Components::new);
    components.add_security_scheme(BEARER_SCHEME, http(HttpAuthScheme::Bearer, BEARER));
    components.add_security_scheme(COOKIE_SCHEME, SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    components.add_security_scheme(CLIENT_SCHEME, http(HttpAuthScheme::Basic, CLIENT));
    routes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_has_the_schemes() {
        let mut routes = with_security(OpenApiRouter::<()>::new(), "shop");
        let components = routes.get_openapi_mut().components.clone().unwrap();
        for name in [BEARER_SCHEME, COOKIE_SCHEME, CLIENT_SCHEME] {
            assert!(components.security_schemes.contains_key(name), "{name}");
        }
    }
}
