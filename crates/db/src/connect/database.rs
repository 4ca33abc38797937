//! The pools that an app serves from.

use std::path::Path;
use std::time::Duration;

use sea_orm::sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sea_orm::sqlx::sqlite::SqlitePoolOptions;
use sea_orm::sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor};
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr, SqlxPostgresConnector, SqlxSqliteConnector};
use tracing::log::LevelFilter;

use super::ConnectError;
use super::postgres::{connect_pool, named, session_settings};
use super::session::begin;
use super::sqlite::{Access, open_pool, options as sqlite_options};
use crate::Engine;
use crate::config::{ConfigError, PostgresTarget, Target};

/// How long a request waits for a connection, while all are in use or the server is away: short, or those who wait pile
/// up behind a server that will not come back for any of them.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);

/// A connection that was given back this short a while ago is taken as alive: it was asked when it was given back, and
/// asking again would cost every statement one more round trip.
const TRUSTED: Duration = Duration::from_secs(1);

/// A database as an app uses it: one way to read, one to write.
///
/// On SQLite there is one writer connection per process and a pool of read-only ones; on PostgreSQL both are one pool.
#[derive(Clone, Debug)]
pub struct Database {
    engine: Engine,
    place: String,
    readers: DatabaseConnection,
    writer: DatabaseConnection,
}

impl Database {
    /// Opens the pools with the app's own rights. A query slower than `slow_query` is logged as a warning.
    ///
    /// # Errors
    ///
    /// [`ConnectError`]; a SQLite file that is not there is [`ConnectError::Missing`].
    pub async fn open(target: &Target, slow_query: Duration) -> Result<Self, ConnectError> {
        match target {
            Target::Postgres(target) => Self::open_postgres(target, slow_query).await,
            Target::Sqlite(target) => Self::open_sqlite(&target.path, slow_query).await,
        }
    }

    async fn open_postgres(target: &PostgresTarget, slow_query: Duration) -> Result<Self, ConnectError> {
        let (options, role) = app_login(target)?;
        let options = named(options, "app").log_slow_statements(LevelFilter::Warn, slow_query);
        let settings = session_settings(role.as_deref(), &target.search_path);
        let (place, script) = (target.describe(), settings.clone());
        let pool = PgPoolOptions::new()
            .min_connections(1)
            .max_connections(target.pool_size)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .test_before_acquire(false)
            .before_acquire(|connection, known| {
                Box::pin(async move {
                    if known.idle_for >= TRUSTED {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .after_connect(move |connection, _| {
                let script = AssertSqlSafe(script.clone());
                Box::pin(async move { connection.execute(script).await.map(drop) })
            });
        let pool = connect_pool(pool, &options, settings, &place).await?;
        let connection = SqlxPostgresConnector::from_sqlx_postgres_pool(pool);
        Ok(Self { engine: Engine::Postgres, place, readers: connection.clone(), writer: connection })
    }

    async fn open_sqlite(path: &Path, slow_query: Duration) -> Result<Self, ConnectError> {
        let place = path.display().to_string();
        if !path.exists() {
            return Err(ConnectError::Missing { place });
        }
        let pool = async |access, size| {
            let options = sqlite_options(path, access).log_slow_statements(LevelFilter::Warn, slow_query);
            let pool = SqlitePoolOptions::new().min_connections(1).max_connections(size).test_before_acquire(false);
            open_pool(pool, options, access, &place).await
        };
        // The writer comes first: it makes the file a write-ahead-log one, which readers cannot.
        let writer = pool(Access::Serve, 1).await?;
        let readers = pool(Access::Read, 4).await?;
        Ok(Self {
            engine: Engine::Sqlite,
            place: place.clone(),
            readers: SqlxSqliteConnector::from_sqlx_sqlite_pool(readers),
            writer: SqlxSqliteConnector::from_sqlx_sqlite_pool(writer),
        })
    }

    /// The engine.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// Where it is, in words.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// For reading. On SQLite a write through it fails.
    pub fn read(&self) -> &DatabaseConnection {
        &self.readers
    }

    /// For writing, one statement at a time; several belong into [`crate::with_transaction`].
    pub fn write(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// Begins a transaction that may write.
    pub(crate) async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        begin(&self.writer, self.engine).await
    }

    /// Closes all connections.
    pub async fn close(self) {
        // What cannot be closed is as gone as what can.
        let _ = self.readers.close().await;
        let _ = self.writer.close().await;
    }
}

/// The login of the app, and the role it takes once connected.
fn app_login(target: &PostgresTarget) -> Result<(&PgConnectOptions, Option<String>), ConnectError> {
    match (&target.app, &target.migrate) {
        (Some(options), _) => Ok((options, None)),
        (None, Some(options)) if target.assume_app_role => Ok((options, Some(target.app_role.clone()))),
        _ => Err(ConfigError::Missing {
            variable: target.url_variable.clone(),
            purpose: format!("serving from {} in production", target.database),
        }
        .into()),
    }
}
