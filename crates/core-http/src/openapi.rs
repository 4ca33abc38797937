//! What the OpenAPI document says of private operations.

use utoipa::openapi::Components;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;

/// The name of the scheme; a private operation says `security(("bearer" = []))`.
pub const SECURITY_SCHEME: &str = "bearer";

const ABOUT: &str = "An access token of the sign-in portal. Sign-in is not available yet: in development and in tests \
    these operations need no token, elsewhere they answer 401.";

/// Adds the scheme that private operations refer to.
pub fn with_security<S: Clone + Send + Sync + 'static>(mut routes: OpenApiRouter<S>) -> OpenApiRouter<S> {
    let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(ABOUT)).build();
    let components = routes.get_openapi_mut().components.get_or_insert_with(Components::new);
    components.add_security_scheme(SECURITY_SCHEME, SecurityScheme::Http(scheme));
    routes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_has_the_scheme() {
        let mut routes = with_security(OpenApiRouter::<()>::new());
        let components = routes.get_openapi_mut().components.clone().unwrap();
        assert!(components.security_schemes.contains_key(SECURITY_SCHEME));
    }
}
