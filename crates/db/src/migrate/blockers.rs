//! Who keeps a migration or a seed waiting for a lock, told when it gives up or tries again.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection, PgRow};
use sea_orm::sqlx::{self, Connection, Row as _};
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::connect::{Session, connect_raw};
use crate::lock::{LockPlace, describe_backend};

const BLOCKERS: &str = "SELECT a.pid, a.application_name, coalesce(host(a.client_addr), 'this machine') AS host, \
    left(regexp_replace(a.query, '\\s+', ' ', 'g'), 80) AS query, coalesce(a.state, '') AS state, \
    extract(epoch FROM clock_timestamp() - coalesce(a.xact_start, a.state_change, a.backend_start))::bigint AS age \
    FROM unnest(pg_catalog.pg_blocking_pids($1)) b (pid) JOIN pg_catalog.pg_stat_activity a ON a.pid = b.pid ORDER BY a.pid";

/// Looks on from a connection of its own, since the one that waits cannot look.
pub(crate) struct Watch {
    task: JoinHandle<()>,
    seen: Arc<Mutex<Option<String>>>,
}

impl Watch {
    /// Begins to look at the backend of `session`. A server that lets nobody look leaves the watch blind, not the
    /// work undone.
    pub(crate) async fn begin(session: &Session) -> Option<Self> {
        let LockPlace::Postgres(options) = &session.lock else { return None };
        let pid = session.backend().await.ok()??;
        let seen = Arc::default();
        let task = tokio::spawn(look(options.as_ref().clone(), pid, Arc::clone(&seen)));
        Some(Self { task, seen })
    }

    /// Ends the watch: who was last seen in the way.
    pub(crate) fn end(self) -> Option<String> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn look(options: PgConnectOptions, pid: i32, seen: Arc<Mutex<Option<String>>>) {
    let Ok(mut connection) = connect_raw(&options, "watch").await else { return };
    while let Ok(found) = describe_blockers(&mut connection, pid).await {
        if !found.is_empty() {
            *seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(found);
        }
        sleep(Duration::from_millis(250)).await;
    }
    // It ends however it is closed.
    let _ = connection.close().await;
}

/// Who keeps the backend `pid` waiting: each with its backend, what it runs, and for how long.
pub(super) async fn describe_blockers(connection: &mut PgConnection, pid: i32) -> Result<String, sqlx::Error> {
    let rows = sqlx::query(BLOCKERS).bind(pid).fetch_all(connection).await?;
    Ok(rows.iter().map(describe).collect::<Vec<_>>().join(" and "))
}

fn describe(row: &PgRow) -> String {
    let text = |column: &str| row.try_get::<String, _>(column).unwrap_or_default();
    let (query, state) = (text("query"), text("state"));
    let age = row.try_get::<i64, _>("age").unwrap_or_default();
    let doing = if state == "active" { format!("running for {age} s") } else { format!("{state} for {age} s after") };
    format!("{} ({doing}: {query})", describe_backend(row))
}
