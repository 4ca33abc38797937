//! `GET /vehicles/{id}`.

use atriz_app::{Context, OrProblem};
use atriz_core_http::Require;
use atriz_web::{Path, Problem, versioned};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use sea_orm::{ColumnTrait, QueryFilter};
use uuid::Uuid;

use super::super::rights::{VehiclesRead, of_own_fleet};
use super::row::{Vehicle, VehicleRow};
use crate::entity::fleet::vehicles::Column;

/// Shows one vehicle and where it was last.
#[utoipa::path(get, path = "/vehicles/{id}", tag = "vehicles", params(("id" = Uuid, Path, description = "The vehicle")),
    security(("bearer" = []), ("cookie" = [])), extensions(("x-permission" = json!("vehicles.read"))),
    responses(
        (status = 200, body = Vehicle, headers(("ETag" = String, description = "The version, and a hash of what is shown"))),
        (status = 304, description = "`If-None-Match` has the tag: nothing of it has changed"),
    ))]
pub(super) async fn show(
    caller: Require<VehiclesRead>,
    State(context): State<Context>,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let row = VehicleRow::find().filter(Column::Id.eq(id)).filter(of_own_fleet(&caller, Column::FleetId));
    let row = row.into_model::<VehicleRow>();
    let row = row.one(context.database.read()).await.or_problem()?.ok_or_else(Problem::not_found)?;
    let vehicle = Vehicle::from(row);
    Ok(versioned(&headers, vehicle.version, &vehicle))
}
