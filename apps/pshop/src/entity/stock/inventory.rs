//! The entity of table `inventory`.

use sea_orm::entity::prelude::*;

/// How much of each product is there; always the sum of its stock movements.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "inventory")]
pub struct Model {
    /// The store.
    #[sea_orm(primary_key, auto_increment = false)]
    pub store_id: Uuid,
    /// The product.
    #[sea_orm(primary_key, auto_increment = false)]
    pub product_id: Uuid,
    /// Quantity in the store, in thousandths of a unit.
    pub on_hand: i64,
    /// Part of it promised to orders.
    pub reserved: i64,
    /// Part of it lent to tills for selling without a connection.
    pub leased: i64,
    /// Quantity at which to order more; `None` when nobody watches.
    pub reorder_at: Option<i64>,
    /// Drawn from `sync_scopes` in the same transaction; serves as `ETag` and for compare-and-swap.
    pub version: i64,
    /// The store.
    #[sea_orm(belongs_to, from = "store_id", to = "id", on_delete = "Restrict")]
    pub store: BelongsTo<super::super::catalog::stores::Entity>,
    /// The product.
    #[sea_orm(belongs_to, from = "(store_id, product_id)", to = "(store_id, id)", on_delete = "Restrict")]
    pub product: BelongsTo<super::super::catalog::products::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
