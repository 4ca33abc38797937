//! The statements that count.

use std::time::Duration;

use sea_orm::prelude::ChronoDateTimeUtc;
use sea_orm::{ConnectionTrait, DbErr, Value};

use super::limits::{Kind, WAITS};
use crate::AuthError;
use crate::sql;

/// Counts a try and judges it, both at once: no row comes back when the limit is reached, or when the last try was too
/// short a while ago.
const COUNT: &str = "INSERT INTO throttles (key_hash, kind, fails, window_start, locked_until, updated_at) \
    VALUES ($1, $2, 1, $3, NULL, $3) \
    ON CONFLICT (key_hash) DO UPDATE SET \
    fails = CASE WHEN throttles.window_start <= $4 THEN 1 ELSE throttles.fails + 1 END, \
    window_start = CASE WHEN throttles.window_start <= $4 THEN $3 ELSE throttles.window_start END, \
    locked_until = CASE WHEN throttles.window_start <= $4 OR throttles.fails + 1 < 2 THEN NULL \
    WHEN throttles.fails + 1 < 3 THEN $6 WHEN throttles.fails + 1 < 9 THEN $7 WHEN throttles.fails + 1 < 25 THEN $8 \
    ELSE $9 END, \
    updated_at = $3 \
    WHERE throttles.window_start <= $4 \
    OR (throttles.fails < $5 AND (throttles.locked_until IS NULL OR throttles.locked_until <= $3)) \
    RETURNING fails";

const LOOK: &str = "SELECT fails, window_start, locked_until FROM throttles WHERE key_hash = $1";

/// Counts one try.
pub(super) async fn count(
    connection: &impl ConnectionTrait,
    key: &[u8],
    kind: Kind,
    now: ChronoDateTimeUtc,
) -> Result<(), AuthError> {
    let limit = kind.limit();
    let mut values: Vec<Value> =
        vec![key.to_vec().into(), kind.code().into(), now.into(), (now - limit.window).into(), limit.most.into()];
    // What does not slow down has no wait: a missing time, of the right type.
    let wait = |seconds| limit.slows.then(|| now + Duration::from_secs(seconds));
    values.extend(WAITS.iter().map(|(_, seconds)| Value::from(wait(*seconds))));
    match sql::one(connection, COUNT, values).await? {
        Some(_) => Ok(()),
        None => Err(AuthError::Throttled { retry_after: retry_after(connection, key, kind, now).await? }),
    }
}

/// When the next try may be made: at the end of the wait, or of the window.
async fn retry_after(
    connection: &impl ConnectionTrait,
    key: &[u8],
    kind: Kind,
    now: ChronoDateTimeUtc,
) -> Result<Duration, DbErr> {
    let least = Duration::from_secs(1);
    let Some(row) = sql::one(connection, LOOK, [key.to_vec().into()]).await? else {
        return Ok(least);
    };
    let limit = kind.limit();
    let locked: Option<ChronoDateTimeUtc> = row.try_get("", "locked_until")?;
    let start: ChronoDateTimeUtc = row.try_get("", "window_start")?;
    let fails: i32 = row.try_get("", "fails")?;
    let until = if fails >= limit.most { start + limit.window } else { locked.unwrap_or(now) };
    Ok((until - now).to_std().unwrap_or(least).max(least))
}

/// Takes one try out of a count.
pub(super) async fn take_out(
    connection: &impl ConnectionTrait,
    key: &[u8],
    now: ChronoDateTimeUtc,
) -> Result<(), DbErr> {
    const LESS: &str = "UPDATE throttles SET fails = CASE WHEN fails > 0 THEN fails - 1 ELSE 0 END, \
        locked_until = NULL, updated_at = $2 WHERE key_hash = $1";
    sql::execute(connection, LESS, [key.to_vec().into(), now.into()]).await.map(drop)
}

/// Sets a count to nothing.
pub(super) async fn clear(connection: &impl ConnectionTrait, key: &[u8], now: ChronoDateTimeUtc) -> Result<(), DbErr> {
    const CLEAR: &str = "UPDATE throttles SET fails = 0, locked_until = NULL, updated_at = $2 WHERE key_hash = $1";
    sql::execute(connection, CLEAR, [key.to_vec().into(), now.into()]).await.map(drop)
}

/// Whether a person signed in from a place since then.
pub(super) async fn is_known(
    connection: &impl ConnectionTrait,
    key: &[u8],
    since: ChronoDateTimeUtc,
) -> Result<bool, DbErr> {
    const KNOWN: &str = "SELECT fails FROM throttles WHERE key_hash = $1 AND window_start > $2";
    Ok(sql::one(connection, KNOWN, [key.to_vec().into(), since.into()]).await?.is_some())
}

/// Notes that a person signed in from a place.
pub(super) async fn remember(
    connection: &impl ConnectionTrait,
    key: &[u8],
    now: ChronoDateTimeUtc,
) -> Result<(), DbErr> {
    const REMEMBER: &str = "INSERT INTO throttles (key_hash, kind, fails, window_start, locked_until, updated_at) \
        VALUES ($1, $2, 0, $3, NULL, $3) \
        ON CONFLICT (key_hash) DO UPDATE SET window_start = $3, updated_at = $3";
    let values: [Value; 3] = [key.to_vec().into(), Kind::Known.code().into(), now.into()];
    sql::execute(connection, REMEMBER, values).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_statement_knows_the_waits() {
        // The numbers of tries stand in the text, the times are parameters.
        for (tries, _) in &WAITS {
            assert!(COUNT.contains(&format!("fails + 1 < {tries} ")), "{tries}");
        }
    }
}
