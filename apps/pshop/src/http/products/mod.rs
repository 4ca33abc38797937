//! What stores sell.

mod by_barcode;
mod list;
mod view;

use atriz_app::Context;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes(context: &Context) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list::list)).routes(routes!(by_barcode::by_barcode)).with_state(context.clone())
}
