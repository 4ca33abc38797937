//! The rows of the outbox.

use std::time::Duration;

use sea_orm::prelude::ChronoDateTimeUtc;
use sea_orm::{
    ActiveEnum, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, QueryOrder,
    QuerySelect, Value,
};
use uuid::Uuid;

use super::templates::Message;
use crate::entity::auth::messages;
use crate::sql;

/// How often a message is tried.
const ATTEMPTS: i32 = 10;
/// How long a worker has a message for itself: longer than any server is waited for.
const LEASE: Duration = Duration::from_mins(3);
/// How long the rows of what was sent are kept.
const KEPT: Duration = Duration::from_hours(720);

/// Writes a row, unless it is about a person who is not there.
pub(super) async fn insert(
    connection: &impl ConnectionTrait,
    id: Uuid,
    user: Option<Uuid>,
    message: &Message,
    (key_id, sealed): (String, Vec<u8>),
    now: ChronoDateTimeUtc,
) -> Result<(), DbErr> {
    const ABOUT: &str = "INSERT INTO messages \
        (id, channel, template, user_id, sealed, key_id, attempts, next_attempt_at, created_at) \
        SELECT $1, $2, $3, id, $4, $5, 0, $6, $6 FROM users WHERE id = $7";
    const ALONE: &str = "INSERT INTO messages \
        (id, channel, template, user_id, sealed, key_id, attempts, next_attempt_at, created_at) \
        VALUES ($1, $2, $3, NULL, $4, $5, 0, $6, $6)";
    let channel = message.channel().to_value();
    let mut values: Vec<Value> =
        vec![id.into(), channel.into(), message.template().into(), sealed.into(), key_id.into(), now.into()];
    values.extend(user.map(Value::from));
    sql::execute(connection, if user.is_some() { ABOUT } else { ALONE }, values).await.map(drop)
}

/// The messages whose time has come, oldest first.
pub(super) async fn due(
    connection: &impl ConnectionTrait,
    now: ChronoDateTimeUtc,
    most: u64,
) -> Result<Vec<Uuid>, DbErr> {
    messages::Entity::find()
        .select_only()
        .column(messages::Column::Id)
        .filter(messages::Column::Sealed.is_not_null())
        .filter(messages::Column::NextAttemptAt.lte(now))
        .order_by_asc(messages::Column::NextAttemptAt)
        .order_by_asc(messages::Column::Id)
        .limit(most)
        .into_tuple()
        .all(connection)
        .await
}

/// Takes a message for this process alone, for a while; nothing when another one has it.
pub(super) async fn claim(
    connection: &impl ConnectionTrait,
    id: Uuid,
    now: ChronoDateTimeUtc,
) -> Result<Option<messages::Model>, DbErr> {
    let claimed = messages::Entity::update_many()
        .col_expr(messages::Column::Attempts, sea_orm::sea_query::Expr::col(messages::Column::Attempts).add(1))
        .col_expr(messages::Column::NextAttemptAt, sea_orm::sea_query::Expr::value(now + LEASE))
        .filter(messages::Column::Id.eq(id))
        .filter(messages::Column::Sealed.is_not_null())
        .filter(messages::Column::NextAttemptAt.lte(now))
        .exec_with_returning(connection)
        .await?;
    Ok(claimed.into_iter().next())
}

/// Notes that a message is sent, and forgets what it said.
pub(super) async fn sent(connection: &impl ConnectionTrait, id: Uuid, now: ChronoDateTimeUtc) -> Result<(), DbErr> {
    const SENT: &str = "UPDATE messages SET sent_at = $2, sealed = NULL, key_id = NULL, error = NULL WHERE id = $1";
    sql::execute(connection, SENT, [id.into(), now.into()]).await.map(drop)
}

/// Notes that a try failed: it is tried again later, or given up, whereupon what it said is forgotten.
pub(super) async fn failed(
    connection: &impl ConnectionTrait,
    row: &messages::Model,
    error: &str,
    for_good: bool,
    now: ChronoDateTimeUtc,
) -> Result<(), DbErr> {
    const AGAIN: &str = "UPDATE messages SET error = $2, next_attempt_at = $3 WHERE id = $1";
    const NEVER: &str = "UPDATE messages SET error = $2, failed_at = $3, sealed = NULL, key_id = NULL WHERE id = $1";
    let given_up = for_good || row.attempts >= ATTEMPTS;
    let (text, at) = if given_up { (NEVER, now) } else { (AGAIN, now + backoff(row.attempts)) };
    sql::execute(connection, text, [row.id.into(), error.into(), at.into()]).await.map(drop)
}

/// Deletes what was sent or given up long ago.
pub(super) async fn sweep(connection: &impl ConnectionTrait, now: ChronoDateTimeUtc) -> Result<u64, DbErr> {
    let done = Condition::all().add(messages::Column::Sealed.is_null()).add(messages::Column::CreatedAt.lt(now - KEPT));
    Ok(messages::Entity::delete_many().filter(done).exec(connection).await?.rows_affected)
}

/// Half a minute after the first try, doubling up to an hour.
fn backoff(attempts: i32) -> Duration {
    let doublings = u32::try_from(attempts.saturating_sub(1).clamp(0, 7)).unwrap_or(0);
    Duration::from_secs(30 << doublings).min(Duration::from_hours(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_lie_further_and_further_apart() {
        let waits: Vec<_> = (1..=10).map(|attempt| backoff(attempt).as_secs()).collect();
        assert_eq!(waits, [30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600, 3_600]);
    }
}
