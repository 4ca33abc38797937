//! The entity of table `tax_rates`.

use sea_orm::entity::prelude::*;

/// The tax rates a store applies.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "tax_rates")]
pub struct Model {
    /// The store.
    #[sea_orm(primary_key, auto_increment = false, unique_key = "store_id_code")]
    pub store_id: Uuid,
    /// `UUIDv7` made by the application, `UUIDv5` in seeds.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Short name of the rate, unique in the store.
    #[sea_orm(column_type = "Text", unique_key = "store_id_code")]
    pub code: String,
    /// The rate as receipts name it.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// The rate in parts per million: 190000 is 19 percent.
    pub rate_ppm: i32,
    /// Drawn from `sync_scopes` in the same transaction; serves as `ETag` and for compare-and-swap.
    pub version: i64,
    /// When the row was made.
    pub created_at: ChronoDateTimeUtc,
    /// When the row last changed.
    pub updated_at: ChronoDateTimeUtc,
    /// When the rate was removed; `None` while present.
    pub deleted_at: Option<ChronoDateTimeUtc>,
    /// The store.
    #[sea_orm(belongs_to, from = "store_id", to = "id", on_delete = "Restrict")]
    pub store: BelongsTo<super::stores::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
