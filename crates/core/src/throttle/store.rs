//! The statements that count. Each takes all counts of one try at once, in the order of their kinds.

use std::time::Duration;

use sea_orm::prelude::ChronoDateTimeUtc;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, QueryResult, Value};

use super::limits::{Kind, WAITS};
use crate::sql;

/// One count: what is limited, and the hash of whose it is.
pub(super) type Count = (Kind, Vec<u8>);

/// A count that a try may be charged to.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) count: Count,
    pub(super) when: When,
}

/// When a try is charged to it. The hash is that of a place which somebody may be known from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum When {
    Always,
    Known(Vec<u8>),
    Unknown(Vec<u8>),
}

impl When {
    /// What it depends on.
    pub(super) fn place(&self) -> Option<&Vec<u8>> {
        match self {
            Self::Always => None,
            Self::Known(place) | Self::Unknown(place) => Some(place),
        }
    }
}

/// How long a place from which a person signed in is known.
pub(super) const KNOWN: Duration = Duration::from_hours(720);

/// Nothing begins or waits later than so long from now: what does was written by a clock that was ahead, and is over.
const AHEAD: Duration = Duration::from_mins(1);

/// Kinds whose tries have to wait for one another, as SQL.
const SLOWS: &str = "('account', 'place')";

/// Kinds that no time ends, as SQL: no clock does either, be it ahead or behind.
const FINAL: &str = "('codes')";

/// Kinds that a good try sets to nothing, as SQL.
const CLEARS: &str = "('sign_in_pair', 'account', 'place', 'code_step', 'codes')";

/// The number of the first value of a candidate, which has four: hash, kind, since when a window lasts that is not over,
/// and limit. Before them come `$1`, the time, `$2` to `$5`, the ends of the four waits, `$6`, since when a place has
/// to be known, and `$7`, [`AHEAD`] of the time; behind them the places.
fn first(candidate: usize) -> usize {
    8 + 4 * candidate
}

fn values(candidates: &[Candidate], now: ChronoDateTimeUtc) -> Vec<Value> {
    let ends = WAITS.iter().map(|(_, seconds)| now + Duration::from_secs(*seconds));
    let mut values: Vec<Value> =
        std::iter::once(now).chain(ends).chain([now - KNOWN, now + AHEAD]).map(Value::from).collect();
    for Candidate { count: (kind, key), .. } in candidates {
        let limit = kind.limit();
        let row: [Value; 4] = [key.clone().into(), kind.code().into(), (now - limit.window).into(), limit.most.into()];
        values.extend(row);
    }
    values.extend(candidates.iter().filter_map(|candidate| Some(Value::from(candidate.when.place()?.clone()))));
    values
}

/// Those of the candidates that a try is charged to, as a common table expression.
fn wanted_text(candidates: &[Candidate]) -> String {
    let mut place = first(candidates.len())..;
    let mut condition = |when: &When| {
        let not = match when {
            When::Always => return String::new(),
            When::Known(_) => "",
            When::Unknown(_) => "NOT ",
        };
        let place = place.next().unwrap_or_default();
        format!(" WHERE {not}EXISTS (SELECT 1 FROM throttles k WHERE k.key_hash = ${place} AND k.window_start > $6)")
    };
    let rows = candidates.iter().enumerate().map(|(number, candidate)| {
        let one = first(number);
        format!(
            "SELECT {number} AS number, ${one} AS key_hash, ${} AS kind, ${} AS began, ${} AS most{}",
            one + 1,
            one + 2,
            one + 3,
            condition(&candidate.when)
        )
    });
    format!("wanted AS ({})", rows.collect::<Vec<_>>().join(" UNION ALL "))
}

/// What was counted so far of what is wanted; `counted` is what tells the number of this try, where it was counted, too.
fn found_text(counted: &str) -> String {
    format!(
        "SELECT w.number, t.fails, t.window_start, t.locked_until, {counted} AS counted \
         FROM wanted w LEFT JOIN throttles t ON t.key_hash = w.key_hash ORDER BY w.number"
    )
}

/// Counts the rows and judges them, both at once: of a count whose limit is reached, or whose last try was too short a
/// while ago, no row comes back.
fn count_text(rows: &str, candidates: usize) -> String {
    // Each row has a window and a limit of its own, and only columns of the table may be read of what was to be inserted.
    let by_kind = |offset: usize| {
        let cases = (0..candidates).map(|count| format!(" WHEN ${} THEN ${}", first(count) + 1, first(count) + offset));
        format!("CASE excluded.kind{} END", cases.collect::<String>())
    };
    let over = format!(
        "(throttles.window_start <= {} OR (throttles.window_start > $7 AND excluded.kind NOT IN {FINAL}))",
        by_kind(2)
    );
    let most = by_kind(3);
    format!(
        "INSERT INTO throttles (key_hash, kind, fails, window_start, locked_until, updated_at) {rows} \
         ON CONFLICT (key_hash) DO UPDATE SET \
         fails = CASE WHEN {over} THEN 1 ELSE throttles.fails + 1 END, \
         window_start = CASE WHEN {over} THEN $1 ELSE throttles.window_start END, \
         locked_until = CASE WHEN {over} OR excluded.kind NOT IN {SLOWS} OR throttles.fails + 1 < 2 THEN NULL \
         WHEN throttles.fails + 1 < 3 THEN $2 WHEN throttles.fails + 1 < 9 THEN $3 \
         WHEN throttles.fails + 1 < 25 THEN $4 ELSE $5 END, \
         updated_at = $1 \
         WHERE {over} \
         OR (throttles.fails < {most} AND (throttles.locked_until IS NULL OR throttles.locked_until <= $1 \
         OR throttles.locked_until > $7)) \
         RETURNING key_hash, fails"
    )
}

/// Asks and counts, on PostgreSQL. Where one is exhausted already, nothing is counted, and no row is waited for.
///
/// The transaction does not wait for the disk. A wrong password or second factor at sign-in is answered after its entry in
/// the audit log was written there, and so were all counts before it. A server that crashes may forget other tries of its
/// last moment (three times `wal_writer_delay`), which whoever tries can neither bring about nor foresee.
fn ask_and_count_text(candidates: &[Candidate]) -> String {
    let rows = format!(
        "SELECT w.key_hash, w.kind, 1, $1, NULL, $1 FROM wanted w WHERE NOT EXISTS \
        (SELECT 1 FROM wanted x JOIN throttles t ON t.key_hash = x.key_hash WHERE t.window_start > x.began \
        AND (t.window_start <= $7 OR t.kind IN {FINAL}) \
        AND (t.fails >= x.most OR (t.locked_until > $1 AND t.locked_until <= $7))) ORDER BY w.number"
    );
    format!(
        "WITH {}, counted AS ({}, set_config('synchronous_commit', 'off', true)) {}",
        wanted_text(candidates),
        count_text(&rows, candidates.len()),
        found_text("(SELECT c.fails FROM counted c WHERE c.key_hash = w.key_hash)")
    )
}

/// What becomes of the counts of a try that is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// It was good: counts start anew or lose it.
    Good,
    /// It was never made: all counts lose it. None of them made it wait, or it would not have been charged, so none does now.
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
struct Found {
    fails: i32,
    window_start: ChronoDateTimeUtc,
    locked_until: Option<ChronoDateTimeUtc>,
}

impl Found {
    /// How long the next try has to wait, as the statement that counts would judge it: for the end of a wait, or of the
    /// window. Nothing where it may be made.
    fn wait(self, kind: Kind, now: ChronoDateTimeUtc) -> Option<Duration> {
        let limit = kind.limit();
        let (end, ahead) = (self.window_start + limit.window, now + AHEAD);
        if self.window_start > ahead && !kind.is_final() {
            return None;
        }
        let locked = self.locked_until.filter(|until| *until <= ahead);
        let until = if self.fails >= limit.most { end } else { locked?.min(end) };
        let wait = (until - now).to_std().ok().filter(|wait| !wait.is_zero())?;
        Some(wait.max(LEAST_WAIT))
    }
}

/// A count that a try is charged to, as it was found.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) count: Count,
    /// How long the try has to wait, if it has to.
    pub(super) wait: Option<Duration>,
    /// The number of the try, where it was counted.
    pub(super) counted: Option<i32>,
}

/// Looks at the counts that a try would be charged to.
pub(super) async fn ask(
    connection: &impl ConnectionTrait,
    candidates: &[Candidate],
    now: ChronoDateTimeUtc,
) -> Result<Vec<Asked>, DbErr> {
    let text = format!("WITH {} {}", wanted_text(candidates), found_text("CAST(NULL AS integer)"));
    asked(connection, &text, candidates, now).await
}

/// Counts a try unless one of its counts is exhausted, and looks at them in the same statement: what was found is what was
/// counted before. Others may come in between, so each count judges by itself, too. On PostgreSQL only.
pub(super) async fn ask_and_count(
    connection: &impl ConnectionTrait,
    candidates: &[Candidate],
    now: ChronoDateTimeUtc,
) -> Result<Vec<Asked>, DbErr> {
    asked(connection, &ask_and_count_text(candidates), candidates, now).await
}

async fn asked(
    connection: &impl ConnectionTrait,
    text: &str,
    candidates: &[Candidate],
    now: ChronoDateTimeUtc,
) -> Result<Vec<Asked>, DbErr> {
    if candidates.is_empty() {
        return Ok(Vec::new());
    }
    let statement = sql::statement(connection.get_database_backend(), text, values(candidates, now));
    let of = |row: QueryResult| {
        let number: i32 = row.try_get("", "number")?;
        let candidate = usize::try_from(number).ok().and_then(|number| candidates.get(number));
        let count = candidate.ok_or_else(|| DbErr::Type(format!("there is no count {number}")))?.count.clone();
        let found = Option::<Found>::from_query_result(&row, "")?;
        let wait = found.and_then(|found| found.wait(count.0, now));
        Ok(Asked { count, wait, counted: row.try_get("", "counted")? })
    };
    connection.query_all_raw(statement).await?.into_iter().map(of).collect()
}

/// Counts what was asked for, if there is still room, and marks what was counted.
pub(super) async fn count(
    connection: &impl ConnectionTrait,
    asked: &mut [Asked],
    now: ChronoDateTimeUtc,
) -> Result<(), DbErr> {
    if asked.is_empty() {
        return Ok(());
    }
    let rows = list(asked.len(), |count| format!("(${}, ${}, 1, $1, NULL, $1)", first(count), first(count) + 1));
    let text = count_text(&format!("VALUES {rows}"), asked.len());
    let always = |asked: &Asked| Candidate { count: asked.count.clone(), when: When::Always };
    let candidates: Vec<Candidate> = asked.iter().map(always).collect();
    let statement = sql::statement(connection.get_database_backend(), &text, values(&candidates, now));
    for row in connection.query_all_raw(statement).await? {
        let (key, number): (Vec<u8>, i32) = (row.try_get("", "key_hash")?, row.try_get("", "fails")?);
        asked.iter_mut().filter(|asked| asked.count.1 == key).for_each(|asked| asked.counted = Some(number));
    }
    Ok(())
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
            assert!(count_text("", 3).contains(&format!("fails + 1 < {tries} ")), "{tries}");
        }
        for kind in Kind::ALL {
            let name = format!("'{}'", kind.code());
            assert_eq!(SLOWS.contains(&name), kind.limit().slows, "{kind:?}");
            assert_eq!(CLEARS.contains(&name), kind.clears(), "{kind:?}");
            assert_eq!(FINAL.contains(&name), kind.is_final(), "{kind:?}");
        }
    }

    #[test]
    fn every_count_has_values_of_its_own() {
        let two = count_text("", 2);
        assert!(two.contains("CASE excluded.kind WHEN $9 THEN $10 WHEN $13 THEN $14 END"), "{two}");
        assert!(two.contains("throttles.fails < CASE excluded.kind WHEN $9 THEN $11 WHEN $13 THEN $15 END"), "{two}");
        let candidate = |kind, when| Candidate { count: (kind, vec![1]), when };
        let one_of_two = [
            candidate(Kind::Account, When::Unknown(vec![2])),
            candidate(Kind::SignInIp, When::Always),
            candidate(Kind::Place, When::Known(vec![3])),
        ];
        let wanted = wanted_text(&one_of_two);
        assert!(wanted.contains("0 AS number, $8 AS key_hash, $9 AS kind, $10 AS began, $11 AS most WHERE NOT EXISTS"));
        assert!(wanted.contains("1 AS number, $12 AS key_hash, $13 AS kind, $14 AS began, $15 AS most UNION"));
        assert!(wanted.contains("k.key_hash = $20 ") && wanted.contains("k.key_hash = $21 "), "{wanted}");
        let values = values(&one_of_two, ChronoDateTimeUtc::UNIX_EPOCH);
        let hashes = [&values[7], &values[19], &values[20]].map(Value::clone);
        assert_eq!(hashes, [1_u8, 2, 3].map(|hash| Value::from(vec![hash])));
        let settle = settle_text(End::Good, 2);
        assert!(settle.contains("($2, $3, 0, $1, NULL, $1), ($4, $5, 0, $1, NULL, $1)"), "{settle}");
        assert!(settle.contains("THEN 0 WHEN throttles.fails > 0"), "{settle}");
        assert!(settle_text(End::Unmade, 1).contains("fails = CASE WHEN throttles.fails > 0"), "nothing is cleared");
    }
}
