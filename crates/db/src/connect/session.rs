//! One pinned connection: all work of the toolkit on a database goes through it.
//!
//! It is a SeaORM connection over a pool of exactly one, so that migrations in Rust can use it like any other.

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use sea_orm::sqlx::pool::PoolOptions;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sea_orm::sqlx::{self, AssertSqlSafe, Database as SqlxDatabase, Row as _};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, RuntimeErr, SqliteTransactionMode,
    SqlxPostgresConnector, SqlxSqliteConnector, Statement, TransactionOptions, TransactionTrait,
};

use super::postgres::{CONNECT_TIMEOUT, connect_pool, named, session_settings};
use super::sqlite::{Access, open_pool, options as sqlite_options};
use super::{ConnectError, ensure_folder};
use crate::Engine;
use crate::config::{ConfigError, PostgresTarget, Target};
use crate::lock::LockPlace;

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
    /// Whether it works as the owner: a connection that the pool has to replace takes the role too.
    as_owner: Arc<AtomicBool>,
    /// Whether a login that cannot become the owner works on as itself.
    as_it_is: bool,
    /// How many connections the pool has made: more than one, and the first is gone.
    made: Arc<AtomicUsize>,
    /// The process of the server behind the connection that holds the lock for this one; zero where there is none.
    guard: Arc<AtomicI32>,
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
        Self::over_postgres(options, &target.search_path, place, purpose != Purpose::Look, target.as_it_is).await
    }

    /// Looks at the database of `target` with the login that makes it.
    pub(crate) async fn look_as_server(target: &PostgresTarget) -> Result<Self, ConnectError> {
        let options = target.server()?.clone().database(&target.database);
        Self::over_postgres(&options, &target.search_path, target.describe(), false, target.as_it_is).await
    }

    /// A session on the database of a connection that exists, with its own settings.
    pub(crate) async fn beside(connection: &DatabaseConnection, search_path: &[String]) -> Result<Self, ConnectError> {
        match Engine::of_backend(connection.get_database_backend()) {
            Some(Engine::Postgres) => {
                let options = connection.get_postgres_connection_pool().connect_options();
                let place = options.get_database().unwrap_or("postgres").to_owned();
                Self::over_postgres(&options, search_path, place, false, false).await
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
        own: bool,
        as_it_is: bool,
    ) -> Result<Self, ConnectError> {
        let made = Arc::new(AtomicUsize::new(0));
        let as_owner = Arc::new(AtomicBool::new(own));
        let found = Arc::new(OnceLock::<Owner>::new());
        let settings = session_settings(None, search_path);
        let first = script(&settings, own);
        let (owner, finding, counter) = (Arc::clone(&as_owner), Arc::clone(&found), Arc::clone(&made));
        let pool: PgPoolOptions = pinned();
        let pool = pool.after_connect(move |connection, _| {
            let script = script(&settings, owner.load(Ordering::SeqCst));
            let finding = Arc::clone(&finding);
            let counter = Arc::clone(&counter);
            Box::pin(async move {
                if let Some(row) = sqlx::raw_sql(AssertSqlSafe(script)).fetch_optional(connection).await? {
                    // The first connection's answer is the session's; those that replace it find the same.
                    let _ = finding.set(Owner { name: row.try_get("owner")?, taken: row.try_get("taken")? });
                }
                // One that could not be set up has never been the session's.
                counter.fetch_add(1, Ordering::SeqCst);
                Ok(())
            })
        });
        let pool = connect_pool(pool, &named(options, "db"), first, &place).await?;
        let connection = SqlxPostgresConnector::from_sqlx_postgres_pool(pool);
        let lock = LockPlace::Postgres(Box::new(options.clone()));
        let guard = Arc::default();
        let session = Self { engine: Engine::Postgres, place, connection, lock, as_owner, as_it_is, made, guard };
        match found.get() {
            Some(owner) if !owner.taken && !as_it_is => {
                let error = ConnectError::Role { role: owner.name.clone(), place: session.place.clone() };
                session.close().await;
                Err(error)
            }
            _ => Ok(session),
        }
    }

    /// Takes the role that owns the database, so that whatever is made belongs to it and not to the login.
    pub(crate) async fn become_owner(&self) -> Result<(), ConnectError> {
        let failed = |error: &DbErr| ConnectError::of_db(&self.place, error);
        let row = self.connection.query_one_raw(Statement::from_string(DbBackend::Postgres, TAKE_OWNER)).await;
        let row =
            row.map_err(|error| failed(&error))?.ok_or_else(|| ConnectError::Missing { place: self.place.clone() })?;
        if !row.try_get::<bool>("", "taken").map_err(|error| failed(&error))? {
            if self.as_it_is {
                return Ok(());
            }
            let role = row.try_get("", "owner").map_err(|error| failed(&error))?;
            return Err(ConnectError::Role { role, place: self.place.clone() });
        }
        self.as_owner.store(true, Ordering::SeqCst);
        Ok(())
    }

    /// Refuses to go on over a connection that was made in place of one that broke: what was set on the first is gone, and
    /// the lock, which has a connection of its own, may be gone as well. To be asked behind the first words that go over
    /// it, since it is then that the pool finds out.
    pub(crate) fn is_unbroken(&self) -> Result<(), sqlx::Error> {
        if self.made.load(Ordering::SeqCst) <= 1 {
            return Ok(());
        }
        let message = "the connection broke and was made anew; the lock may be gone with it";
        Err(sqlx::Error::Io(io::Error::new(io::ErrorKind::ConnectionAborted, message)))
    }

    /// Says which process of the server holds the lock for this session.
    pub(crate) fn is_guarded_by(&self, backend: i32) {
        self.guard.store(backend, Ordering::SeqCst);
    }

    /// The process of the server that holds the lock for this session, where there is one.
    pub(crate) fn guard(&self) -> Option<i32> {
        Some(self.guard.load(Ordering::SeqCst)).filter(|backend| *backend != 0)
    }

    /// The process of the server that works for this session; nothing on SQLite.
    pub(crate) async fn backend(&self) -> Result<Option<i32>, ConnectError> {
        if self.engine == Engine::Sqlite {
            return Ok(None);
        }
        let query = Statement::from_string(DbBackend::Postgres, "SELECT pg_catalog.pg_backend_pid() AS pid");
        let row = self.connection.query_one_raw(query).await;
        let pid = row.and_then(|row| row.map(|row| row.try_get("", "pid")).transpose());
        pid.map_err(|error| ConnectError::of_db(&self.place, &error))
    }

    /// The script that sets what every session of ours is set to once more, after work that may have changed it.
    pub(crate) fn settings(&self, search_path: &[&str]) -> String {
        let path: Vec<String> = search_path.iter().map(|schema| (*schema).to_owned()).collect();
        script(&session_settings(None, &path), self.as_owner.load(Ordering::SeqCst))
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
        if path.is_dir() {
            return Err(ConnectError::File { place, reason: "it is a folder".to_owned() });
        }
        let access = match purpose {
            Purpose::Look => Access::Read,
            Purpose::Own => Access::Write { create: false },
            Purpose::Make => Access::Write { create: true },
        };
        let pool = open_pool(pinned(), sqlite_options(path, access), access, &place).await?;
        Ok(Self {
            engine: Engine::Sqlite,
            place,
            connection: SqlxSqliteConnector::from_sqlx_sqlite_pool(pool),
            lock: LockPlace::Sqlite(path.to_path_buf()),
            as_owner: Arc::default(),
            as_it_is: false,
            made: Arc::default(),
            guard: Arc::default(),
        })
    }

    /// Begins a transaction; on SQLite it takes the write lock at once, since one that read first cannot wait for it.
    ///
    /// # Errors
    ///
    /// What the engine says, or that it is another connection than the session began with.
    pub async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        let transaction = self.begin_over_any().await?;
        self.is_unbroken().map_err(of_driver)?;
        Ok(transaction)
    }

    /// As [`Session::begin`], over whatever connection there is: to record what has happened and cannot be taken back.
    pub(crate) async fn begin_over_any(&self) -> Result<DatabaseTransaction, DbErr> {
        begin(&self.connection, self.engine).await
    }

    /// Closes the connection; on PostgreSQL that also ends what the server still does for it.
    pub async fn close(self) {
        // A connection that cannot be closed is as gone as one that can.
        let _ = self.connection.close().await;
    }
}

/// An error of the driver as SeaORM hands it on.
pub(crate) fn of_driver(error: sqlx::Error) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error)))
}

/// Takes the owner's role where the login is not the owner itself, and tells whether that could be.
const TAKE_OWNER: &str = "SELECT owner, CASE WHEN owner = current_user THEN true \
     WHEN pg_catalog.pg_has_role(current_user, owner, 'MEMBER') THEN pg_catalog.set_config('role', owner, false) = owner \
     ELSE false END AS taken \
     FROM (SELECT pg_catalog.pg_get_userbyid(datdba)::text AS owner FROM pg_catalog.pg_database \
     WHERE datname = current_database()) AS this";

/// The owner of a database, and whether the login could take its role.
#[derive(Debug)]
struct Owner {
    name: String,
    taken: bool,
}

/// What a new connection runs: one message, and so one round trip.
fn script(settings: &str, own: bool) -> String {
    if own { format!("{settings}; {TAKE_OWNER}") } else { settings.to_owned() }
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
