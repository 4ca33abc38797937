//! The entity of table `phone_verifications`.

use sea_orm::entity::prelude::*;

/// What a code sent to a telephone is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum PhonePurpose {
    /// Proves a number.
    VerifyPhone,
    /// Signs in.
    SignIn,
    /// Proves presence before something grave.
    StepUp,
}

/// A short code sent to a telephone.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "phone_verifications")]
pub struct Model {
    /// Identifies the row; part of what the code is keyed with.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who asked for the code.
    pub user_id: Uuid,
    /// What the code is good for.
    pub purpose: PhonePurpose,
    /// The number the code was sent to.
    #[sea_orm(column_type = "Text")]
    pub phone_e164: String,
    /// HMAC-SHA256 of row, number and code, under a key outside the database.
    pub code_mac: Vec<u8>,
    /// Which key that was.
    #[sea_orm(column_type = "Text")]
    pub key_id: String,
    /// How many guesses were made, counted before each is checked.
    pub attempts: i32,
    /// When the code ends.
    pub expires_at: ChronoDateTimeUtc,
    /// When the right code was given.
    pub consumed_at: Option<ChronoDateTimeUtc>,
    /// When a newer code took its place.
    pub superseded_at: Option<ChronoDateTimeUtc>,
    /// When the row was made.
    pub created_at: ChronoDateTimeUtc,
    /// The person.
    #[sea_orm(belongs_to, from = "user_id", to = "id", on_delete = "Cascade")]
    pub user: BelongsTo<super::users::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
