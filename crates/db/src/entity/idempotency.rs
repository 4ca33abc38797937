//! The entity of table `idempotency`.

use sea_orm::entity::prelude::*;

/// The answer to a request that carried an `Idempotency-Key`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency")]
pub struct Model {
    /// Whose keys these are: a user, or another actor.
    #[sea_orm(primary_key, auto_increment = false)]
    pub scope_id: Uuid,
    /// The `Idempotency-Key` as the client sent it.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub key: String,
    /// SHA-256 of the request; the same key with another request is refused.
    pub request_hash: Vec<u8>,
    /// The HTTP status that was answered; `None` while the request is in flight.
    pub status: Option<i32>,
    /// The body that was answered; `None` while the request is in flight.
    #[sea_orm(column_type = "JsonBinary")]
    pub response: Option<Json>,
    /// When the row was made.
    pub created_at: ChronoDateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
