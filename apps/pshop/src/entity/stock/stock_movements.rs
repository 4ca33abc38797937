//! The entity of table `stock_movements`.

use sea_orm::entity::prelude::*;

/// Why the stock changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum MovementReason {
    /// Goods were sold.
    Sale,
    /// Goods came back.
    Return,
    /// Goods were delivered.
    Receive,
    /// A count found another quantity.
    Count,
    /// Goods went to or came from another store.
    Transfer,
    /// A lease of a till was settled.
    LeaseAdj,
}

/// Every change of stock; append-only.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "stock_movements")]
pub struct Model {
    /// The store.
    #[sea_orm(primary_key, auto_increment = false, unique_key = "store_id_ref_id_line_no_reason")]
    pub store_id: Uuid,
    /// `UUIDv7` made by the application, `UUIDv5` in seeds.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The product.
    pub product_id: Uuid,
    /// Change of the quantity in thousandths of a unit; negative when goods leave.
    pub delta: i64,
    /// The document that caused it: the sale, delivery, count or transfer.
    #[sea_orm(unique_key = "store_id_ref_id_line_no_reason")]
    pub ref_id: Uuid,
    /// The line of that document, from 1.
    #[sea_orm(unique_key = "store_id_ref_id_line_no_reason")]
    pub line_no: i32,
    /// Why the stock changed.
    #[sea_orm(unique_key = "store_id_ref_id_line_no_reason")]
    pub reason: MovementReason,
    /// Purchase price of one unit in minor units; `None` when unknown.
    pub unit_cost_minor: Option<i64>,
    /// When the goods moved, UTC.
    pub at: ChronoDateTimeUtc,
    /// The store.
    #[sea_orm(belongs_to, from = "store_id", to = "id", on_delete = "Restrict")]
    pub store: BelongsTo<super::super::catalog::stores::Entity>,
    /// The product.
    #[sea_orm(belongs_to, from = "(store_id, product_id)", to = "(store_id, id)", on_delete = "Restrict")]
    pub product: BelongsTo<super::super::catalog::products::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
