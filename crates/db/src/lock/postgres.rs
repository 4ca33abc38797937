//! Advisory locks on connections of their own.

use std::time::{Duration, Instant};

use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection};
use sea_orm::sqlx::{self, AssertSqlSafe, Connection, Executor, Row};

use super::{Attempt, LockError, THE_SERVER, Waiting};
use crate::connect::{ConnectError, Session, connect_raw};
use crate::progress::SharedObserver;

/// First key of our advisory locks: "atri" in ASCII.
const CLASS: i32 = 0x6174_7269;
/// Second key: work on one database's schema. Advisory locks are per database already.
const MIGRATION: i32 = 1;
/// Second key: work on the server as a whole, taken in the maintenance database.
const SERVER: i32 = 2;

/// What `pg_stat_activity` shows of this one backend, without the view's joins.
const BACKEND: &str = "SELECT pid, extract(epoch FROM clock_timestamp() - backend_start)::float8 AS age \
    FROM pg_catalog.pg_stat_get_activity(pg_catalog.pg_backend_pid())";
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
    /// When it began to connect.
    since: Instant,
    /// The server's process that first answered.
    backend: Option<i32>,
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
        let since = Instant::now();
        let connection = connect_raw(options, &purpose).await?;
        Ok(Self { connection, place: crate::config::server_of(options), key, since, backend: None })
    }

    /// A server that ends idle sessions would end the lock in the middle of a long statement of another connection.
    pub(super) async fn stay(&mut self) -> Result<(), ConnectError> {
        let set = self.connection.execute("SET idle_session_timeout = 0").await;
        set.map(drop).map_err(|error| ConnectError::of(&self.place, &error))
    }

    /// Whether a pooler stands between the server and `session`, and so before this connection too: it gives one process
    /// of the server to both, several in turn to one, or one that was there before. Asked twice in a row and once more
    /// behind the other, since poolers differ in which process they prefer.
    pub(super) async fn is_pooled(&mut self, session: &Session) -> Result<bool, LockError> {
        let theirs = session.backend().await?;
        for _ in 0..2 {
            let ours = self.backend().await?;
            if ours.is_none() || ours == theirs || session.backend().await? != theirs {
                return Ok(true);
            }
        }
        Ok(session.backend().await? != theirs)
    }

    /// Tells `session` which process of the server will hold the lock for it.
    pub(super) fn guard(&self, session: &Session) {
        if let Some(backend) = self.backend {
            session.is_guarded_by(backend);
        }
    }

    /// As [`Applicant::is_pooled`], for two connections that ask.
    async fn is_pooled_with(&mut self, other: &mut Self) -> Result<bool, LockError> {
        let mut pooled = false;
        for _ in 0..2 {
            let (ours, theirs) = (self.backend().await?, other.backend().await?);
            pooled |= ours.is_none() || theirs.is_none() || ours == theirs;
        }
        Ok(pooled)
    }

    /// The server's process behind the connection; nothing if it is another one than before, or is older than the
    /// connection itself.
    async fn backend(&mut self) -> Result<Option<i32>, LockError> {
        let failed = |error: &sqlx::Error| LockError::Connect(ConnectError::of(&self.place, error));
        // Nothing is prepared, since a pooler would leave it to whoever comes next.
        let row = sqlx::raw_sql(BACKEND).fetch_one(&mut self.connection).await.map_err(|error| failed(&error))?;
        let pid = row.try_get("pid").map_err(|error| failed(&error))?;
        let age: f64 = row.try_get("age").map_err(|error| failed(&error))?;
        let is_its_own = *self.backend.get_or_insert(pid) == pid && age <= self.since.elapsed().as_secs_f64();
        Ok(is_its_own.then_some(pid))
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

/// Asks whether this process of the server holds the lock on a schema: a row if it does.
pub(super) fn held_by_backend(backend: i32) -> String {
    format!(
        "SELECT pid FROM pg_catalog.pg_locks \
         WHERE locktype = 'advisory' AND granted AND classid = {CLASS} AND objid = {MIGRATION} AND pid = {backend}"
    )
}

/// Who holds the lock on the schema of the database behind `session`.
pub(super) async fn held_by(session: &Session) -> Result<Option<String>, LockError> {
    // Nothing is prepared, since there may be a pooler between.
    let query = HOLDER.replace("$1", &CLASS.to_string()).replace("$2", &MIGRATION.to_string());
    let pool = session.connection.get_postgres_connection_pool();
    let row = sqlx::raw_sql(AssertSqlSafe(query)).fetch_optional(pool).await;
    let row = row.map_err(|error| LockError::Connect(ConnectError::of(&session.place, &error)))?;
    Ok(row.map(|row| describe_backend(&row)))
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

/// Two connections to the maintenance database, past any pooler: one that asks for the lock on the server as a whole, and
/// one beside it.
#[derive(Debug)]
pub(crate) struct ServerDoor {
    applicant: Applicant,
    other: Applicant,
}

/// The lock on the server as a whole, held around creating and dropping databases and roles.
#[derive(Debug)]
pub(crate) struct ServerLock {
    /// The connection that holds it; the work may use it.
    pub(crate) connection: PgConnection,
    /// Another connection to the same place.
    pub(crate) other: PgConnection,
}

impl ServerDoor {
    /// Connects to the maintenance database, and refuses a pooler: it would keep the lock when the connection closes.
    pub(crate) async fn approach(maintenance: &PgConnectOptions) -> Result<Self, LockError> {
        let open = || Applicant::open(maintenance, "create or drop", SERVER);
        let (mut applicant, mut other) = tokio::try_join!(open(), open())?;
        if applicant.is_pooled_with(&mut other).await? {
            return Err(LockError::Pooler { database: THE_SERVER.to_owned() });
        }
        applicant.stay().await?;
        Ok(Self { applicant, other })
    }

    /// The connection that asks, for a look before the lock is taken.
    pub(crate) fn connection(&mut self) -> &mut PgConnection {
        &mut self.applicant.connection
    }

    /// Takes the lock, waiting at most `wait` and telling `observer` who holds it.
    pub(crate) async fn take(mut self, wait: Duration, observer: &SharedObserver) -> Result<ServerLock, LockError> {
        let mut waiting = Waiting::begin(THE_SERVER, wait, observer);
        loop {
            match self.applicant.attempt().await? {
                Attempt::Held(()) => {
                    return Ok(ServerLock { connection: self.applicant.connection, other: self.other.connection });
                }
                Attempt::Busy { holder } => waiting.pause(holder).await?,
            }
        }
    }
}

impl ServerLock {
    /// Gives the lock back, by closing its connection.
    pub(crate) async fn release(self) {
        // A connection that cannot be closed properly is closed by its drop.
        let _ = self.connection.close().await;
        let _ = self.other.close().await;
    }
}
