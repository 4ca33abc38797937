//! The entity of table `apps`.

use sea_orm::entity::prelude::*;

/// The `SameSite` rule of an app's session cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum CookiePolicy {
    /// The cookie is never sent from another site.
    Strict,
    /// The cookie is sent when a person follows a link from another site.
    Lax,
}

/// An app that people sign in to.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "apps")]
pub struct Model {
    /// Identifies the row.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The short name that configuration and seeds use, such as `atriz`.
    #[sea_orm(column_type = "Text", unique)]
    pub code: String,
    /// What people see.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// The `aud` claim of the access tokens of this app.
    #[sea_orm(column_type = "Text", unique)]
    pub audience: String,
    /// Where a sign-in may return to: a list of exact addresses.
    #[sea_orm(column_type = "JsonBinary")]
    pub redirect_uris: Json,
    /// SHA-256 of the client secret; `None` for a public client.
    pub secret_hash: Option<Vec<u8>>,
    /// The `SameSite` rule of the session cookie.
    pub cookie_policy: CookiePolicy,
    /// Whether people may sign in to it.
    pub is_active: bool,
    /// When the row was made.
    pub created_at: ChronoDateTimeUtc,
    /// When the row last changed.
    pub updated_at: ChronoDateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
