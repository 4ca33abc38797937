//! The entity of table `device_bindings`.

use sea_orm::entity::prelude::*;

/// Which vehicle carried which tracker, and when.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "device_bindings")]
pub struct Model {
    /// The vehicle that carries the tracker.
    #[sea_orm(primary_key, auto_increment = false)]
    pub vehicle_id: Uuid,
    /// The tracker.
    #[sea_orm(primary_key, auto_increment = false)]
    pub device_id: Uuid,
    /// First instant of the binding.
    #[sea_orm(primary_key, auto_increment = false)]
    pub valid_from: ChronoDateTimeUtc,
    /// First instant after the binding; `None` while it lasts.
    pub valid_to: Option<ChronoDateTimeUtc>,
    /// Drawn from `sync_scopes` in the same transaction; serves as `ETag` and for compare-and-swap.
    pub version: i64,
    /// When the row was made.
    pub created_at: ChronoDateTimeUtc,
    /// When the row last changed.
    pub updated_at: ChronoDateTimeUtc,
    /// The vehicle.
    #[sea_orm(belongs_to, from = "vehicle_id", to = "id", on_delete = "Restrict")]
    pub vehicle: BelongsTo<super::vehicles::Entity>,
    /// The device.
    #[sea_orm(belongs_to, from = "device_id", to = "id", on_delete = "Restrict")]
    pub device: BelongsTo<super::devices::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
