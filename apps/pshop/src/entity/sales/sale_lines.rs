//! The entity of table `sale_lines`.

use sea_orm::entity::prelude::*;

/// The lines of sales and returns.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "sale_lines")]
pub struct Model {
    /// The store.
    #[sea_orm(primary_key, auto_increment = false)]
    pub store_id: Uuid,
    /// The sale.
    #[sea_orm(primary_key, auto_increment = false)]
    pub sale_id: Uuid,
    /// Number of the line, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub line_no: i32,
    /// The product.
    pub product_id: Uuid,
    /// Name of the product when it was sold.
    #[sea_orm(column_type = "Text")]
    pub name_snapshot: String,
    /// Quantity in thousandths of a unit.
    pub qty_milli: i64,
    /// Price of one unit in minor units, as scanned.
    pub unit_minor: i64,
    /// Discount on the whole line in minor units.
    pub discount_minor: i64,
    /// Tax rate in parts per million when it was sold.
    pub tax_rate_ppm: i32,
    /// Tax of the line in minor units.
    pub tax_minor: i64,
    /// Total of the line with tax, in minor units.
    pub total_minor: i64,
    /// How much of it has come back, in thousandths of a unit.
    pub returned_qty_milli: i64,
    /// The store.
    #[sea_orm(belongs_to, from = "store_id", to = "id", on_delete = "Restrict")]
    pub store: BelongsTo<super::super::catalog::stores::Entity>,
    /// The sale.
    #[sea_orm(belongs_to, from = "(store_id, sale_id)", to = "(store_id, id)", on_delete = "Restrict")]
    pub sale: BelongsTo<super::sales::Entity>,
    /// The product.
    #[sea_orm(belongs_to, from = "(store_id, product_id)", to = "(store_id, id)", on_delete = "Restrict")]
    pub product: BelongsTo<super::super::catalog::products::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
