//! The entity of table `signing_keys`.

use sea_orm::entity::prelude::*;

/// Where a signing key is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum SigningKeyState {
    /// Published, and not signing yet.
    Next,
    /// The one that signs.
    Active,
    /// Signs no more; what it signed is still good.
    Retiring,
    /// What it signed is refused.
    Gone,
}

/// A key that signs access tokens.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "signing_keys")]
pub struct Model {
    /// Names the key in tokens and in the published set.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub kid: String,
    /// The algorithm.
    #[sea_orm(column_type = "Text")]
    pub alg: String,
    /// The public half.
    pub public_key: Vec<u8>,
    /// The private half, encrypted and authenticated together with the name; `None` once it signs no more.
    pub private_sealed: Option<Vec<u8>>,
    /// Which master key it is sealed with.
    #[sea_orm(column_type = "Text")]
    pub seal_key_id: String,
    /// Where the key is in its life.
    pub state: SigningKeyState,
    /// When the row was made.
    pub created_at: ChronoDateTimeUtc,
    /// From when on it may sign.
    pub activate_at: ChronoDateTimeUtc,
    /// Until when tokens of a retiring key are good; `None` before it retires.
    pub retire_at: Option<ChronoDateTimeUtc>,
    /// When the row last changed.
    pub updated_at: ChronoDateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
