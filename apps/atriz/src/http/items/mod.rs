//! What people offer.

mod found;
mod image;
mod list;
mod show;
mod summary;

use atriz_app::Context;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes(context: &Context) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list::list)).routes(routes!(show::show)).with_state(context.clone())
}
