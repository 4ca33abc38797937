//! How far an index build has come, told while it goes on.

use std::time::Duration;

use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection};
use sea_orm::sqlx::{self, Connection, Row as _};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use super::blockers::describe_blockers;
use crate::connect::{Session, connect_raw};
use crate::lock::LockPlace;
use crate::progress::{Event, SharedObserver};

/// What lasts shorter than this needs no telling, and no connection.
const PATIENCE: Duration = Duration::from_secs(2);

/// How often somebody hears of what has not changed but in its numbers.
const EVERY: Duration = Duration::from_secs(15);

/// Rows of a CREATE INDEX or REINDEX of any kind; the phases are those of PostgreSQL's manual, "Progress Reporting".
const BUILD: &str = "SELECT phase, \
    CASE WHEN blocks_total > 0 THEN 100 * blocks_done / blocks_total WHEN tuples_total > 0 THEN 100 * tuples_done / tuples_total \
    END::bigint AS percent FROM pg_catalog.pg_stat_progress_create_index WHERE pid = $1";

/// Looks on from a connection of its own while a statement runs, and ends with its drop.
pub(super) struct Progress {
    task: JoinHandle<()>,
}

impl Progress {
    /// Begins to look. A server that lets nobody look leaves the statement untold, not undone.
    pub(super) async fn begin(session: &Session, observer: &SharedObserver, database: &str) -> Option<Self> {
        let LockPlace::Postgres(options) = &session.lock else { return None };
        let pid = session.backend().await.ok()??;
        let (options, observer, database) = (options.as_ref().clone(), observer.clone(), database.to_owned());
        Some(Self { task: tokio::spawn(async move { look(options, pid, observer, database).await }) })
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn look(options: PgConnectOptions, pid: i32, observer: SharedObserver, database: String) {
    sleep(PATIENCE).await;
    let Ok(mut connection) = connect_raw(&options, "watch").await else { return };
    let (mut told, mut since) = (String::new(), Instant::now());
    while let Ok(now) = state(&mut connection, pid).await {
        // Seconds and percents alone are told now and then; another phase or another blocker at once.
        let kind: String = now.chars().filter(|character| !character.is_ascii_digit()).collect();
        if !now.is_empty() && (kind != told || since.elapsed() >= EVERY) {
            observer.event(&Event::StatementProgress { database: &database, progress: &now });
            (told, since) = (kind, Instant::now());
        }
        sleep(Duration::from_secs(1)).await;
    }
    // It ends however it is closed.
    let _ = connection.close().await;
}

/// "building index: scanning table, 42 %", with who is waited for.
async fn state(connection: &mut PgConnection, pid: i32) -> Result<String, sqlx::Error> {
    let row = sqlx::query(BUILD).bind(pid).fetch_optional(&mut *connection).await?;
    let mut words = match row {
        Some(row) => {
            let percent: Option<i64> = row.try_get("percent")?;
            let percent = percent.map(|percent| format!(", {percent} %")).unwrap_or_default();
            format!("{}{percent}", row.try_get::<String, _>("phase")?)
        }
        None => String::new(),
    };
    let blockers = describe_blockers(connection, pid).await?;
    if !blockers.is_empty() {
        let separator = if words.is_empty() { "" } else { ", " };
        words = format!("{words}{separator}waiting for {blockers}");
    }
    Ok(words)
}
