//! The entity of table `api_keys`.

use sea_orm::entity::prelude::*;

/// A long-lived key of a person or of a service account.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "api_keys")]
pub struct Model {
    /// Identifies the key; it stands in the key and is no secret.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The person whose key it is; `None` for that of a service account.
    pub user_id: Option<Uuid>,
    /// The service account whose key it is; `None` for that of a person.
    pub service_account_id: Option<Uuid>,
    /// The app it is good for.
    pub app_id: Uuid,
    /// What its owner calls it.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// SHA-256 of the secret part.
    pub secret_hash: Vec<u8>,
    /// What it may do at most: a list of permissions.
    #[sea_orm(column_type = "JsonBinary")]
    pub permissions: Json,
    /// When it ends; `None` for never.
    pub expires_at: Option<ChronoDateTimeUtc>,
    /// When it was last used, written at most once a minute.
    pub last_used_at: Option<ChronoDateTimeUtc>,
    /// When it was ended early.
    pub revoked_at: Option<ChronoDateTimeUtc>,
    /// When the row was made.
    pub created_at: ChronoDateTimeUtc,
    /// The person.
    #[sea_orm(belongs_to, from = "user_id", to = "id", on_delete = "Cascade")]
    pub user: BelongsTo<Option<super::users::Entity>>,
    /// The service account.
    #[sea_orm(belongs_to, from = "service_account_id", to = "id", on_delete = "Cascade")]
    pub service_account: BelongsTo<Option<super::service_accounts::Entity>>,
    /// The app.
    #[sea_orm(belongs_to, from = "app_id", to = "id", on_delete = "Restrict")]
    pub app: BelongsTo<super::apps::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
