//! What every SQLite connection of ours is set to.

use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use sea_orm::sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sea_orm::sqlx::{self, ConnectOptions, Connection as _};
use tokio::time::{Instant, sleep};
use tracing::log::LevelFilter;

use super::ConnectError;
use crate::failure::{Failure, FailureKind};

/// How a connection will use the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// Reads and writes; makes the file where `create` says so.
    Write { create: bool },
    /// Reads and writes for as long as an app serves.
    Serve,
    /// Reads only. A write fails, which proves the split of the pools.
    Read,
}

impl Access {
    /// How much of the file a connection keeps, as the pragma takes it: KiB behind a minus. A run that migrates or seeds
    /// fills it and ends, and readers come back to what they read. An app's writer touches ever other pages, and would keep
    /// them for nothing; what one transaction has too much is written to the log before its end.
    const fn cache(self) -> &'static str {
        match self {
            Self::Write { .. } | Self::Read => "-16000",
            Self::Serve => "-2000",
        }
    }
}

/// Write-ahead logging, so that readers never wait; `NORMAL` is safe with it against a crash of the process, and loses at
/// most the last transactions at a power cut, never consistency (SQLite, "PRAGMA synchronous").
pub(super) fn options(path: &Path, access: Access) -> SqliteConnectOptions {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .synchronous(SqliteSynchronous::Normal)
        .pragma("cache_size", access.cache())
        .pragma("temp_store", "memory")
        .log_statements(LevelFilter::Trace)
        .log_slow_statements(LevelFilter::Off, Duration::ZERO);
    match access {
        Access::Write { create } => options.journal_mode(SqliteJournalMode::Wal).create_if_missing(create),
        Access::Serve => options.journal_mode(SqliteJournalMode::Wal),
        Access::Read => options.read_only(true),
    }
}

/// How long a file that is busy while it is opened is asked again, like the busy timeout of every statement.
const OPEN_FOR: Duration = Duration::from_secs(5);

/// Opens a pool. The first process that opens a new file makes it a write-ahead-log one, which needs the file for itself
/// and, unlike a statement, does not wait for it; so whoever comes at the same moment asks again.
pub(super) async fn open_pool(
    pool: SqlitePoolOptions,
    mut options: SqliteConnectOptions,
    access: Access,
    place: &str,
) -> Result<SqlitePool, ConnectError> {
    let since = Instant::now();
    let (mut rolled_back, mut shared) = (false, true);
    loop {
        match pool.clone().connect_with(options.clone()).await {
            Err(error) if !rolled_back && wants_rollback(&error) => {
                rolled_back = true;
                // What stands in the way of that is told by the next try.
                let _ = roll_back(options.clone()).await;
            }
            Err(error)
                if shared && access == Access::Read && may_not_share(&error) && is_at_rest(options.get_filename()) =>
            {
                shared = false;
                options = options.immutable(true);
            }
            Err(error) if Failure::of_sqlx(&error).kind == FailureKind::Busy && since.elapsed() < OPEN_FOR => {
                sleep(Duration::from_millis(10)).await;
            }
            opened => return opened.map_err(|error| ConnectError::of(place, &error)),
        }
    }
}

/// Whether a process was killed while it wrote outside of the write-ahead log, as when a new file is first made one, and a
/// connection that only reads cannot take that back (`SQLITE_READONLY_ROLLBACK`).
fn wants_rollback(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(sqlx::error::DatabaseError::code).is_some_and(|code| code == "776")
}

/// Whether whoever may not write in the folder wants to read a file with a write-ahead log: SQLite makes its shared memory
/// there (`SQLITE_READONLY_CANTINIT`, `SQLITE_READONLY_DIRECTORY`, `SQLITE_CANTOPEN`).
fn may_not_share(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| ["8", "14", "1288", "1544"].contains(&code.as_ref()))
}

/// Whether nobody has the file open, or all that somebody wrote is in the file itself: then it may be read without the
/// memory that readers and writers share.
fn is_at_rest(path: &Path) -> bool {
    let is_empty = |suffix: &str| {
        let mut beside = path.as_os_str().to_owned();
        beside.push(suffix);
        std::fs::metadata(beside).map_or_else(|error| error.kind() == ErrorKind::NotFound, |file| file.len() == 0)
    };
    path.is_file() && is_empty("-wal") && is_empty("-journal")
}

/// Takes back what was being written: whoever may write does so with the first read.
async fn roll_back(options: SqliteConnectOptions) -> Result<(), sqlx::Error> {
    let mut connection = options.read_only(false).create_if_missing(false).connect().await?;
    sqlx::query("SELECT count(*) FROM sqlite_schema").execute(&mut connection).await?;
    connection.close().await
}

/// Makes the folder of a file.
pub(crate) fn ensure_folder(path: &Path) -> Result<(), ConnectError> {
    let Some(folder) = path.parent() else { return Ok(()) };
    std::fs::create_dir_all(folder)
        .map_err(|error| ConnectError::File { place: folder.display().to_string(), reason: error.to_string() })
}
