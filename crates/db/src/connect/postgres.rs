//! What every PostgreSQL connection of ours is set to.

use std::time::Duration;

use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sea_orm::sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor};
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
pub(crate) fn session_settings(role: Option<&str>, search_path: &[String]) -> String {
    let path = sql::quote_list(search_path.iter().map(String::as_str));
    let role = role.map(|role| format!("SET ROLE {};", sql::quote(role)));
    let path = (!search_path.is_empty()).then(|| format!("SET search_path = {path};"));
    [role, path].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// Runs the settings on a new connection.
pub(crate) async fn with_session_settings(
    connection: &mut PgConnection,
    role: Option<&str>,
    search_path: &[String],
) -> Result<(), sea_orm::sqlx::Error> {
    match session_settings(role, search_path) {
        nothing if nothing.is_empty() => Ok(()),
        settings => connection.execute(AssertSqlSafe(settings)).await.map(drop),
    }
}

/// Opens a pool. A pool takes a refused connection for a server that is starting up and goes on asking until its time is
/// over, without saying why; so one connection asks first, and its error is the one to report.
pub(super) async fn connect_pool(
    pool: PgPoolOptions,
    options: &PgConnectOptions,
    place: &str,
) -> Result<PgPool, ConnectError> {
    // What it finds is all that is wanted of it; it ends however it is closed.
    let _ = connect_at(options, place).await?.close().await;
    pool.connect_with(options.clone()).await.map_err(|error| ConnectError::of(place, &error))
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
    let silent = || ConnectError::Unreachable { place: place.to_owned(), reason: "no answer within 10 s".to_owned() };
    let connected = tokio::time::timeout(CONNECT_TIMEOUT, PgConnection::connect_with(options)).await;
    connected.map_err(|_| silent())?.map_err(|error| ConnectError::of(place, &error))
}
