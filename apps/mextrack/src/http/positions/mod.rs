//! Where vehicles were.

mod list;

use atriz_app::{Context, Coordinates, from_hundredths};
use chrono::{DateTime, Utc};
use sea_orm::FromQueryResult;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Bit 0 of the flags.
const IGNITION: i32 = 1;

/// A position as a tracker reported it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Position {
    /// When the tracker took it.
    recorded_at: DateTime<Utc>,
    /// Tells positions of one moment apart.
    seq: i32,
    /// When it arrived.
    received_at: DateTime<Utc>,
    coordinates: Coordinates,
    /// In metres per second; null when the tracker does not say.
    #[schema(required)]
    speed_mps: Option<f64>,
    /// In degrees, clockwise from north; null when the tracker does not say.
    #[schema(required, minimum = 0, exclusive_maximum = 360)]
    heading_deg: Option<f64>,
    /// Metres above the sea; null when the tracker does not say.
    #[schema(required)]
    altitude_m: Option<i32>,
    /// Radius of uncertainty in metres; null when the tracker does not say.
    #[schema(required)]
    accuracy_m: Option<f64>,
    /// Whether the ignition was on.
    ignition: bool,
}

/// The columns that make a position, of `tracking_data` as of `vehicle_latest`.
#[derive(Debug, FromQueryResult)]
pub(super) struct PositionRow {
    pub(super) recorded_at: DateTime<Utc>,
    pub(super) seq: i32,
    received_at: DateTime<Utc>,
    lat_e7: i32,
    lon_e7: i32,
    speed_cms: Option<i32>,
    heading_cdeg: Option<i32>,
    altitude_m: Option<i32>,
    accuracy_dm: Option<i32>,
    flags: i32,
}

impl From<PositionRow> for Position {
    fn from(row: PositionRow) -> Self {
        Self {
            recorded_at: row.recorded_at,
            seq: row.seq,
            received_at: row.received_at,
            coordinates: Coordinates::from_e7(row.lat_e7, row.lon_e7),
            speed_mps: row.speed_cms.map(from_hundredths),
            heading_deg: row.heading_cdeg.map(from_hundredths),
            altitude_m: row.altitude_m,
            accuracy_m: row.accuracy_dm.map(|decimetres| f64::from(decimetres) / 10.0),
            ignition: row.flags & IGNITION != 0,
        }
    }
}

pub(super) fn routes(context: &Context) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list::list)).with_state(context.clone())
}
