//! The entity of table `revocations`.

use sea_orm::entity::prelude::*;

/// A session, an API key, or the older tokens of a person, that are refused from now on.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "revocations")]
pub struct Model {
    /// The place in the feed; drawn from a counter that is locked until commit.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// The session that ended; `None` where it is about something else.
    pub session_id: Option<Uuid>,
    /// The person; `None` where it is about a session or a key.
    pub user_id: Option<Uuid>,
    /// Tokens of that person with a lower epoch are refused; `None` where it is about a session or a key.
    pub epoch: Option<i64>,
    /// When the last token it is about has expired, and the row may go.
    pub expires_at: ChronoDateTimeUtc,
    /// When the row was made.
    pub created_at: ChronoDateTimeUtc,
    /// The API key that ended; `None` where it is about something else.
    pub key_id: Option<Uuid>,
}

impl ActiveModelBehavior for ActiveModel {}
