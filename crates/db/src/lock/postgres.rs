//! Advisory locks on connections of their own.

use std::time::Duration;

use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection};
use sea_orm::sqlx::{self, Connection, Executor, Row};

use super::{Attempt, LockError, Waiting};
use crate::connect::{ConnectError, connect_raw};
use crate::progress::SharedObserver;

/// First key of our advisory locks: "atri" in ASCII.
const CLASS: i32 = 0x6174_7269;
/// Second key: work on one database's schema. Advisory locks are per database already.
const MIGRATION: i32 = 1;
/// Second key: work on the server as a whole, taken in the maintenance database.
const SERVER: i32 = 2;

const TRY: &str = "SELECT pg_catalog.pg_try_advisory_lock($1, $2)";
const HOLDER: &str = "SELECT a.pid, a.application_name, coalesce(host(a.client_addr), 'this machine') AS host, \
    (extract(epoch FROM clock_timestamp() - a.backend_start))::bigint AS age \
    FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid \
    WHERE l.locktype = 'advisory' AND l.granted AND l.classid = $1 AND l.objid = $2 \
    AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())";

/// A connection that asks for the lock.
#[derive(Debug)]
pub(crate) struct Applicant {
    connection: PgConnection,
    place: String,
    key: i32,
}

/// A connection that holds the lock.
#[derive(Debug)]
pub(crate) struct Held {
    connection: PgConnection,
}

impl Applicant {
    pub(super) async fn connect(options: &PgConnectOptions, database: &str) -> Result<Self, ConnectError> {
        Self::open(options, &format!("migrate {database}"), MIGRATION).await
    }

    async fn open(options: &PgConnectOptions, purpose: &str, key: i32) -> Result<Self, ConnectError> {
        let purpose = format!("{purpose} (process {})", std::process::id());
        let mut connection = connect_raw(options, &purpose).await?;
        let place = crate::config::server_of(options);
        // A server that ends idle sessions would end the lock in the middle of a long statement of another connection.
        let set = connection.execute("SET idle_session_timeout = 0").await;
        set.map_err(|error| ConnectError::of(&place, &error))?;
        Ok(Self { connection, place, key })
    }

    /// The server's process behind the connection.
    pub(super) async fn backend(&mut self) -> Result<Option<i32>, LockError> {
        let row = sqlx::query("SELECT pg_catalog.pg_backend_pid()").fetch_one(&mut self.connection).await;
        let pid = row.and_then(|row| row.try_get(0));
        pid.map(Some).map_err(|error| LockError::Connect(ConnectError::of(&self.place, &error)))
    }

    pub(super) async fn attempt(&mut self) -> Result<Attempt<()>, LockError> {
        let failed = |place: &str, error: &sqlx::Error| LockError::Connect(ConnectError::of(place, error));
        let tried = sqlx::query(TRY).bind(CLASS).bind(self.key).fetch_one(&mut self.connection).await;
        let row = tried.map_err(|error| failed(&self.place, &error))?;
        if row.try_get::<bool, _>(0).map_err(|error| failed(&self.place, &error))? {
            return Ok(Attempt::Held(()));
        }
        let holder = sqlx::query(HOLDER).bind(CLASS).bind(self.key).fetch_optional(&mut self.connection).await;
        let holder = holder.map_err(|error| failed(&self.place, &error))?;
        Ok(Attempt::Busy { holder: holder.map_or_else(|| "somebody".to_owned(), |row| describe_backend(&row)) })
    }

    pub(super) fn into_held(self) -> Held {
        Held { connection: self.connection }
    }
}

/// "`atriz migrate core (process 4711)`, backend 815, on this machine".
pub(crate) fn describe_backend(row: &sqlx::postgres::PgRow) -> String {
    let pid: i32 = row.try_get("pid").unwrap_or_default();
    let name: String = row.try_get("application_name").unwrap_or_default();
    let host: String = row.try_get("host").unwrap_or_default();
    let name = if name.is_empty() { "an unnamed client".to_owned() } else { format!("`{name}`") };
    format!("{name}, backend {pid}, on {host}")
}

impl Held {
    /// Closing the connection releases the lock at once; a query that unlocks could fail and leave it.
    pub(super) async fn release(self) {
        // A connection that cannot be closed properly is closed by its drop.
        let _ = self.connection.close().await;
    }
}

/// The lock on the server as a whole, held around creating and dropping databases and roles.
#[derive(Debug)]
pub(crate) struct ServerLock {
    /// The connection that holds it; the work may use it.
    pub(crate) connection: PgConnection,
}

impl ServerLock {
    /// Gives the lock back, by closing its connection.
    pub(crate) async fn release(self) {
        // A connection that cannot be closed properly is closed by its drop.
        let _ = self.connection.close().await;
    }
}

/// Takes the server's lock in the maintenance database, waiting at most `wait` and telling `observer` who holds it.
pub(crate) async fn lock_server(
    maintenance: &PgConnectOptions,
    wait: Duration,
    observer: &SharedObserver,
) -> Result<ServerLock, LockError> {
    let mut applicant = Applicant::open(maintenance, "create or drop", SERVER).await?;
    let mut waiting = Waiting::begin("(the server)", wait, observer);
    loop {
        match applicant.attempt().await? {
            Attempt::Held(()) => return Ok(ServerLock { connection: applicant.connection }),
            Attempt::Busy { holder } => waiting.pause(holder).await?,
        }
    }
}
