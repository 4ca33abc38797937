//! The entity of table `registers`.

use sea_orm::entity::prelude::*;

/// The tills of a store.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "registers")]
pub struct Model {
    /// The store.
    #[sea_orm(primary_key, auto_increment = false, unique_key = "store_id_code")]
    pub store_id: Uuid,
    /// `UUIDv7` made by the application, `UUIDv5` in seeds.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Short name of the till, unique in the store.
    #[sea_orm(column_type = "Text", unique_key = "store_id_code")]
    pub code: String,
    /// Name as receipts show it.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// The device that sells as this till now; `None` when none does.
    pub lease_holder: Option<Uuid>,
    /// Grows whenever the till passes to another device.
    pub epoch: i64,
    /// The last receipt number given out; 0 before the first.
    pub last_receipt_no: i64,
    /// Drawn from `sync_scopes` in the same transaction; serves as `ETag` and for compare-and-swap.
    pub version: i64,
    /// When the row was made.
    pub created_at: ChronoDateTimeUtc,
    /// When the row last changed.
    pub updated_at: ChronoDateTimeUtc,
    /// The store.
    #[sea_orm(belongs_to, from = "store_id", to = "id", on_delete = "Restrict")]
    pub store: BelongsTo<super::super::catalog::stores::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
