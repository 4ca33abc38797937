//! The entity of table `product_barcodes`.

use sea_orm::entity::prelude::*;

/// The barcodes of products.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "product_barcodes")]
pub struct Model {
    /// The store.
    #[sea_orm(primary_key, auto_increment = false)]
    pub store_id: Uuid,
    /// The code as the scanner reads it, unique in the store.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub barcode: String,
    /// The product it stands for.
    pub product_id: Uuid,
    /// Quantity one scan stands for, in thousandths of a unit.
    pub pack_qty: i64,
    /// Drawn from `sync_scopes` in the same transaction; serves as `ETag` and for compare-and-swap.
    pub version: i64,
    /// When the row was made.
    pub created_at: ChronoDateTimeUtc,
    /// When the row last changed.
    pub updated_at: ChronoDateTimeUtc,
    /// The store.
    #[sea_orm(belongs_to, from = "store_id", to = "id", on_delete = "Restrict")]
    pub store: BelongsTo<super::stores::Entity>,
    /// The product.
    #[sea_orm(belongs_to, from = "(store_id, product_id)", to = "(store_id, id)", on_delete = "Cascade")]
    pub product: BelongsTo<super::products::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
