//! The entity of table `roles`.

use sea_orm::entity::prelude::*;

/// A named set of permissions.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "roles")]
pub struct Model {
    /// Identifies the row.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The name that code, tokens and seeds use, such as `atriz.admin`.
    #[sea_orm(column_type = "Text", unique)]
    pub code: String,
    /// The app it belongs to; `None` for a role across all apps.
    pub app_id: Option<Uuid>,
    /// What people see.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// What the role is for.
    #[sea_orm(column_type = "Text")]
    pub description: String,
    /// When the row was made.
    pub created_at: ChronoDateTimeUtc,
    /// When the row last changed.
    pub updated_at: ChronoDateTimeUtc,
    /// The app.
    #[sea_orm(belongs_to, from = "app_id", to = "id", on_delete = "Restrict")]
    pub app: BelongsTo<Option<super::apps::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
