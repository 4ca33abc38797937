//! Scratch databases on PostgreSQL: copies are templates.

use std::time::Duration;

use atriz_db::config::PostgresTarget;
use atriz_db::{Fleet, Target};
use sea_orm::sqlx::postgres::PgConnection;
use sea_orm::sqlx::{self, AssertSqlSafe, Executor as _, Row as _};
use tokio::time::sleep;

use super::ScratchError;
use super::garbage::Garbage;
use super::server::{Server, refused};

/// Aims the one database of `fleet` at `server`, and says what it will leave there.
pub(super) fn aim(fleet: &mut Fleet, server: &Server) -> Option<Garbage> {
    fleet.configuration.targets.values_mut().find_map(|target| match target {
        Target::Postgres(target) => {
            target.server = Some(server.options().clone());
            target.migrate = Some(server.options().clone().database(&target.database));
            Some(Garbage::of(target, server))
        }
        Target::Sqlite(_) => None,
    })
}

/// The name of a copy.
pub(super) fn name(target: &PostgresTarget, label: &str) -> String {
    format!("{}_{label}", target.database)
}

/// Makes the database `to` anew as a copy of `from`. The roles stay, so rights in the copy are those of the original.
pub(super) async fn copy(
    server: &mut PgConnection,
    target: &PostgresTarget,
    from: &str,
    to: &str,
) -> Result<(), ScratchError> {
    alone(server, from).await?;
    let (owner, app) = (quote(&target.owner_role), quote(&target.app_role));
    for sql in [
        format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", quote(to)),
        format!("CREATE DATABASE {} TEMPLATE {} OWNER {owner} STRATEGY FILE_COPY", quote(to), quote(from)),
        format!("REVOKE ALL ON DATABASE {} FROM PUBLIC", quote(to)),
        format!("GRANT CONNECT ON DATABASE {} TO {app}", quote(to)),
    ] {
        server.execute(AssertSqlSafe(sql)).await.map_err(|error| refused(to, "copy a state", &error))?;
    }
    Ok(())
}

/// Lets connections in again.
pub(super) async fn admit(server: &mut PgConnection, database: &str) -> Result<(), ScratchError> {
    let sql = format!("ALTER DATABASE {} ALLOW_CONNECTIONS true", quote(database));
    server.execute(AssertSqlSafe(sql)).await.map(drop).map_err(|error| refused(database, "open it again", &error))
}

/// Waits until nobody is connected: a backend ends a moment after its client, and CREATE DATABASE would look again only
/// after a tenth of a second.
async fn alone(server: &mut PgConnection, database: &str) -> Result<(), ScratchError> {
    const BUSY: &str = "SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE datname = $1";
    for _ in 0..500 {
        let row = sqlx::query(BUSY).bind(database).fetch_one(&mut *server).await;
        let busy = row.and_then(|row| row.try_get::<i64, _>(0)).map_err(|error| refused(database, "look", &error))?;
        if busy == 0 {
            break;
        }
        sleep(Duration::from_millis(2)).await;
    }
    Ok(())
}

pub(crate) fn quote(identifier: &str) -> String {
    format!("\"{}\"", identifier.replace('"', "\"\""))
}
