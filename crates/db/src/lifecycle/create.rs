//! Makes databases: on PostgreSQL with their roles and rights, on SQLite as empty files.

use std::collections::BTreeSet;
use std::path::Path;

use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection};
use sea_orm::sqlx::{self, AssertSqlSafe, Connection, Executor, Row as _};
use serde::Serialize;
use tokio::task::JoinSet;

use super::{LifecycleError, roles};
use crate::Purpose;
use crate::config::{PostgresTarget, SqliteTarget, Target};
use crate::connect::{Session, check_version, connect_raw};
use crate::lock::lock_server;
use crate::migrate::RunContext;
use crate::sql::quote;

/// Whether there was anything to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Created {
    /// It was made.
    New,
    /// It was there; roles and rights were set again.
    Existed,
}

/// Makes a SQLite file where it is missing. The caller has looked at one that is there.
pub(crate) async fn create_file(path: &Path) -> Result<Created, LifecycleError> {
    let existed = path.exists();
    let target = Target::Sqlite(SqliteTarget { path: path.to_path_buf() });
    Session::open(&target, Purpose::Make).await?.close().await;
    Ok(if existed { Created::Existed } else { Created::New })
}

/// The maintenance database, where work on the server as a whole is done and its lock is taken.
pub(super) fn maintenance(server: &PgConnectOptions) -> PgConnectOptions {
    server.clone().database("postgres")
}

/// Makes the databases of one server under its lock, all at the same time. The caller has looked at those that are there. Safe to run again, and beside others who do.
/// The answers are in the order of `targets`.
pub(crate) async fn create_on_server(
    targets: &[PostgresTarget],
    context: &RunContext,
) -> Result<Vec<Result<Created, LifecycleError>>, LifecycleError> {
    let Some(first) = targets.first() else { return Ok(Vec::new()) };
    let (server, place) = (first.server()?, first.describe());
    let failed = |error: &sqlx::Error| LifecycleError::of_sqlx(&place, "create databases and roles", error);
    let mut lock = lock_server(&maintenance(server), context.lock_wait, &context.observer).await?;
    check_version(lock.connection.server_version_num(), &place)?;
    let there = There::read(&mut lock.connection, targets, &place).await?;
    let script: String = targets.iter().map(|target| roles::ensure(target, &there.roles)).collect();
    lock.connection.execute(AssertSqlSafe(script)).await.map_err(|error| failed(&error))?;
    let mut tasks = JoinSet::new();
    let mut created: Vec<_> = targets.iter().map(|_| Err(broken(&place))).collect();
    let mut waiting = targets.iter().cloned().enumerate();
    loop {
        while tasks.len() < context.jobs.max(1)
            && let Some((index, target)) = waiting.next()
        {
            let (existed, roles) = (there.databases.contains(&target.database), there.roles.clone());
            tasks.spawn(async move { (index, create_one(&target, existed, &roles).await) });
        }
        match tasks.join_next().await {
            Some(Ok((index, result))) => created[index] = result,
            Some(Err(_)) => {}
            None => break,
        }
    }
    // A connection that cannot be closed properly is closed by its drop.
    let _ = lock.connection.close().await;
    Ok(created)
}

fn broken(place: &str) -> LifecycleError {
    LifecycleError::Engine { place: place.to_owned(), reason: "the work on it broke off".to_owned() }
}

/// CREATE DATABASE runs outside of transactions and takes its time, so each has a connection of its own.
async fn create_one(
    target: &PostgresTarget,
    existed: bool,
    roles: &BTreeSet<String>,
) -> Result<Created, LifecycleError> {
    let (server, place) = (target.server()?, target.describe());
    let failed = |error: &sqlx::Error| LifecycleError::of_sqlx(&place, "create databases and roles", error);
    if !existed {
        let mut connection = connect_raw(&maintenance(server), "create").await?;
        let sql = format!(
            "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'",
            quote(&target.database),
            quote(&target.owner_role)
        );
        connection.execute(AssertSqlSafe(sql)).await.map_err(|error| failed(&error))?;
        // As above.
        let _ = connection.close().await;
    }
    let mut database = connect_raw(&server.clone().database(&target.database), "create").await?;
    database.execute(AssertSqlSafe(roles::settle(target, roles))).await.map_err(|error| failed(&error))?;
    let _ = database.close().await;
    Ok(if existed { Created::Existed } else { Created::New })
}

/// What of all that is wanted is on the server already.
struct There {
    roles: BTreeSet<String>,
    databases: BTreeSet<String>,
}

impl There {
    /// One round trip.
    async fn read(server: &mut PgConnection, targets: &[PostgresTarget], place: &str) -> Result<Self, LifecycleError> {
        const QUERY: &str = "SELECT \
            ARRAY(SELECT rolname::text FROM pg_catalog.pg_roles WHERE rolname = ANY($1)) AS roles, \
            ARRAY(SELECT datname::text FROM pg_catalog.pg_database WHERE datname = ANY($2)) AS databases";
        let roles: Vec<String> = targets.iter().flat_map(roles::names).collect();
        let databases: Vec<String> = targets.iter().map(|target| target.database.clone()).collect();
        let failed = |error: &sqlx::Error| LifecycleError::of_sqlx(place, "look at it", error);
        let row = sqlx::query(QUERY).bind(roles).bind(databases).fetch_one(server).await;
        let row = row.map_err(|error| failed(&error))?;
        let read = || -> Result<(Vec<String>, Vec<String>), sqlx::Error> {
            Ok((row.try_get("roles")?, row.try_get("databases")?))
        };
        let (roles, databases) = read().map_err(|error| failed(&error))?;
        Ok(Self { roles: roles.into_iter().collect(), databases: databases.into_iter().collect() })
    }
}
