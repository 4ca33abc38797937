//! The entity of table `outbox`.

use sea_orm::entity::prelude::*;

/// A message to another part of the platform.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    /// Whose change the message tells of.
    #[sea_orm(primary_key, auto_increment = false)]
    pub scope_id: Uuid,
    /// Identifies the message; receivers drop a message whose id they have seen.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What kind of message it is, such as `user.erasure`.
    #[sea_orm(column_type = "Text")]
    pub topic: String,
    /// What the message says; never a secret.
    #[sea_orm(column_type = "JsonBinary")]
    pub payload: Json,
    /// When the row was made.
    pub created_at: ChronoDateTimeUtc,
    /// When the message was handed over; `None` until then.
    pub sent_at: Option<ChronoDateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
