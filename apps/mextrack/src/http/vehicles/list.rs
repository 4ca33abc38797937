//! `GET /vehicles`.

use atriz_app::{Context, OrProblem, keyset, plain};
use atriz_core_http::{Caller, Require};
use atriz_web::{ListQuery, Page, PageQuery, Problem};
use axum::extract::State;
use axum::response::Response;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::super::rights::{VehiclesRead, of_own_fleet};
use super::row::{Vehicle, VehicleRow};
use crate::entity::fleet::fleets;
use crate::entity::fleet::vehicles::Column;

/// Which vehicles a caller asks for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct VehiclesQuery {
    /// Only vehicles of the fleet with this code.
    #[param(example = "demo")]
    fleet: Option<String>,
}

/// Lists the vehicles of the caller's fleets and where each was last, by fleet and plate.
#[utoipa::path(get, path = "/vehicles", tag = "vehicles", params(VehiclesQuery, PageQuery),
    security(("bearer" = []), ("cookie" = [])), extensions(("x-permission" = json!("vehicles.read"))),
    responses((status = 200, body = Page<Vehicle>)))]
pub(super) async fn list(
    caller: Require<VehiclesRead>,
    State(context): State<Context>,
    ListQuery { filters, page }: ListQuery<VehiclesQuery>,
) -> Result<Response, Problem> {
    let mut rows = VehicleRow::find().filter(of_own_fleet(&caller, Column::FleetId));
    if let Some(code) = &filters.fleet {
        rows = rows.filter(Column::FleetId.eq(fleet(&context, &caller, code).await?));
    }
    if let Some((fleet, plate)) = page.key::<(Uuid, String)>()? {
        let columns = [Column::FleetId.as_column_ref(), Column::Plate.as_column_ref()];
        rows = rows.filter(keyset::after(columns, [fleet.into(), plain("after", &plate, 100)?.into()]));
    }
    let rows = rows.order_by_asc(Column::FleetId).order_by_asc(Column::Plate);
    let rows = rows.limit(u64::from(page.limit()) + 1).into_model::<VehicleRow>();
    let rows = rows.all(context.database.read()).await.or_problem()?;
    let shown = Page::from_rows(rows, &page, |row| (row.fleet_id, row.plate.clone()));
    Ok(shown.map(Vehicle::from).linked(&page))
}

/// The fleet with this code, if the caller is a member of it.
async fn fleet(context: &Context, caller: &Caller, code: &str) -> Result<Uuid, Problem> {
    let query = fleets::Entity::find().filter(fleets::Column::Code.eq(plain("fleet", code, 100)?));
    let query = query.filter(of_own_fleet(caller, fleets::Column::Id));
    let query = query.select_only().column(fleets::Column::Id).into_tuple();
    let found = query.one(context.database.read()).await.or_problem()?;
    found.ok_or_else(|| Problem::invalid_parameter("fleet", "is the code of no fleet"))
}
