//! The entity of table `store_members`.

use sea_orm::entity::prelude::*;

/// What a member may do in a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum StoreRole {
    /// Everything, and may hand the store over.
    Owner,
    /// Products, stock, tills and members.
    Manager,
    /// Sells and takes returns.
    Cashier,
    /// Reads only.
    Viewer,
}

/// Who may do what in a store.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "store_members")]
pub struct Model {
    /// The store.
    #[sea_orm(primary_key, auto_increment = false)]
    pub store_id: Uuid,
    /// The member, a user of core.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// What the member may do in this store.
    pub role: StoreRole,
    /// Drawn from `sync_scopes` in the same transaction; serves as `ETag` and for compare-and-swap.
    pub version: i64,
    /// When the row was made.
    pub created_at: ChronoDateTimeUtc,
    /// When the row last changed.
    pub updated_at: ChronoDateTimeUtc,
    /// The store.
    #[sea_orm(belongs_to, from = "store_id", to = "id", on_delete = "Cascade")]
    pub store: BelongsTo<super::stores::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
