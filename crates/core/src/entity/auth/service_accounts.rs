//! The entity of table `service_accounts`.

use sea_orm::entity::prelude::*;

/// A program that signs in by key.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "service_accounts")]
pub struct Model {
    /// Identifies the row.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The short name of the account.
    #[sea_orm(column_type = "Text", unique)]
    pub code: String,
    /// What people see.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// The app it belongs to; `None` for one of the whole platform.
    pub app_id: Option<Uuid>,
    /// What it may do: a list of permissions.
    #[sea_orm(column_type = "JsonBinary")]
    pub permissions: Json,
    /// When it was shut; `None` while it may work.
    pub disabled_at: Option<ChronoDateTimeUtc>,
    /// When the row was made.
    pub created_at: ChronoDateTimeUtc,
    /// When the row last changed.
    pub updated_at: ChronoDateTimeUtc,
    /// The app.
    #[sea_orm(belongs_to, from = "app_id", to = "id", on_delete = "Restrict")]
    pub app: BelongsTo<Option<super::apps::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
