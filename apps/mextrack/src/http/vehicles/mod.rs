//! The vehicles of fleets.

mod list;
mod row;
mod show;

use atriz_app::{Context, OrProblem};
use atriz_core_http::Caller;
use atriz_web::Problem;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::rights::of_own_fleet;
use crate::entity::fleet::vehicles::{Column, Entity};

/// Answers 404 for a vehicle that is not there, or no longer, or of a fleet that the caller is no member of.
pub(super) async fn present(context: &Context, caller: &Caller, id: Uuid) -> Result<(), Problem> {
    let query = Entity::find_by_id(id).filter(Column::DeletedAt.is_null());
    let query = query.filter(of_own_fleet(caller, Column::FleetId)).select_only().column(Column::Id);
    let found: Option<Uuid> = query.into_tuple().one(context.database.read()).await.or_problem()?;
    found.map(drop).ok_or_else(Problem::not_found)
}

pub(super) fn routes(context: &Context) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list::list)).routes(routes!(show::show)).with_state(context.clone())
}
