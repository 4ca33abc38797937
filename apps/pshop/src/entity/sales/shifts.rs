//! The entity of table `shifts`.

use sea_orm::entity::prelude::*;

/// The shifts of a till, from opening to counted close.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "shifts")]
pub struct Model {
    /// The store.
    #[sea_orm(primary_key, auto_increment = false, unique_key = "store_id_register_id_number")]
    pub store_id: Uuid,
    /// `UUIDv7` made by the application, `UUIDv5` in seeds.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The till.
    #[sea_orm(unique_key = "store_id_register_id_number")]
    pub register_id: Uuid,
    /// Number of the shift on its till, from 1.
    #[sea_orm(unique_key = "store_id_register_id_number")]
    pub number: i32,
    /// The user of core who opened the shift.
    pub opened_by: Uuid,
    /// When the shift began, UTC.
    pub opened_at: ChronoDateTimeUtc,
    /// Cash in the drawer at the start, in minor units.
    pub float_minor: i64,
    /// When the shift ended, UTC; `None` while it is open.
    pub closed_at: Option<ChronoDateTimeUtc>,
    /// Cash counted at the end, in minor units; `None` while it is open.
    pub counted_minor: Option<i64>,
    /// Drawn from `sync_scopes` in the same transaction; serves as `ETag` and for compare-and-swap.
    pub version: i64,
    /// When the row was made.
    pub created_at: ChronoDateTimeUtc,
    /// When the row last changed.
    pub updated_at: ChronoDateTimeUtc,
    /// The store.
    #[sea_orm(belongs_to, from = "store_id", to = "id", on_delete = "Restrict")]
    pub store: BelongsTo<super::super::catalog::stores::Entity>,
    /// The register.
    #[sea_orm(belongs_to, from = "(store_id, register_id)", to = "(store_id, id)", on_delete = "Restrict")]
    pub register: BelongsTo<super::registers::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
