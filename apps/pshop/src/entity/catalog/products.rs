//! The entity of table `products`.

use sea_orm::entity::prelude::*;

/// What one unit of a product is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum Unit {
    /// A piece.
    Piece,
    /// A kilogram.
    Kilogram,
    /// A litre.
    Litre,
    /// A metre.
    Metre,
    /// An hour of work.
    Hour,
}

/// What a till without a connection may do with a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum OfflinePolicy {
    /// Sell it; a shortfall is recorded.
    Allow,
    /// Sell what was leased to the till.
    Lease,
    /// Not sell it.
    Deny,
}

/// What a store sells.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "products")]
pub struct Model {
    /// The store.
    #[sea_orm(primary_key, auto_increment = false)]
    pub store_id: Uuid,
    /// `UUIDv7` made by the application, `UUIDv5` in seeds.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The store's own article number, unique among products not deleted.
    #[sea_orm(column_type = "Text")]
    pub sku: String,
    /// Name as tills and receipts show it.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// Group for lists and reports.
    #[sea_orm(column_type = "Text")]
    pub category: Option<String>,
    /// What one unit is; quantities count thousandths of it.
    pub unit: Unit,
    /// Price of one unit in minor units of the currency of the store.
    pub price_minor: i64,
    /// Last purchase price of one unit in minor units.
    pub cost_minor: Option<i64>,
    /// The tax rate that applies.
    pub tax_rate_id: Uuid,
    /// Whether sales take from the inventory.
    pub track_stock: bool,
    /// What a till without a connection may do.
    pub offline_policy: OfflinePolicy,
    /// Drawn from `sync_scopes` in the same transaction; serves as `ETag` and for compare-and-swap.
    pub version: i64,
    /// When the row was made.
    pub created_at: ChronoDateTimeUtc,
    /// When the row last changed.
    pub updated_at: ChronoDateTimeUtc,
    /// When the product was removed; `None` while present.
    pub deleted_at: Option<ChronoDateTimeUtc>,
    /// The store.
    #[sea_orm(belongs_to, from = "store_id", to = "id", on_delete = "Restrict")]
    pub store: BelongsTo<super::stores::Entity>,
    /// The tax rate.
    #[sea_orm(belongs_to, from = "(store_id, tax_rate_id)", to = "(store_id, id)", on_delete = "Restrict")]
    pub tax_rate: BelongsTo<super::tax_rates::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
