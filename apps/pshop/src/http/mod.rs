//! The routes, one file per handler.

mod inventory;
mod products;
mod stores;

use atriz_app::Context;
use utoipa_axum::router::OpenApiRouter;

/// All of the app's routes.
pub(crate) fn routes(context: &Context) -> OpenApiRouter {
    stores::routes(context).merge(products::routes(context)).merge(inventory::routes(context))
}
