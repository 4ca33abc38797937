//! Makes databases: on PostgreSQL with their roles and rights, on SQLite as empty files.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use futures_util::{StreamExt as _, stream};
use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection};
use sea_orm::sqlx::{self, AssertSqlSafe, Connection, Executor, Row as _};
use serde::Serialize;

use super::{LifecycleError, roles};
use crate::Purpose;
use crate::config::{PostgresTarget, SqliteTarget, Target};
use crate::connect::{Session, check_version, connect_raw};
use crate::lock::{ServerDoor, ServerLock};
use crate::migrate::RunContext;
use crate::sql::{literal, quote};

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

/// A server that was looked at and not changed yet.
pub(crate) struct Server {
    targets: Vec<PostgresTarget>,
    door: ServerDoor,
    there: There,
}

impl Server {
    /// Connects to the server of `targets`, which is the same for all of them, and looks which of them it has.
    pub(crate) async fn approach(targets: Vec<PostgresTarget>) -> Result<Option<Self>, LifecycleError> {
        let Some(first) = targets.first() else { return Ok(None) };
        let (maintenance, place) = (maintenance(first.server()?), first.describe());
        let mut door = ServerDoor::approach(&maintenance).await?;
        check_version(door.connection().server_version_num(), &place)?;
        let there = There::read(door.connection(), &targets, &place).await?;
        Ok(Some(Self { targets, door, there }))
    }

    /// Whether it has a database of this name.
    pub(crate) fn has(&self, database: &str) -> bool {
        self.there.databases.contains(database)
    }

    /// Makes the databases under the server's lock, several at the same time. The caller has looked at those that are there.
    /// Safe to run again, and beside others who do. The answers are in the order of the targets.
    pub(crate) async fn create(
        self,
        context: &RunContext,
    ) -> Result<Vec<Result<Created, LifecycleError>>, LifecycleError> {
        let Self { targets, door, .. } = self;
        let Some(first) = targets.first() else { return Ok(Vec::new()) };
        let mut lock = door.take(context.lock_wait, &context.observer).await?;
        let created = create_under(&mut lock, first, &targets, context).await;
        lock.release().await;
        created
    }
}

async fn create_under(
    lock: &mut ServerLock,
    first: &PostgresTarget,
    targets: &[PostgresTarget],
    context: &RunContext,
) -> Result<Vec<Result<Created, LifecycleError>>, LifecycleError> {
    let there = There::read(&mut lock.connection, targets, &first.describe()).await?;
    // What is made behind them waits for the disk, and takes them along.
    let mut script = "SET LOCAL synchronous_commit = off;\n".to_owned();
    script.extend(targets.iter().map(|target| roles::ensure(target, &there.roles)));
    let done = lock.connection.execute(AssertSqlSafe(script)).await;
    done.map_err(|error| failed(first, &error))?;
    let existed = |target: &PostgresTarget| there.databases.contains(&target.database);
    let mut created: Vec<_> =
        targets.iter().map(|target| Ok(if existed(target) { Created::Existed } else { Created::New })).collect();
    let missing = || targets.iter().enumerate().filter(|(_, target)| !existed(target));
    for (index, error) in make_all(lock, missing().collect(), context.jobs).await {
        created[index] = Err(error);
        let target = &targets[index];
        if [&target.owner_role, &target.app_role].iter().all(|role| !there.roles.contains(*role)) {
            // Roles without their database would stay for ever. Whoever may make roles may drop them; the error that counts
            // is the one above.
            let _ = lock.connection.execute(AssertSqlSafe(roles::remove(target))).await;
        }
    }
    let made = missing().filter(|(index, _)| created[*index].is_ok()).collect();
    for (index, error) in settle_all(&mut lock.connection, made, &there.roles).await {
        created[index] = Err(error);
    }
    let existing = targets.iter().enumerate().filter(|(_, target)| existed(target)).collect();
    for (index, error) in settle_existing(existing, &there.roles, context.jobs).await {
        created[index] = Err(error);
    }
    Ok(created)
}

fn failed(target: &PostgresTarget, error: &sqlx::Error) -> LifecycleError {
    LifecycleError::of_server(target, "create databases and roles", error)
}

/// What went wrong, by the place of the target in the list.
type Failures = Vec<(usize, LifecycleError)>;

/// Makes databases over the two connections that are there: CREATE DATABASE copies a template and waits for the disk, one
/// after the other on each.
async fn make_all(lock: &mut ServerLock, missing: Vec<(usize, &PostgresTarget)>, jobs: usize) -> Failures {
    let waiting = Mutex::new(missing.into_iter());
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
    let lane = async |connection: &mut PgConnection| {
        let mut failures = Failures::new();
        while let Some((index, target)) = next() {
            let sql = format!(
                "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'",
                quote(&target.database),
                quote(&target.owner_role)
            );
            if let Err(error) = connection.execute(AssertSqlSafe(sql)).await {
                failures.push((index, failed(target, &error)));
            }
        }
        failures
    };
    if jobs < 2 {
        return lane(&mut lock.connection).await;
    }
    let (mut failures, more) = tokio::join!(lane(&mut lock.connection), lane(&mut lock.other));
    failures.extend(more);
    failures
}

/// Sets rights and settings of databases that were just made: one commit for all, or each alone where that fails, which
/// tells whose failure it is. What public may do within a new database PostgreSQL 15 has settled in the template.
async fn settle_all(
    connection: &mut PgConnection,
    made: Vec<(usize, &PostgresTarget)>,
    roles: &BTreeSet<String>,
) -> Failures {
    if made.is_empty() {
        return Failures::new();
    }
    let scripts: Vec<_> = made.iter().map(|(_, target)| roles::settle(target, roles)).collect();
    if connection.execute(AssertSqlSafe(scripts.concat())).await.is_ok() {
        return Failures::new();
    }
    let mut failures = Failures::new();
    for ((index, target), script) in made.into_iter().zip(scripts) {
        if let Err(error) = connection.execute(AssertSqlSafe(script)).await {
            failures.push((index, failed(target, &error)));
        }
    }
    failures
}

/// As [`settle_all`] for databases that were there, over a connection to each: what public may do is set within.
async fn settle_existing(existing: Vec<(usize, &PostgresTarget)>, roles: &BTreeSet<String>, jobs: usize) -> Failures {
    let settle = async |(index, target): (usize, &PostgresTarget)| {
        settle_one(target, roles).await.err().map(|error| (index, error))
    };
    let settled = stream::iter(existing).map(settle).buffer_unordered(jobs.max(1));
    settled.filter_map(std::future::ready).collect().await
}

async fn settle_one(target: &PostgresTarget, roles: &BTreeSet<String>) -> Result<(), LifecycleError> {
    let mut database = connect_raw(&target.server()?.clone().database(&target.database), "create").await?;
    let script = roles::settle(target, roles) + roles::CLOSE_PUBLIC;
    let done = database.execute(AssertSqlSafe(script)).await;
    done.map_err(|error| failed(target, &error))?;
    // A connection that cannot be closed properly is closed by its drop.
    let _ = database.close().await;
    Ok(())
}

/// What of all that is wanted is on the server already.
struct There {
    roles: BTreeSet<String>,
    databases: BTreeSet<String>,
}

impl There {
    /// One round trip.
    async fn read(server: &mut PgConnection, targets: &[PostgresTarget], place: &str) -> Result<Self, LifecycleError> {
        let roles: BTreeSet<String> = targets.iter().flat_map(roles::names).collect();
        let list =
            |names: &mut dyn Iterator<Item = &String>| names.map(|name| literal(name)).collect::<Vec<_>>().join(", ");
        let query = format!(
            "SELECT ARRAY(SELECT rolname::text FROM pg_catalog.pg_roles WHERE rolname IN ({})) AS roles, \
             ARRAY(SELECT datname::text FROM pg_catalog.pg_database WHERE datname IN ({})) AS databases",
            list(&mut roles.iter()),
            list(&mut targets.iter().map(|target| &target.database)),
        );
        let failed = |error: &sqlx::Error| LifecycleError::of_sqlx(place, "look at it", error);
        let row = sqlx::raw_sql(AssertSqlSafe(query)).fetch_one(server).await.map_err(|error| failed(&error))?;
        let read = || -> Result<(Vec<String>, Vec<String>), sqlx::Error> {
            Ok((row.try_get("roles")?, row.try_get("databases")?))
        };
        let (roles, databases) = read().map_err(|error| failed(&error))?;
        Ok(Self { roles: roles.into_iter().collect(), databases: databases.into_iter().collect() })
    }
}
