//! The routes, one file per handler.

mod categories;
mod items;
mod locations;

use atriz_app::Context;
use utoipa_axum::router::OpenApiRouter;

/// All of the app's routes.
pub(crate) fn routes(context: &Context) -> OpenApiRouter {
    categories::routes(context).merge(locations::routes(context)).merge(items::routes(context))
}
