//! `GET /vehicles`.

use atriz_app::{Context, OrProblem, plain};
use atriz_core_http::{Caller, Require};
use atriz_web::{ListQuery, Page, PageQuery, Problem};
use axum::extract::State;
use axum::response::Response;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::super::rights::{VehiclesRead, of_own_fleet};
use super::row::{Vehicle, VehicleRow};
use crate::entity::fleet::fleets;
use crate::entity::fleet::vehicles::{Column, Entity as Vehicles};

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
    let found = found(&context, rows, &page).await?;
    let shown = Page::from_rows(found, &page, |row| (row.fleet_id, row.plate.clone()));
    Ok(shown.map(Vehicle::from).linked(&page))
}

/// The rows of the page and one more, if there is one.
///
/// Behind the page before comes the rest of its last fleet, then other fleets. Each is a statement of its own: together they
/// are a comparison of fleet and plate, of which SQLite takes nothing into the index where the fleet is also said to be one
/// of the caller's, and a page costs as much as all the pages of its fleet before it.
async fn found(context: &Context, rows: Select<Vehicles>, page: &PageQuery) -> Result<Vec<VehicleRow>, Problem> {
    let most = u64::from(page.limit()) + 1;
    let read = async |rows: Select<Vehicles>, most: u64| {
        let rows = rows.order_by_asc(Column::FleetId).order_by_asc(Column::Plate).limit(most);
        rows.into_model::<VehicleRow>().all(context.database.read()).await.or_problem()
    };
    let Some((fleet, plate)) = page.key::<(Uuid, String)>()? else { return read(rows, most).await };
    let plate = plain("after", &plate, 100)?;
    let rest = rows.clone().filter(Column::FleetId.eq(fleet)).filter(Column::Plate.gt(plate));
    let mut found = read(rest, most).await?;
    let missing = most.saturating_sub(found.len() as u64);
    if missing > 0 {
        found.extend(read(rows.filter(Column::FleetId.gt(fleet)), missing).await?);
    }
    Ok(found)
}

/// The fleet with this code, if the caller is a member of it.
async fn fleet(context: &Context, caller: &Caller, code: &str) -> Result<Uuid, Problem> {
    let query = fleets::Entity::find().filter(fleets::Column::Code.eq(plain("fleet", code, 100)?));
    let query = query.filter(of_own_fleet(caller, fleets::Column::Id));
    let query = query.select_only().column(fleets::Column::Id).into_tuple();
    let found = query.one(context.database.read()).await.or_problem()?;
    found.ok_or_else(|| Problem::invalid_parameter("fleet", "is the code of no fleet"))
}
