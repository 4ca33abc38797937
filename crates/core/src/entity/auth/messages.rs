//! The entity of table `messages`.

use sea_orm::entity::prelude::*;

/// How a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum Channel {
    /// By mail.
    Mail,
    /// As a text message.
    Sms,
}

/// A mail or a text message on its way.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "messages")]
pub struct Model {
    /// Identifies the message.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// How it goes.
    pub channel: Channel,
    /// What kind of message it is.
    #[sea_orm(column_type = "Text")]
    pub template: String,
    /// Whom it is about; `None` where there is no account.
    pub user_id: Option<Uuid>,
    /// Recipient and contents, sealed together with the id of this row; `None` once it is sent or given up.
    pub sealed: Option<Vec<u8>>,
    /// Which master key it is sealed with.
    #[sea_orm(column_type = "Text")]
    pub key_id: Option<String>,
    /// How often sending was tried.
    pub attempts: i32,
    /// When it is tried next.
    pub next_attempt_at: ChronoDateTimeUtc,
    /// When it was sent.
    pub sent_at: Option<ChronoDateTimeUtc>,
    /// When it was given up.
    pub failed_at: Option<ChronoDateTimeUtc>,
    /// Why the last try failed, without address and contents.
    #[sea_orm(column_type = "Text")]
    pub error: Option<String>,
    /// When the row was made.
    pub created_at: ChronoDateTimeUtc,
    /// The person.
    #[sea_orm(belongs_to, from = "user_id", to = "id", on_delete = "Cascade")]
    pub user: BelongsTo<Option<super::users::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
