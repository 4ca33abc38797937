//! The entity of table `vehicles`.

use sea_orm::entity::prelude::*;

/// What a vehicle runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum Fuel {
    /// Petrol.
    Petrol,
    /// Diesel.
    Diesel,
    /// Natural gas or LPG.
    Gas,
    /// Fuel and battery.
    Hybrid,
    /// Battery alone.
    Electric,
    /// Anything else, or unknown.
    Other,
}

/// Whether a vehicle is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum VehicleStatus {
    /// In use.
    Active,
    /// In the workshop.
    Maintenance,
    /// No longer driven.
    Retired,
}

/// The vehicles of a fleet.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "vehicles")]
pub struct Model {
    /// `UUIDv7` made by the application, `UUIDv5` in seeds.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The fleet the vehicle belongs to.
    pub fleet_id: Uuid,
    /// The user of core who answers for the vehicle; `None` when nobody does.
    pub user_id: Option<Uuid>,
    /// Number plate, unique in the fleet among vehicles not deleted.
    #[sea_orm(column_type = "Text")]
    pub plate: String,
    /// Vehicle identification number.
    #[sea_orm(column_type = "Text")]
    pub vin: Option<String>,
    /// Manufacturer.
    #[sea_orm(column_type = "Text")]
    pub make: Option<String>,
    /// Model as the manufacturer names it.
    #[sea_orm(column_type = "Text")]
    pub model: Option<String>,
    /// Model year.
    pub year: Option<i32>,
    /// What the vehicle runs on.
    pub fuel: Fuel,
    /// Metres to add to the tracked distance to get what the dashboard shows.
    pub odometer_offset_m: i64,
    /// Whether the vehicle is in use.
    pub status: VehicleStatus,
    /// Drawn from `sync_scopes` in the same transaction; serves as `ETag` and for compare-and-swap.
    pub version: i64,
    /// When the row was made.
    pub created_at: ChronoDateTimeUtc,
    /// When the row last changed.
    pub updated_at: ChronoDateTimeUtc,
    /// When the vehicle was removed; `None` while present.
    pub deleted_at: Option<ChronoDateTimeUtc>,
    /// The fleet.
    #[sea_orm(belongs_to, from = "fleet_id", to = "id", on_delete = "Restrict")]
    pub fleet: BelongsTo<super::fleets::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
