//! The entity of table `tracking_data`.

use sea_orm::entity::prelude::*;

/// Positions as the trackers reported them.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "tracking_data")]
pub struct Model {
    /// The vehicle that carried the tracker at that time.
    #[sea_orm(primary_key, auto_increment = false)]
    pub vehicle_id: Uuid,
    /// When the tracker took the fix, UTC.
    #[sea_orm(primary_key, auto_increment = false)]
    pub recorded_at: ChronoDateTimeUtc,
    /// The tracker's sequence number, else a 31-bit hash of the fix: a resend collapses, two fixes at once do not.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i32,
    /// When the position arrived, UTC.
    pub received_at: ChronoDateTimeUtc,
    /// The tracker; `None` for a fix from elsewhere, such as an imported track.
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
    /// The vehicle.
    #[sea_orm(belongs_to, from = "vehicle_id", to = "id", on_delete = "Restrict")]
    pub vehicle: BelongsTo<super::vehicles::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
