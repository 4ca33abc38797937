//! One pinned connection: all work of the toolkit on a database goes through it.
//!
//! It is a SeaORM connection over a pool of exactly one, so that migrations in Rust can use it like any other.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use sea_orm::sqlx::Database as SqlxDatabase;
use sea_orm::sqlx::pool::PoolOptions;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sea_orm::sqlx::sqlite::SqliteConnectOptions;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, QueryResult, SqliteTransactionMode,
    SqlxPostgresConnector, SqlxSqliteConnector, Statement, TransactionOptions, TransactionTrait,
};

use super::postgres::{CONNECT_TIMEOUT, connect_pool, named, with_session_settings};
use super::sqlite::{Access, open_pool, options as sqlite_options};
use super::{ConnectError, ensure_folder};
use crate::config::{ConfigError, PostgresTarget, Target};
use crate::lock::LockPlace;
use crate::{Engine, sql};

/// What a session is for, which decides its credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Looking only; on SQLite a write fails.
    Look,
    /// Migrating, seeding, cleaning: as the owner of the database. One that is not there is not made.
    Own,
    /// As [`Purpose::Own`], and a SQLite file that is not there is made, with its folder.
    Make,
}

/// A pinned connection.
#[derive(Clone, Debug)]
pub struct Session {
    /// The engine.
    pub engine: Engine,
    /// Where it is connected to, in words.
    pub place: String,
    /// The connection.
    pub connection: DatabaseConnection,
    /// Where the lock of this database is taken.
    pub(crate) lock: LockPlace,
    /// The role it works as, once it has taken one: a connection that the pool has to replace takes it too.
    role: Arc<OnceLock<String>>,
}

impl Session {
    /// Connects to `target`.
    ///
    /// # Errors
    ///
    /// [`ConnectError`], among them [`ConnectError::Missing`] for a database that does not exist.
    pub async fn open(target: &Target, purpose: Purpose) -> Result<Self, ConnectError> {
        match target {
            Target::Postgres(target) => Self::open_postgres(target, purpose).await,
            Target::Sqlite(target) => Self::open_sqlite(&target.path, purpose).await,
        }
    }

    async fn open_postgres(target: &PostgresTarget, purpose: Purpose) -> Result<Self, ConnectError> {
        let place = target.describe();
        let options = match purpose {
            Purpose::Look => target.migrate.as_ref().or(target.app.as_ref()),
            Purpose::Own | Purpose::Make => target.migrate.as_ref(),
        };
        let options = options.ok_or_else(|| ConfigError::Missing {
            variable: "PGHOST".to_owned(),
            purpose: format!("migrating (or `{}`)", target.migrate_variable),
        })?;
        let session = Self::over_postgres(options, &target.search_path, place.clone()).await?;
        if purpose != Purpose::Look {
            match session.become_owner().await {
                Err(ConnectError::Role { .. }) if target.as_it_is => {}
                other => other?,
            }
        }
        Ok(session)
    }

    /// A session on the database of a connection that exists, with its own settings.
    pub(crate) async fn beside(connection: &DatabaseConnection, search_path: &[String]) -> Result<Self, ConnectError> {
        match Engine::of_backend(connection.get_database_backend()) {
            Some(Engine::Postgres) => {
                let options = connection.get_postgres_connection_pool().connect_options();
                let place = options.get_database().unwrap_or("postgres").to_owned();
                Self::over_postgres(&options, search_path, place).await
            }
            Some(Engine::Sqlite) => {
                let options = connection.get_sqlite_connection_pool().connect_options();
                let path = options.get_filename().to_path_buf();
                if path.as_os_str().is_empty() || path.to_string_lossy().contains(":memory:") {
                    return Err(ConnectError::Other {
                        place: "an in-memory SQLite database".to_owned(),
                        reason: "it cannot be migrated from a second connection; use a file".to_owned(),
                    });
                }
                Self::open_sqlite(&path, Purpose::Own).await
            }
            None => Err(ConnectError::Other {
                place: "the connection".to_owned(),
                reason: "Atriz runs on PostgreSQL and SQLite alone".to_owned(),
            }),
        }
    }

    async fn over_postgres(
        options: &PgConnectOptions,
        search_path: &[String],
        place: String,
    ) -> Result<Self, ConnectError> {
        let role = Arc::new(OnceLock::<String>::new());
        let (path, taken) = (search_path.to_vec(), Arc::clone(&role));
        let pool: PgPoolOptions = pinned();
        let pool = pool.after_connect(move |connection, _| {
            let (role, path) = (taken.get().cloned(), path.clone());
            Box::pin(async move { with_session_settings(connection, role.as_deref(), &path).await })
        });
        let pool = connect_pool(pool, &named(options, "db"), &place).await?;
        let connection = SqlxPostgresConnector::from_sqlx_postgres_pool(pool);
        let lock = LockPlace::Postgres(Box::new(options.clone()));
        Ok(Self { engine: Engine::Postgres, place, connection, lock, role })
    }

    /// Takes the role that owns the database, so that whatever is made belongs to it and not to the login.
    pub(crate) async fn become_owner(&self) -> Result<(), ConnectError> {
        const OWNER: &str = "SELECT pg_catalog.pg_get_userbyid(datdba)::text AS owner, current_user::text AS login, \
             pg_catalog.pg_has_role(current_user, datdba, 'MEMBER') AS member \
             FROM pg_catalog.pg_database WHERE datname = current_database()";
        let failed = |error: &DbErr| ConnectError::of_db(&self.place, error);
        let row = self.connection.query_one_raw(Statement::from_string(DbBackend::Postgres, OWNER)).await;
        let row =
            row.map_err(|error| failed(&error))?.ok_or_else(|| ConnectError::Missing { place: self.place.clone() })?;
        let (owner, login): (String, String) = read_two(&row, "owner", "login").map_err(|error| failed(&error))?;
        if owner == login {
            return Ok(());
        }
        if !row.try_get::<bool>("", "member").map_err(|error| failed(&error))? {
            return Err(ConnectError::Role { role: owner, place: self.place.clone() });
        }
        let set = format!("SET ROLE {}", sql::quote(&owner));
        self.connection.execute_unprepared(&set).await.map_err(|error| failed(&error))?;
        // Set once: a session has one owner to become.
        let _ = self.role.set(owner);
        Ok(())
    }

    async fn open_sqlite(path: &Path, purpose: Purpose) -> Result<Self, ConnectError> {
        let place = path.display().to_string();
        let missing = !path.exists();
        if purpose != Purpose::Make && missing {
            return Err(ConnectError::Missing { place });
        }
        if missing {
            ensure_folder(path)?;
        }
        let access = match purpose {
            Purpose::Look => Access::Read,
            Purpose::Own => Access::Write { create: false },
            Purpose::Make => Access::Write { create: true },
        };
        Self::over_sqlite(sqlite_options(path, access), path, place).await
    }

    async fn over_sqlite(options: SqliteConnectOptions, path: &Path, place: String) -> Result<Self, ConnectError> {
        let pool = open_pool(pinned(), options, &place).await?;
        Ok(Self {
            engine: Engine::Sqlite,
            place,
            connection: SqlxSqliteConnector::from_sqlx_sqlite_pool(pool),
            lock: LockPlace::Sqlite(path.to_path_buf()),
            role: Arc::default(),
        })
    }

    /// Begins a transaction; on SQLite it takes the write lock at once, since one that read first cannot wait for it.
    ///
    /// # Errors
    ///
    /// What the engine says.
    pub async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        begin(&self.connection, self.engine).await
    }

    /// Closes the connection; on PostgreSQL that also ends what the server still does for it.
    pub async fn close(self) {
        // A connection that cannot be closed is as gone as one that can.
        let _ = self.connection.close().await;
    }
}

fn read_two(row: &QueryResult, first: &str, second: &str) -> Result<(String, String), DbErr> {
    Ok((row.try_get("", first)?, row.try_get("", second)?))
}

/// Begins a transaction on any of our connections.
pub(crate) async fn begin(connection: &DatabaseConnection, engine: Engine) -> Result<DatabaseTransaction, DbErr> {
    let mode = (engine == Engine::Sqlite).then_some(SqliteTransactionMode::Immediate);
    connection
        .begin_with_options(TransactionOptions { sqlite_transaction_mode: mode, ..TransactionOptions::default() })
        .await
}

/// A pool of exactly one connection that is never replaced while it works.
fn pinned<DB: SqlxDatabase>() -> PoolOptions<DB> {
    PoolOptions::new()
        .min_connections(1)
        .max_connections(1)
        .acquire_timeout(CONNECT_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
}
