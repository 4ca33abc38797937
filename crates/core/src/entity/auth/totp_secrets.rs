//! The entity of table `totp_secrets`.

use sea_orm::entity::prelude::*;

/// The sealed seed of an authenticator app.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "totp_secrets")]
pub struct Model {
    /// Identifies the row.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose authenticator it is.
    pub user_id: Uuid,
    /// What the person calls the device.
    #[sea_orm(column_type = "Text")]
    pub label: String,
    /// The seed, encrypted and authenticated together with the id of this row.
    pub secret_sealed: Vec<u8>,
    /// Which key it is sealed with.
    #[sea_orm(column_type = "Text")]
    pub key_id: String,
    /// When the person first gave a right code; before that it protects nothing.
    pub confirmed_at: Option<ChronoDateTimeUtc>,
    /// The last time step that was accepted; a step counts once.
    pub last_step: Option<i64>,
    /// When the row was made.
    pub created_at: ChronoDateTimeUtc,
    /// When the row last changed.
    pub updated_at: ChronoDateTimeUtc,
    /// The person.
    #[sea_orm(belongs_to, from = "user_id", to = "id", on_delete = "Cascade")]
    pub user: BelongsTo<super::users::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
