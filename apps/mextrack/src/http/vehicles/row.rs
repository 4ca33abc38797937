//! A vehicle with its latest position, as it is read and as it is shown.

use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect, Select};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::positions::{Position, PositionRow};
use crate::entity::fleet::vehicles::{Column, Entity, Fuel as StoredFuel, VehicleStatus};
use crate::entity::fleet::{fleets, vehicle_latest};

/// What a vehicle runs on.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Fuel {
    Petrol,
    Diesel,
    /// Natural gas or LPG.
    Gas,
    /// Fuel and battery.
    Hybrid,
    Electric,
    /// Anything else, or unknown.
    Other,
}

/// Whether a vehicle is in use.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Status {
    /// In use.
    Active,
    /// In the workshop.
    Maintenance,
    /// No longer driven.
    Retired,
}

/// A vehicle of a fleet.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Vehicle {
    id: Uuid,
    /// The code of its fleet.
    fleet: String,
    plate: String,
    /// Vehicle identification number; null when not known.
    #[schema(required)]
    vin: Option<String>,
    #[schema(required)]
    make: Option<String>,
    #[schema(required)]
    model: Option<String>,
    /// Model year; null when not known.
    #[schema(required)]
    year: Option<i32>,
    fuel: Fuel,
    status: Status,
    /// Grows with every change of the vehicle; also in the `ETag`. Positions do not count.
    pub(super) version: i64,
    /// Where it was last; null when it has never reported.
    #[schema(required)]
    latest: Option<Position>,
}

/// What is read of a vehicle.
#[derive(Debug, FromQueryResult)]
pub(super) struct VehicleRow {
    id: Uuid,
    pub(super) fleet_id: Uuid,
    fleet_code: String,
    pub(super) plate: String,
    vin: Option<String>,
    make: Option<String>,
    model: Option<String>,
    year: Option<i32>,
    fuel: StoredFuel,
    status: VehicleStatus,
    version: i64,
    #[sea_orm(nested)]
    latest: Option<PositionRow>,
}

impl VehicleRow {
    /// The query that reads such rows, of vehicles that are there.
    pub(super) fn find() -> Select<Entity> {
        use vehicle_latest::Column as Latest;
        let own = [Column::Id, Column::FleetId, Column::Plate, Column::Vin, Column::Make, Column::Model, Column::Year];
        Entity::find()
            .select_only()
            .columns(own)
            .columns([Column::Fuel, Column::Status, Column::Version])
            .column_as(fleets::Column::Code, "fleet_code")
            .columns([Latest::RecordedAt, Latest::Seq, Latest::ReceivedAt, Latest::LatE7, Latest::LonE7])
            .columns([Latest::SpeedCms, Latest::HeadingCdeg, Latest::AltitudeM, Latest::AccuracyDm, Latest::Flags])
            .inner_join(fleets::Entity)
            .join(JoinType::LeftJoin, Entity::has_one(vehicle_latest::Entity).into())
            .filter(Column::DeletedAt.is_null())
    }
}

impl From<VehicleRow> for Vehicle {
    fn from(row: VehicleRow) -> Self {
        Self {
            id: row.id,
            fleet: row.fleet_code,
            plate: row.plate,
            vin: row.vin,
            make: row.make,
            model: row.model,
            year: row.year,
            fuel: row.fuel.into(),
            status: row.status.into(),
            version: row.version,
            latest: row.latest.map(Position::from),
        }
    }
}

impl From<StoredFuel> for Fuel {
    fn from(fuel: StoredFuel) -> Self {
        match fuel {
            StoredFuel::Petrol => Self::Petrol,
            StoredFuel::Diesel => Self::Diesel,
            StoredFuel::Gas => Self::Gas,
            StoredFuel::Hybrid => Self::Hybrid,
            StoredFuel::Electric => Self::Electric,
            StoredFuel::Other => Self::Other,
        }
    }
}

impl From<VehicleStatus> for Status {
    fn from(status: VehicleStatus) -> Self {
        match status {
            VehicleStatus::Active => Self::Active,
            VehicleStatus::Maintenance => Self::Maintenance,
            VehicleStatus::Retired => Self::Retired,
        }
    }
}
