//! The entity of table `fleets`.

use sea_orm::entity::prelude::*;

/// A fleet of vehicles with its members: the tenant.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "fleets")]
pub struct Model {
    /// `UUIDv7` made by the application, `UUIDv5` in seeds.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Short name people know the fleet by, unique everywhere.
    #[sea_orm(column_type = "Text", unique)]
    pub code: String,
    /// Full name of the fleet.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// Drawn from `sync_scopes` in the same transaction; serves as `ETag` and for compare-and-swap.
    pub version: i64,
    /// When the row was made.
    pub created_at: ChronoDateTimeUtc,
    /// When the row last changed.
    pub updated_at: ChronoDateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
