//! The stores.

mod list;
mod meant;

use atriz_app::Context;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) use meant::{Store, meant, own};

pub(super) fn routes(context: &Context) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list::list)).with_state(context.clone())
}
