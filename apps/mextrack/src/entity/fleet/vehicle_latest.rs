//! The entity of table `vehicle_latest`.

use sea_orm::entity::prelude::*;

/// The newest position of each vehicle; derived from `tracking_data`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "vehicle_latest")]
pub struct Model {
    /// The vehicle.
    #[sea_orm(primary_key, auto_increment = false)]
    pub vehicle_id: Uuid,
    /// The vehicle's fleet, copied so that a fleet is read at once.
    pub fleet_id: Uuid,
    /// When the tracker took the fix, UTC; never goes back.
    pub recorded_at: ChronoDateTimeUtc,
    /// Sequence number of the fix; breaks ties of `recorded_at`.
    pub seq: i32,
    /// When the position arrived, UTC.
    pub received_at: ChronoDateTimeUtc,
    /// The tracker that sent the fix.
    pub device_id: Option<Uuid>,
    /// Latitude in ten-millionths of a degree.
    pub lat_e7: i32,
    /// Longitude in ten-millionths of a degree.
    pub lon_e7: i32,
    /// Speed in centimetres per second.
    pub speed_cms: Option<i32>,
    /// Direction in hundredths of a degree, clockwise from north.
    pub heading_cdeg: Option<i32>,
    /// Height above the sea in metres.
    pub altitude_m: Option<i32>,
    /// Radius of uncertainty in decimetres.
    pub accuracy_dm: Option<i32>,
    /// Bit set of what the tracker said, such as ignition.
    pub flags: i32,
    /// Whatever else the tracker sent.
    #[sea_orm(column_type = "JsonBinary")]
    pub attrs: Option<Json>,
    /// What the trip builder has to remember until the next fix.
    #[sea_orm(column_type = "JsonBinary")]
    pub trip_state: Option<Json>,
    /// The vehicle.
    #[sea_orm(belongs_to, from = "vehicle_id", to = "id", on_delete = "Cascade")]
    pub vehicle: BelongsTo<super::vehicles::Entity>,
    /// The fleet.
    #[sea_orm(belongs_to, from = "fleet_id", to = "id", on_delete = "Restrict")]
    pub fleet: BelongsTo<super::fleets::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
