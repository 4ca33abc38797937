//! The entity of table `role_includes`.

use sea_orm::entity::prelude::*;

/// That a role includes another one.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "role_includes")]
pub struct Model {
    /// The role that includes.
    #[sea_orm(primary_key, auto_increment = false)]
    pub role_id: Uuid,
    /// The role that is included.
    #[sea_orm(primary_key, auto_increment = false)]
    pub included_id: Uuid,
    /// When the row was made.
    pub created_at: ChronoDateTimeUtc,
    /// The role that includes.
    #[sea_orm(belongs_to, from = "role_id", to = "id", on_delete = "Cascade")]
    pub role: BelongsTo<super::roles::Entity>,
    /// The role that is included.
    #[sea_orm(belongs_to, relation_enum = "Included", from = "included_id", to = "id", on_delete = "Cascade")]
    pub included: BelongsTo<super::roles::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
