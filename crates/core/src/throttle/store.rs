//! The statements that count. Each takes all counts of one try at once, in the order of their kinds.

use std::collections::HashMap;
use std::time::Duration;

use sea_orm::prelude::ChronoDateTimeUtc;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, QueryResult, Value};

use super::limits::{Kind, WAITS};
use crate::sql;

/// One count: what is limited, and the hash of whose it is.
pub(super) type Count = (Kind, Vec<u8>);

/// Kinds whose tries have to wait for one another, as SQL.
const SLOWS: &str = "('account', 'place')";

/// Kinds that a good try sets to nothing, as SQL.
const CLEARS: &str = "('sign_in_pair', 'account', 'place', 'code_step', 'code_day')";

/// Counts tries and judges them, both at once: of a count whose limit is reached, or whose last try was too short a while
/// ago, no row comes back. `$1` is the time, then come the ends of the four waits, then four values for each count.
fn count_text(counts: usize) -> String {
    let first = |count: usize| 6 + 4 * count;
    let rows = list(counts, |count| format!("(${}, ${}, 1, $1, NULL, $1)", first(count), first(count) + 1));
    // Each row has a window and a limit of its own, and only columns of the table may be read of what was to be inserted.
    let by_kind = |offset: usize| {
        let cases = (0..counts).map(|count| format!(" WHEN ${} THEN ${}", first(count) + 1, first(count) + offset));
        format!("CASE excluded.kind{} END", cases.collect::<String>())
    };
    let (over, most) = (format!("throttles.window_start <= {}", by_kind(2)), by_kind(3));
    format!(
        "INSERT INTO throttles (key_hash, kind, fails, window_start, locked_until, updated_at) VALUES {rows} \
         ON CONFLICT (key_hash) DO UPDATE SET \
         fails = CASE WHEN {over} THEN 1 ELSE throttles.fails + 1 END, \
         window_start = CASE WHEN {over} THEN $1 ELSE throttles.window_start END, \
         locked_until = CASE WHEN {over} OR excluded.kind NOT IN {SLOWS} OR throttles.fails + 1 < 2 THEN NULL \
         WHEN throttles.fails + 1 < 3 THEN $2 WHEN throttles.fails + 1 < 9 THEN $3 \
         WHEN throttles.fails + 1 < 25 THEN $4 ELSE $5 END, \
         updated_at = $1 \
         WHERE {over} \
         OR (throttles.fails < {most} AND (throttles.locked_until IS NULL OR throttles.locked_until <= $1)) \
         RETURNING key_hash"
    )
}

/// What becomes of the counts of a try that is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// It was good: counts start anew or lose it.
    Good,
    /// It was never made: all counts lose it.
    Unmade,
}

/// Writes how a try ended: `$1` is the time, then come a hash and a kind for each count. It inserts where it could update,
/// since that alone takes the rows in the order in which they are written here.
fn settle_text(end: End, counts: usize) -> String {
    let anew = if end == End::Good { format!("WHEN excluded.kind IN {CLEARS} THEN 0 ") } else { String::new() };
    let rows = list(counts, |count| format!("(${}, ${}, 0, $1, NULL, $1)", 2 + 2 * count, 3 + 2 * count));
    format!(
        "INSERT INTO throttles (key_hash, kind, fails, window_start, locked_until, updated_at) VALUES {rows} \
         ON CONFLICT (key_hash) DO UPDATE SET \
         fails = CASE {anew}WHEN throttles.fails > 0 THEN throttles.fails - 1 ELSE 0 END, \
         window_start = CASE WHEN excluded.kind = 'known' THEN $1 ELSE throttles.window_start END, \
         locked_until = NULL, updated_at = $1"
    )
}

fn list(count: usize, of: impl Fn(usize) -> String) -> String {
    (0..count).map(of).collect::<Vec<_>>().join(", ")
}

/// The shortest time that somebody is told to wait.
pub(super) const LEAST_WAIT: Duration = Duration::from_secs(1);

/// What was counted so far.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub(super) struct Found {
    fails: i32,
    window_start: ChronoDateTimeUtc,
    locked_until: Option<ChronoDateTimeUtc>,
}

impl Found {
    /// How long the next try has to wait, as the statement that counts would judge it: for the end of a wait, or of the
    /// window. Nothing where it may be made.
    pub(super) fn wait(self, kind: Kind, now: ChronoDateTimeUtc) -> Option<Duration> {
        let limit = kind.limit();
        let end = self.window_start + limit.window;
        let until = if self.fails >= limit.most { end } else { self.locked_until?.min(end) };
        let wait = (until - now).to_std().ok().filter(|wait| !wait.is_zero())?;
        Some(wait.max(LEAST_WAIT))
    }

    /// Whether its window is younger.
    pub(super) fn began_after(self, time: ChronoDateTimeUtc) -> bool {
        self.window_start > time
    }
}

/// What was counted so far of each key; of one that never was, nothing.
pub(super) async fn look<'a>(
    connection: &impl ConnectionTrait,
    keys: impl IntoIterator<Item = &'a Vec<u8>>,
) -> Result<HashMap<Vec<u8>, Found>, DbErr> {
    let values: Vec<Value> = keys.into_iter().map(|key| Value::from(key.clone())).collect();
    if values.is_empty() {
        return Ok(HashMap::new());
    }
    let keys = list(values.len(), |number| format!("${}", number + 1));
    let text = format!("SELECT key_hash, fails, window_start, locked_until FROM throttles WHERE key_hash IN ({keys})");
    let rows = connection.query_all_raw(sql::statement(connection.get_database_backend(), &text, values)).await?;
    rows.iter().map(|row| Ok((key_of(row)?, Found::from_query_result(row, "")?))).collect()
}

/// Counts one try of each, and answers the keys of those that were within their limits.
pub(super) async fn count(
    connection: &impl ConnectionTrait,
    counts: &[Count],
    now: ChronoDateTimeUtc,
) -> Result<Vec<Vec<u8>>, DbErr> {
    if counts.is_empty() {
        return Ok(Vec::new());
    }
    let mut values = vec![Value::from(now)];
    values.extend(WAITS.iter().map(|(_, seconds)| Value::from(now + Duration::from_secs(*seconds))));
    for (kind, key) in counts {
        let limit = kind.limit();
        let row: [Value; 4] = [key.clone().into(), kind.code().into(), (now - limit.window).into(), limit.most.into()];
        values.extend(row);
    }
    let statement = sql::statement(connection.get_database_backend(), &count_text(counts.len()), values);
    let rows = connection.query_all_raw(statement).await?;
    rows.iter().map(key_of).collect()
}

fn key_of(row: &QueryResult) -> Result<Vec<u8>, DbErr> {
    row.try_get("", "key_hash")
}

/// Writes how a try ended, in one statement.
pub(super) async fn settle(
    connection: &impl ConnectionTrait,
    end: End,
    counts: &[Count],
    now: ChronoDateTimeUtc,
) -> Result<(), DbErr> {
    if counts.is_empty() {
        return Ok(());
    }
    let mut values = vec![Value::from(now)];
    for (kind, key) in counts {
        let row: [Value; 2] = [key.clone().into(), kind.code().into()];
        values.extend(row);
    }
    sql::execute(connection, &settle_text(end, counts.len()), values).await.map(drop)
}

/// Sets a count to nothing.
pub(super) async fn clear(connection: &impl ConnectionTrait, key: &[u8], now: ChronoDateTimeUtc) -> Result<(), DbErr> {
    const CLEAR: &str = "UPDATE throttles SET fails = 0, locked_until = NULL, updated_at = $2 WHERE key_hash = $1";
    sql::execute(connection, CLEAR, [key.to_vec().into(), now.into()]).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_statements_know_the_kinds_and_the_waits() {
        // The numbers of tries stand in the text, the times are parameters.
        for (tries, _) in &WAITS {
            assert!(count_text(3).contains(&format!("fails + 1 < {tries} ")), "{tries}");
        }
        for kind in Kind::ALL {
            let name = format!("'{}'", kind.code());
            assert_eq!(SLOWS.contains(&name), kind.limit().slows, "{kind:?}");
            assert_eq!(CLEARS.contains(&name), kind.clears(), "{kind:?}");
        }
    }

    #[test]
    fn every_count_has_values_of_its_own() {
        let two = count_text(2);
        assert!(two.contains("($6, $7, 1, $1, NULL, $1), ($10, $11, 1, $1, NULL, $1)"), "{two}");
        assert!(two.contains("CASE excluded.kind WHEN $7 THEN $8 WHEN $11 THEN $12 END"), "{two}");
        assert!(two.contains("throttles.fails < CASE excluded.kind WHEN $7 THEN $9 WHEN $11 THEN $13 END"), "{two}");
        let settle = settle_text(End::Good, 2);
        assert!(settle.contains("($2, $3, 0, $1, NULL, $1), ($4, $5, 0, $1, NULL, $1)"), "{settle}");
        assert!(settle.contains("THEN 0 WHEN throttles.fails > 0"), "{settle}");
        assert!(settle_text(End::Unmade, 1).contains("fails = CASE WHEN throttles.fails > 0"), "nothing is cleared");
    }
}
