//! `GET /vehicles/{id}/positions`.

use atriz_app::{Context, OrProblem, keyset, storable_time};
use atriz_core_http::Require;
use atriz_web::{ListQuery, Page, PageQuery, Path, Problem};
use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::super::rights::PositionsRead;
use super::super::vehicles::present;
use super::{Position, PositionRow};
use crate::entity::fleet::tracking_data::{Column, Entity};
use crate::entity::fleet::vehicle_latest;

/// Which positions a caller asks for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PositionsQuery {
    /// No position before this time. When left out, 24 hours before `to`.
    #[param(example = "2026-01-31T06:00:00Z")]
    from: Option<DateTime<Utc>>,
    /// No position after this time. When left out, the time of the vehicle's latest position.
    to: Option<DateTime<Utc>>,
}

/// Lists where a vehicle was, the oldest position first. Without times, the last 24 hours that have data are meant.
#[utoipa::path(get, path = "/vehicles/{id}/positions", tag = "positions",
    params(("id" = Uuid, Path, description = "The vehicle"), PositionsQuery, PageQuery),
    security(("bearer" = []), ("cookie" = [])), extensions(("x-permission" = json!("positions.read"))),
    responses((status = 200, body = Page<Position>)))]
pub(super) async fn list(
    caller: Require<PositionsRead>,
    State(context): State<Context>,
    Path(id): Path<Uuid>,
    ListQuery { filters, page }: ListQuery<PositionsQuery>,
) -> Result<Response, Problem> {
    present(&context, &caller, id).await?;
    let Some((from, to)) = window(&context, id, &filters).await? else {
        return Ok(Page::<Position> { items: Vec::new(), next: None }.linked(&page));
    };
    let mut rows = Entity::find()
        .filter(Column::VehicleId.eq(id))
        .filter(Column::RecordedAt.gte(from))
        .filter(Column::RecordedAt.lte(to));
    if let Some((recorded, seq)) = page.key::<(DateTime<Utc>, i32)>()? {
        let key = [storable_time("after", recorded)?.into(), seq.into()];
        rows = rows.filter(keyset::after([Column::RecordedAt, Column::Seq], key));
    }
    let rows = rows.order_by_asc(Column::RecordedAt).order_by_asc(Column::Seq);
    let rows = rows.limit(u64::from(page.limit()) + 1).into_model::<PositionRow>();
    let rows = rows.all(context.database.read()).await.or_problem()?;
    let shown = Page::from_rows(rows, &page, |row| (row.recorded_at, row.seq));
    Ok(shown.map(Position::from).linked(&page))
}

/// The times that are meant; nothing for a vehicle that has never reported, unless both are given.
async fn window(
    context: &Context,
    vehicle: Uuid,
    query: &PositionsQuery,
) -> Result<Option<(DateTime<Utc>, DateTime<Utc>)>, Problem> {
    let from = query.from.map(|from| storable_time("from", from)).transpose()?;
    let to = match query.to {
        Some(to) => Some(storable_time("to", to)?),
        None => latest(context, vehicle).await?,
    };
    let Some(to) = to else { return Ok(None) };
    match from {
        Some(from) if from > to && query.to.is_some() => Err(Problem::invalid_parameter("from", "is after `to`")),
        Some(from) => Ok(Some((from, to))),
        None => Ok(Some((to - TimeDelta::hours(24), to))),
    }
}

async fn latest(context: &Context, vehicle: Uuid) -> Result<Option<DateTime<Utc>>, Problem> {
    let query = vehicle_latest::Entity::find_by_id(vehicle).select_only().column(vehicle_latest::Column::RecordedAt);
    query.into_tuple().one(context.database.read()).await.or_problem()
}
