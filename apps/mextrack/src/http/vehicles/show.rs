//! `GET /vehicles/{id}`.

use atriz_app::{Context, OrProblem};
use atriz_core_http::Private;
use atriz_web::{Json, Path, Problem, version_etag};
use axum::extract::State;
use axum::http::header::{self, HeaderName, HeaderValue};
use sea_orm::{ColumnTrait, QueryFilter};
use uuid::Uuid;

use super::row::{Vehicle, VehicleRow};
use crate::entity::fleet::vehicles::Column;

/// Shows one vehicle and where it was last.
#[utoipa::path(get, path = "/vehicles/{id}", tag = "vehicles", params(("id" = Uuid, Path, description = "The vehicle")),
    security(("bearer" = [])),
    responses((status = 200, body = Vehicle, headers(("ETag" = String, description = "The version, in quotes")))))]
pub(super) async fn show(
    _: Private,
    State(context): State<Context>,
    Path(id): Path<Uuid>,
) -> Result<([(HeaderName, HeaderValue); 1], Json<Vehicle>), Problem> {
    let row = VehicleRow::find().filter(Column::Id.eq(id)).into_model::<VehicleRow>();
    let row = row.one(context.database.read()).await.or_problem()?.ok_or_else(Problem::not_found)?;
    let vehicle = Vehicle::from(row);
    Ok(([(header::ETAG, version_etag(vehicle.version))], Json(vehicle)))
}
