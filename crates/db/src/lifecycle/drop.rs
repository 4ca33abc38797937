//! Drops a database.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sea_orm::sqlx::postgres::PgConnection;
use sea_orm::sqlx::sqlite::SqliteConnectOptions;
use sea_orm::sqlx::{self, AssertSqlSafe, ConnectOptions, Connection, Executor};

use super::create::maintenance;
use super::{LifecycleError, roles};
use crate::config::{PostgresTarget, Target};
use crate::destructive::DestructiveToken;
use crate::failure::{Failure, FailureKind};
use crate::lock::{Approach, LockPlace, ServerDoor};
use crate::migrate::RunContext;
use crate::sql::quote;

/// Drops `target`, if it is there; answers whether it was.
pub(crate) async fn drop_database(
    target: &Target,
    database: &str,
    context: &RunContext,
    _: &DestructiveToken,
) -> Result<bool, LifecycleError> {
    match target {
        Target::Postgres(target) => {
            let door = ServerDoor::approach(&maintenance(target.server()?)).await?;
            let mut lock = door.take(context.lock_wait, &context.observer).await?;
            let dropped = drop_postgres(&mut lock.connection, target).await;
            lock.release().await;
            dropped
        }
        Target::Sqlite(file) if !file.path.exists() => Ok(false),
        Target::Sqlite(file) => {
            // A file that goes while somebody migrates it would leave that work in nothing.
            let place = LockPlace::Sqlite(file.path.clone());
            let lock = Approach::to(&place, database, None).await?.take(database, context).await?;
            // Another process may have been quicker.
            let dropped = if file.path.exists() { drop_file_alone(&file.path).await } else { Ok(false) };
            lock.release().await;
            dropped
        }
    }
}

async fn drop_postgres(server: &mut PgConnection, target: &PostgresTarget) -> Result<bool, LifecycleError> {
    let failed = |error: &sqlx::Error| LifecycleError::of_server(target, "drop databases and roles", error);
    let found = sqlx::query("SELECT 1 FROM pg_catalog.pg_database WHERE datname = $1").bind(&target.database);
    let existed = found.fetch_optional(&mut *server).await.map_err(|error| failed(&error))?.is_some();
    if existed {
        // WITH (FORCE) ends idle connections of pools; consent was given for the database, not for a wait.
        let sql = format!("DROP DATABASE {} WITH (FORCE)", quote(&target.database));
        server.execute(AssertSqlSafe(sql)).await.map_err(|error| failed(&error))?;
    }
    server.execute(AssertSqlSafe(roles::remove(target))).await.map_err(|error| failed(&error))?;
    Ok(existed)
}

/// Removes a file that nobody else has open: an app would go on writing into what has no name any more, and lose it.
///
/// A file in write-ahead-log mode changes to another mode only for the one connection that has it open; so that mode is
/// tried, and held until the file is gone.
async fn drop_file_alone(path: &Path) -> Result<bool, LifecycleError> {
    const ALONE: &str = "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE";
    let options = SqliteConnectOptions::new().filename(path).busy_timeout(Duration::from_millis(500));
    let place = path.display().to_string();
    let failed = |error: &sqlx::Error| match Failure::of_sqlx(error) {
        failure if failure.kind == FailureKind::Busy => {
            LifecycleError::InUse { place: place.clone(), reason: failure.message }
        }
        _ => LifecycleError::of_sqlx(&place, "remove it", error),
    };
    let mut alone = options.connect().await.map_err(|error| failed(&error))?;
    let held = alone.execute(ALONE).await.map_err(|error| failed(&error));
    let dropped = held.and_then(|_| drop_file(path));
    // It ends however it is closed.
    let _ = alone.close().await;
    dropped
}

/// The file and what SQLite keeps beside it. The lock file stays: it is how processes that start now see each other.
fn drop_file(path: &Path) -> Result<bool, LifecycleError> {
    let existed = path.exists();
    for suffix in ["-journal", "-wal", "-shm", ""] {
        let mut name = path.as_os_str().to_os_string();
        name.push(suffix);
        let file = PathBuf::from(name);
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(LifecycleError::File { path: file.display().to_string(), reason: error.to_string() });
            }
            _ => {}
        }
    }
    Ok(existed)
}
