//! The routes, one file per handler.

mod positions;
mod rights;
mod vehicles;

use atriz_app::Context;
use utoipa_axum::router::OpenApiRouter;

/// All of the app's routes.
pub(crate) fn routes(context: &Context) -> OpenApiRouter {
    vehicles::routes(context).merge(positions::routes(context))
}
