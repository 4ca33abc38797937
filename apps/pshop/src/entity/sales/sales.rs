//! The entity of table `sales`.

use sea_orm::entity::prelude::*;

/// Whether goods left or came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum SaleKind {
    /// Goods left, money came in.
    Sale,
    /// Goods came back, money was paid out.
    Return,
}

/// Whether a sale stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum SaleStatus {
    /// The sale stands.
    Completed,
    /// The sale was cancelled afterwards.
    Voided,
}

/// Sales and returns.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "sales")]
pub struct Model {
    /// The store.
    #[sea_orm(primary_key, auto_increment = false, unique_key = "store_id_register_id_receipt_no")]
    pub store_id: Uuid,
    /// `UUIDv7` made by the till, so that a repeated upload is recognised; `UUIDv5` in seeds.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The till.
    #[sea_orm(unique_key = "store_id_register_id_receipt_no")]
    pub register_id: Uuid,
    /// Epoch of the till when the receipt number was taken.
    pub epoch: i64,
    /// Receipt number, without gaps per till, from 1.
    #[sea_orm(unique_key = "store_id_register_id_receipt_no")]
    pub receipt_no: i64,
    /// The shift the sale belongs to.
    pub shift_id: Uuid,
    /// The user of core who sold.
    pub user_id: Uuid,
    /// Whether goods left or came back.
    pub kind: SaleKind,
    /// The sale that a return takes back; `None` for a sale.
    pub ref_sale_id: Option<Uuid>,
    /// Sum of the lines without tax, in minor units.
    pub subtotal_minor: i64,
    /// Tax in minor units.
    pub tax_minor: i64,
    /// Sum of the lines with tax, in minor units.
    pub total_minor: i64,
    /// ISO 4217 code of the currency.
    #[sea_orm(column_type = "Text")]
    pub currency: String,
    /// Whether the sale stands.
    pub status: SaleStatus,
    /// When the sale took place, by the clock of the till, UTC.
    pub occurred_at: ChronoDateTimeUtc,
    /// When the sale was stored here, UTC.
    pub received_at: ChronoDateTimeUtc,
    /// Hash of the sale before it on the same till; `None` for the first.
    pub prev_hash: Option<Vec<u8>>,
    /// SHA-256 over `prev_hash` and this sale; shows later changes.
    pub hash: Vec<u8>,
    /// The store.
    #[sea_orm(belongs_to, from = "store_id", to = "id", on_delete = "Restrict")]
    pub store: BelongsTo<super::super::catalog::stores::Entity>,
    /// The register.
    #[sea_orm(belongs_to, from = "(store_id, register_id)", to = "(store_id, id)", on_delete = "Restrict")]
    pub register: BelongsTo<super::registers::Entity>,
    /// The shift.
    #[sea_orm(belongs_to, from = "(store_id, shift_id)", to = "(store_id, id)", on_delete = "Restrict")]
    pub shift: BelongsTo<super::shifts::Entity>,
    /// The sale that a return takes back.
    #[sea_orm(
        self_ref,
        relation_enum = "RefSale",
        from = "(store_id, ref_sale_id)",
        to = "(store_id, id)",
        on_delete = "Restrict"
    )]
    pub ref_sale: BelongsTo<Option<Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
