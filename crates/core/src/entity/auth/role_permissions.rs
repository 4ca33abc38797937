//! The entity of table `role_permissions`.

use sea_orm::entity::prelude::*;

/// One thing that the holders of a role may do.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "role_permissions")]
pub struct Model {
    /// The role.
    #[sea_orm(primary_key, auto_increment = false)]
    pub role_id: Uuid,
    /// The permission, such as `items.moderate`.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub permission: String,
    /// When the row was made.
    pub created_at: ChronoDateTimeUtc,
    /// The role.
    #[sea_orm(belongs_to, from = "role_id", to = "id", on_delete = "Cascade")]
    pub role: BelongsTo<super::roles::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
