//! The entity of table `fleet_members`.

use sea_orm::entity::prelude::*;

/// What a member may do in a fleet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum FleetRole {
    /// Everything, and may hand the fleet over.
    Owner,
    /// Vehicles, drivers, devices and members.
    Manager,
    /// Reads all, assigns drivers and trips.
    Dispatcher,
    /// Reads only.
    Viewer,
}

/// Who may do what in a fleet.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "fleet_members")]
pub struct Model {
    /// The fleet.
    #[sea_orm(primary_key, auto_increment = false)]
    pub fleet_id: Uuid,
    /// The member, a user of core.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// What the member may do in this fleet.
    pub role: FleetRole,
    /// Drawn from `sync_scopes` in the same transaction; serves as `ETag` and for compare-and-swap.
    pub version: i64,
    /// When the row was made.
    pub created_at: ChronoDateTimeUtc,
    /// When the row last changed.
    pub updated_at: ChronoDateTimeUtc,
    /// The fleet.
    #[sea_orm(belongs_to, from = "fleet_id", to = "id", on_delete = "Cascade")]
    pub fleet: BelongsTo<super::fleets::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
