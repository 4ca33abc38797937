//! The entity of table `payments`.

use sea_orm::entity::prelude::*;

/// How a sale was paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum PaymentMethod {
    /// Notes and coins.
    Cash,
    /// Card or phone.
    Card,
    /// Gift card or voucher.
    Voucher,
    /// Bank transfer.
    Transfer,
}

/// How sales were paid, and returns paid out. An entity can name one unique key per column: (store, method,
/// `provider_ref`) is unique too.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "payments")]
pub struct Model {
    /// The store.
    #[sea_orm(primary_key, auto_increment = false, unique_key = "store_id_sale_id_line_no")]
    pub store_id: Uuid,
    /// `UUIDv7` made by the application, `UUIDv5` in seeds.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The sale.
    #[sea_orm(unique_key = "store_id_sale_id_line_no")]
    pub sale_id: Uuid,
    /// Number of the payment within the sale, from 1.
    #[sea_orm(unique_key = "store_id_sale_id_line_no")]
    pub line_no: i32,
    /// How it was paid.
    pub method: PaymentMethod,
    /// Part of the total that it settles, in minor units.
    pub amount_minor: i64,
    /// What was handed over, in minor units; the amount itself unless cash.
    pub tendered_minor: i64,
    /// What was given back, in minor units.
    pub change_minor: i64,
    /// The payment provider's reference; `None` for cash.
    #[sea_orm(column_type = "Text")]
    pub provider_ref: Option<String>,
    /// The store.
    #[sea_orm(belongs_to, from = "store_id", to = "id", on_delete = "Restrict")]
    pub store: BelongsTo<super::super::catalog::stores::Entity>,
    /// The sale.
    #[sea_orm(belongs_to, from = "(store_id, sale_id)", to = "(store_id, id)", on_delete = "Restrict")]
    pub sale: BelongsTo<super::sales::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
