//! The entity of table `users`.

use sea_orm::entity::prelude::*;

/// Where an account is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum UserStatus {
    /// May sign in.
    Active,
    /// Shut by an administrator.
    Disabled,
    /// Its erasure was asked for and can still be undone.
    Erasing,
    /// A tombstone without personal data.
    Erased,
}

/// A person who can sign in.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    /// Identifies the row.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What the person wants to be called.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// The address as the person wrote it; mail goes here.
    #[sea_orm(column_type = "Text")]
    pub email: String,
    /// The address in its comparable form: trimmed, NFKC, lower case, the domain in ASCII.
    #[sea_orm(column_type = "Text", unique)]
    pub email_norm: String,
    /// When the person proved that the address is theirs; without it there is no sign-in.
    pub email_verified_at: Option<ChronoDateTimeUtc>,
    /// The telephone number in E.164 form; a claim that is not proven yet waits in `phone_verifications`.
    #[sea_orm(column_type = "Text", unique)]
    pub phone_e164: Option<String>,
    /// When the person proved that the number is theirs.
    pub phone_verified_at: Option<ChronoDateTimeUtc>,
    /// Where the account is in its life.
    pub status: UserStatus,
    /// Access tokens of an older epoch are refused; raised when roles change.
    pub token_epoch: i64,
    /// Single-use tokens of another generation are refused; raised when credentials change.
    pub cred_gen: i64,
    /// When the person last signed in.
    pub last_login_at: Option<ChronoDateTimeUtc>,
    /// Drawn from the counter of the user: entity tag, compare-and-swap value and sync cursor at once.
    pub version: i64,
    /// When the row was made.
    pub created_at: ChronoDateTimeUtc,
    /// When the row last changed.
    pub updated_at: ChronoDateTimeUtc,
    /// When the account was erased.
    pub deleted_at: Option<ChronoDateTimeUtc>,
}

impl Related<super::user_credentials::Entity> for Entity {
    fn to() -> RelationDef {
        <super::user_credentials::Entity as Related<Self>>::to().rev()
    }
}

impl ActiveModelBehavior for ActiveModel {}
