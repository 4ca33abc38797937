//! The lock that one migrating process holds per database.
//!
//! PostgreSQL: a session advisory lock on a connection of its own, polled: waiting inside the server would deadlock with
//! `CREATE INDEX CONCURRENTLY`. SQLite: an operating-system lock on a file beside the database. Both end with the process,
//! however it ends, so a killed holder leaves nothing to clean up.

mod postgres;
mod sqlite;

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use rand::RngExt as _;
use sea_orm::sqlx::{self, AssertSqlSafe, postgres::PgConnectOptions};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, Statement};
use thiserror::Error;
use tokio::time::{Instant, sleep};

use crate::config::server_of;
use crate::connect::{ConnectError, Session, of_driver};
use crate::migrate::RunContext;
use crate::progress::{Event, SharedObserver};

pub(crate) use postgres::{ServerDoor, ServerLock, describe_backend};

/// Where the lock of a database is taken.
#[derive(Clone)]
pub(crate) enum LockPlace {
    /// In the database itself.
    Postgres(Box<PgConnectOptions>),
    /// In a file beside the database.
    Sqlite(PathBuf),
}

impl fmt::Debug for LockPlace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The driver's own words would include the password.
        match self {
            Self::Postgres(options) => formatter.debug_tuple("Postgres").field(&server_of(options)).finish(),
            Self::Sqlite(path) => formatter.debug_tuple("Sqlite").field(path).finish(),
        }
    }
}

/// A held lock; it ends by [`MigrationLock::release`] or with its drop.
#[derive(Debug)]
pub(crate) enum MigrationLock {
    Postgres(postgres::Held),
    Sqlite(sqlite::Held),
}

/// The lock could not be taken.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LockError {
    /// Somebody else held it for longer than we were to wait.
    #[error("database `{database}` is being worked on by {holder}; gave up after {}", told(*waited))]
    Held {
        /// The database.
        database: String,
        /// Who holds it.
        holder: String,
        /// How long we waited.
        waited: Duration,
    },
    /// The place of the lock cannot be reached.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// Two connections turned out to be one: a pooler hands its servers out by the transaction.
    #[error("database `{database}` is reached through a pooler in transaction mode, which cannot hold a lock")]
    Pooler {
        /// The database.
        database: String,
    },
    /// The lock file cannot be made.
    #[error("the lock file {path} cannot be opened: {reason}")]
    File {
        /// The file.
        path: String,
        /// Why.
        reason: String,
    },
}

impl LockError {
    /// What to do next.
    pub fn hint(&self) -> String {
        match self {
            Self::Held { .. } => "wait for it to end, or wait longer with `--lock-wait 5m`".to_owned(),
            Self::Connect(error) => error.hint(),
            Self::Pooler { database } if database == THE_SERVER => {
                "set `PGHOST` and `PGPORT` to the server itself, past the pooler".to_owned()
            }
            Self::Pooler { database } => format!(
                "set {}_MIGRATE_URL to the server itself, past the pooler; the app's own URL may go through it",
                database.to_uppercase()
            ),
            Self::File { .. } => "check the rights of the folder; the lock stands beside the database".to_owned(),
        }
    }
}

/// `30 s`, `500 ms`.
fn told(time: Duration) -> String {
    if time < Duration::from_secs(1) { format!("{} ms", time.as_millis()) } else { format!("{} s", time.as_secs()) }
}

/// What the lock around creating and dropping is called, which is no database's.
const THE_SERVER: &str = "(the server)";

/// What one try found.
enum Attempt<T> {
    Held(T),
    Busy { holder: String },
}

/// A lock that is about to be asked for: what takes time before is done.
#[derive(Debug)]
pub(crate) enum Approach {
    Postgres(postgres::Applicant),
    Sqlite(PathBuf),
}

impl Approach {
    /// Connects to where the lock of `database` is taken. `session` is the connection that the lock is for; a pooler before
    /// the server shows by the two of them.
    pub(crate) async fn to(place: &LockPlace, database: &str, session: Option<&Session>) -> Result<Self, LockError> {
        match place {
            LockPlace::Postgres(options) => {
                let mut applicant = postgres::Applicant::connect(options, database).await?;
                if let Some(session) = session {
                    if applicant.is_pooled(session).await? {
                        return Err(LockError::Pooler { database: database.to_owned() });
                    }
                    applicant.guard(session);
                }
                applicant.stay().await?;
                Ok(Self::Postgres(applicant))
            }
            LockPlace::Sqlite(path) => Ok(Self::Sqlite(path.clone())),
        }
    }

    /// Takes the lock of `database`, waiting at most as long as the run is to, and telling its observer who holds it
    /// meanwhile.
    pub(crate) async fn take(self, database: &str, context: &RunContext) -> Result<MigrationLock, LockError> {
        let mut waiting = Waiting::begin(database, context.lock_wait, &context.observer);
        match self {
            Self::Postgres(mut applicant) => loop {
                match applicant.attempt().await? {
                    Attempt::Held(()) => return Ok(MigrationLock::Postgres(applicant.into_held())),
                    Attempt::Busy { holder } => waiting.pause(holder).await?,
                }
            },
            Self::Sqlite(path) => loop {
                match sqlite::attempt(&path)? {
                    Attempt::Held(held) => return Ok(MigrationLock::Sqlite(held)),
                    Attempt::Busy { holder } => waiting.pause(holder).await?,
                }
            },
        }
    }
}

/// Refuses to go on once the lock that was taken for `session` is lost: its connection may break while the session's own,
/// over which this is asked, goes on, and then another run may be at work. SQLite's ends with the process alone.
pub(crate) async fn check_held(session: &Session, over: &impl ConnectionTrait) -> Result<(), DbErr> {
    let Some(backend) = session.guard() else { return Ok(()) };
    let query = Statement::from_string(DbBackend::Postgres, postgres::held_by_backend(backend));
    over.query_one_raw(query).await?.map(drop).ok_or_else(|| of_driver(lost()))
}

/// Commits unless the lock is lost: for work that nothing else keeps from being done twice.
pub(crate) async fn commit_held(session: &Session, transaction: DatabaseTransaction) -> Result<(), DbErr> {
    check_held(session, &transaction).await?;
    transaction.commit().await
}

/// As [`commit_held`], on the driver itself.
pub(crate) async fn commit_held_raw(
    session: &Session,
    mut transaction: sqlx::Transaction<'static, sqlx::Postgres>,
) -> Result<(), sqlx::Error> {
    if let Some(backend) = session.guard() {
        let query = sqlx::raw_sql(AssertSqlSafe(postgres::held_by_backend(backend)));
        query.fetch_optional(&mut *transaction).await?.ok_or_else(lost)?;
    }
    transaction.commit().await
}

fn lost() -> sqlx::Error {
    let message = "the connection that held the lock broke; another run may be at work";
    sqlx::Error::Io(io::Error::new(io::ErrorKind::ConnectionAborted, message))
}

/// Who holds the lock of the database that `session` looks at. Asked without taking it, over the same
/// connection; on SQLite it is shared for a moment, and whoever wants it then asks once more.
pub(crate) async fn held_by(session: &Session) -> Result<Option<String>, LockError> {
    match &session.lock {
        LockPlace::Postgres(_) => postgres::held_by(session).await,
        LockPlace::Sqlite(path) => Ok(sqlite::held_by(path)),
    }
}

impl MigrationLock {
    /// Takes the lock of the database that `session` works on.
    pub(crate) async fn of(session: &Session, database: &str, context: &RunContext) -> Result<Self, LockError> {
        Approach::to(&session.lock, database, Some(session)).await?.take(database, context).await
    }

    /// Gives the lock back.
    pub(crate) async fn release(self) {
        match self {
            Self::Postgres(held) => held.release().await,
            Self::Sqlite(held) => drop(held),
        }
    }
}

/// The patience of whoever asks for a lock that somebody else holds.
struct Waiting<'a> {
    database: &'a str,
    wait: Duration,
    since: Instant,
    told: Option<String>,
    observer: &'a SharedObserver,
}

impl<'a> Waiting<'a> {
    fn begin(database: &'a str, wait: Duration, observer: &'a SharedObserver) -> Self {
        Self { database, wait, since: Instant::now(), told: None, observer }
    }

    /// Sleeps 25–75 ms, or gives up.
    async fn pause(&mut self, holder: String) -> Result<(), LockError> {
        if self.since.elapsed() >= self.wait {
            let database = self.database.to_owned();
            return Err(LockError::Held { database, holder, waited: self.wait });
        }
        if self.told.as_ref() != Some(&holder) {
            self.observer.event(&Event::LockWaiting { database: self.database, holder: &holder });
            self.told = Some(holder);
        }
        let jitter = rand::rng().random_range(25..75);
        sleep(Duration::from_millis(jitter)).await;
        Ok(())
    }
}
