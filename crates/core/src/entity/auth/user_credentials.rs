//! The entity of table `user_credentials`.

use sea_orm::entity::prelude::*;

/// The password hash of a person.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "user_credentials")]
pub struct Model {
    /// Whose password it is.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// The Argon2id hash as a PHC string, with its parameters and salt.
    #[sea_orm(column_type = "Text")]
    pub phc: String,
    /// Which pepper went into the hash; the pepper itself is never in the database.
    #[sea_orm(column_type = "Text")]
    pub pepper_id: String,
    /// Which Unicode normalisation was applied before hashing.
    pub norm_version: i32,
    /// When the row was made.
    pub created_at: ChronoDateTimeUtc,
    /// When the row last changed.
    pub updated_at: ChronoDateTimeUtc,
    /// The person.
    #[sea_orm(belongs_to, from = "user_id", to = "id", on_delete = "Cascade")]
    pub user: BelongsTo<super::users::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
