//! The entity of table `user_roles`.

use sea_orm::entity::prelude::*;

/// A role that a person holds.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "user_roles")]
pub struct Model {
    /// Who holds the role.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// The role.
    #[sea_orm(primary_key, auto_increment = false)]
    pub role_id: Uuid,
    /// Who granted it; `None` when the platform did, or when that account is gone.
    pub granted_by: Option<Uuid>,
    /// When it was granted.
    pub granted_at: ChronoDateTimeUtc,
    /// When it ends; `None` for never.
    pub expires_at: Option<ChronoDateTimeUtc>,
    /// The holder.
    #[sea_orm(belongs_to, from = "user_id", to = "id", on_delete = "Cascade")]
    pub user: BelongsTo<super::users::Entity>,
    /// The role.
    #[sea_orm(belongs_to, from = "role_id", to = "id", on_delete = "Restrict")]
    pub role: BelongsTo<super::roles::Entity>,
    /// Who granted it.
    #[sea_orm(belongs_to, relation_enum = "Granter", from = "granted_by", to = "id", on_delete = "SetNull")]
    pub granter: BelongsTo<Option<super::users::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
