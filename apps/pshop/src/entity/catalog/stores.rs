//! The entity of table `stores`.

use sea_orm::entity::prelude::*;

/// Whether a store's prices contain the tax.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum TaxMode {
    /// Prices contain the tax.
    Incl,
    /// The tax is added to prices.
    Excl,
}

/// Where amounts are rounded, half to even.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum Rounding {
    /// Each line by itself.
    Line,
    /// Once, over the whole sale.
    Total,
}

/// A shop with its own products, stock and tills: the tenant.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "stores")]
pub struct Model {
    /// `UUIDv7` made by the application, `UUIDv5` in seeds.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Short name people know the store by, unique everywhere.
    #[sea_orm(column_type = "Text", unique)]
    pub code: String,
    /// Full name of the store.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// ISO 4217 code of the currency of all prices and sales.
    #[sea_orm(column_type = "Text")]
    pub currency: String,
    /// Whether prices contain the tax.
    pub tax_mode: TaxMode,
    /// Where amounts are rounded.
    pub rounding: Rounding,
    /// Drawn from `sync_scopes` in the same transaction; serves as `ETag` and for compare-and-swap.
    pub version: i64,
    /// When the row was made.
    pub created_at: ChronoDateTimeUtc,
    /// When the row last changed.
    pub updated_at: ChronoDateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
