//! Who keeps a migration or a seed waiting for a lock, told when it gives up or tries again.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection};
use sea_orm::sqlx::{self, Connection};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::connect::{Session, connect_raw};
use crate::lock::{LockPlace, describe_backend};

const BLOCKERS: &str = "SELECT a.pid, a.application_name, coalesce(host(a.client_addr), 'this machine') AS host \
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
        let query = Statement::from_string(DbBackend::Postgres, "SELECT pg_catalog.pg_backend_pid() AS pid");
        let row = session.connection.query_one_raw(query).await.ok()??;
        let pid: i32 = row.try_get("", "pid").ok()?;
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
    while let Ok(found) = blockers(&mut connection, pid).await {
        if !found.is_empty() {
            *seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(found);
        }
        sleep(Duration::from_millis(250)).await;
    }
    // It ends however it is closed.
    let _ = connection.close().await;
}

async fn blockers(connection: &mut PgConnection, pid: i32) -> Result<String, sqlx::Error> {
    let rows = sqlx::query(BLOCKERS).bind(pid).fetch_all(connection).await?;
    Ok(rows.iter().map(describe_backend).collect::<Vec<_>>().join(" and "))
}
