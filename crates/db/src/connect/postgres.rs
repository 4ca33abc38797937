//! What every PostgreSQL connection of ours is set to.

use std::time::Duration;

use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sea_orm::sqlx::{self, AssertSqlSafe, ConnectOptions, Connection, Executor};
use tracing::log::LevelFilter;

use super::ConnectError;
use crate::config::server_of;
use crate::sql;

/// Longer than any healthy server needs, short enough that a wrong host is reported while somebody watches.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Names the program in `pg_stat_activity`, so that whoever waits for a lock can see who holds it.
pub(super) fn named(options: &PgConnectOptions, purpose: &str) -> PgConnectOptions {
    options
        .clone()
        .application_name(&format!("atriz {purpose}"))
        .log_statements(LevelFilter::Trace)
        .log_slow_statements(LevelFilter::Off, Duration::ZERO)
}

/// The statement that sets a session: its role, and `search_path` with it, since a role's own settings apply at login
/// only.
pub(super) fn session_settings(role: Option<&str>, search_path: &[String]) -> String {
    let path = sql::quote_list(search_path.iter().map(String::as_str));
    let role = role.map(|role| format!("SET ROLE {};", sql::quote(role)));
    let path = (!search_path.is_empty()).then(|| format!("SET search_path = {path};"));
    [role, path].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// How long a pool may take to open before somebody else asks why; any healthy server nearby is quicker.
const PATIENCE: Duration = Duration::from_millis(250);

/// Opens a pool. A pool takes a refused connection for a server that is starting up, and a failed setting for a passing
/// one, and goes on asking until its time is over, without saying why. So where it takes its time, one connection with the
/// same `settings` asks beside it, and its error is the one to report.
pub(super) async fn connect_pool(
    pool: PgPoolOptions,
    options: &PgConnectOptions,
    settings: String,
    place: &str,
) -> Result<PgPool, ConnectError> {
    // On the heap, since every future that opens a session would else hold both.
    let opened = tokio::select! {
        opened = Box::pin(pool.connect_with(options.clone())) => opened,
        error = Box::pin(why_not(options, settings, place)) => return Err(error),
    };
    let failed = |error: &sqlx::Error| match error {
        sqlx::Error::PoolTimedOut => silent(place),
        other => ConnectError::of(place, other),
    };
    let pool = opened.map_err(|error| failed(&error))?;
    let number = pool.acquire().await.map_err(|error| failed(&error))?.server_version_num();
    check_version(number, place)?;
    Ok(pool)
}

/// Answers only if there is an error to answer.
async fn why_not(options: &PgConnectOptions, settings: String, place: &str) -> ConnectError {
    tokio::time::sleep(PATIENCE).await;
    let mut connection = match connect_at(options, place).await {
        Ok(connection) => connection,
        Err(error) => return error,
    };
    let set = connection.execute(AssertSqlSafe(settings)).await;
    // What it finds is all that is wanted of it; it ends however it is closed.
    let _ = connection.close().await;
    match set {
        Ok(_) => std::future::pending().await,
        Err(error) => ConnectError::of(place, &error),
    }
}

/// The server tells its version while it connects, as `150004` for 15.4. A pooler may tell none.
pub(crate) fn check_version(number: Option<u32>, place: &str) -> Result<(), ConnectError> {
    match number {
        Some(number) if number < 150_000 => {
            let version = format!("{}.{}", number / 10_000, number % 10_000);
            Err(ConnectError::Version { place: place.to_owned(), version })
        }
        _ => Ok(()),
    }
}

fn silent(place: &str) -> ConnectError {
    ConnectError::Unreachable { place: place.to_owned(), reason: "no answer within 10 s".to_owned() }
}

/// One bare connection, for locks and for work on the server as a whole.
pub(crate) async fn connect_raw(options: &PgConnectOptions, purpose: &str) -> Result<PgConnection, ConnectError> {
    let place = match options.get_database() {
        Some(database) => format!("{database} on {}", server_of(options)),
        None => server_of(options),
    };
    connect_at(&named(options, purpose), &place).await
}

async fn connect_at(options: &PgConnectOptions, place: &str) -> Result<PgConnection, ConnectError> {
    let connected = tokio::time::timeout(CONNECT_TIMEOUT, PgConnection::connect_with(options)).await;
    connected.map_err(|_| silent(place))?.map_err(|error| ConnectError::of(place, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_before_15_are_refused_by_their_version() {
        let error = check_version(Some(140_011), "h:5432").expect_err("it is too old");
        assert_eq!(error.to_string(), "the server at h:5432 is PostgreSQL 14.11; Atriz needs 15 or later");
        for number in [Some(150_000), Some(180_001), None] {
            check_version(number, "h:5432").expect("it is new enough, or cannot be told");
        }
    }
}
