//! The entity of table `auth_tokens`.

use sea_orm::entity::prelude::*;

/// What a single-use token is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum TokenPurpose {
    /// Proves an address.
    VerifyEmail,
    /// Proves the new address of an account.
    ChangeEmail,
    /// Sets a new password.
    ResetPassword,
    /// Signs in by mail.
    Magic,
    /// Lets a new person in.
    Invite,
    /// Exchanged for tokens by an app.
    AuthCode,
    /// Stands in for a lost second factor.
    RecoveryCode,
}

/// A single-use secret, kept as its hash.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "auth_tokens")]
pub struct Model {
    /// Identifies the row.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What the token is good for.
    pub purpose: TokenPurpose,
    /// Whose token it is; `None` only for an invitation.
    pub user_id: Option<Uuid>,
    /// The generation of credentials it was made under; it dies with that.
    pub cred_gen: Option<i64>,
    /// The address it was sent to, or the redirect it is bound to.
    #[sea_orm(column_type = "Text")]
    pub target: Option<String>,
    /// SHA-256 of the token.
    #[sea_orm(unique)]
    pub token_hash: Vec<u8>,
    /// When it ends; `None` only for a recovery code.
    pub expires_at: Option<ChronoDateTimeUtc>,
    /// When it was used.
    pub consumed_at: Option<ChronoDateTimeUtc>,
    /// When the row was made.
    pub created_at: ChronoDateTimeUtc,
    /// The person.
    #[sea_orm(belongs_to, from = "user_id", to = "id", on_delete = "Cascade")]
    pub user: BelongsTo<Option<super::users::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
