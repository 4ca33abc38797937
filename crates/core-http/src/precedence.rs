//! Everybody else goes before those who sign in.

use atriz_core::Issuer;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;

/// Routes that sign-ins leave a core to, as long as they are asked: by anybody, since nobody knows yet who asks.
pub fn before_sign_ins<S>(routes: OpenApiRouter<S>, issuer: &Issuer) -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
{
    routes.layer(from_fn_with_state(issuer.clone(), tell))
}

async fn tell(State(issuer): State<Issuer>, request: Request, next: Next) -> Response {
    issuer.serves_others();
    next.run(request).await
}
