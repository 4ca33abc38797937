//! What a scratch database leaves on a server that stays.

use std::thread;

use atriz_db::config::PostgresTarget;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection};
use sea_orm::sqlx::{self, AssertSqlSafe, ConnectOptions as _, Executor as _, Row as _};

use super::postgres::quote;
use super::server::Server;

/// Ends what the server still does about databases of this name, and waits until it has ended.
const END_ALL: &str = "SELECT pg_catalog.pg_terminate_backend(pid, 10000) FROM pg_catalog.pg_stat_activity \
    WHERE pid <> pg_catalog.pg_backend_pid() AND usename = current_user AND strpos(query, $1) > 0";

/// The databases whose names begin like this one, and its roles; dropped with this value, however the work ended.
#[derive(Debug)]
pub(super) struct Garbage {
    server: Option<PgConnectOptions>,
    database: String,
    roles: Vec<String>,
}

impl Garbage {
    pub(super) fn of(target: &PostgresTarget, server: &Server) -> Self {
        Self {
            server: server.stays.then(|| server.options().clone()),
            database: target.database.clone(),
            roles: [&target.app_role, &target.owner_role].into_iter().chain(&target.reader_roles).cloned().collect(),
        }
    }

    async fn remove(&self, server: &PgConnectOptions) -> Result<(), sqlx::Error> {
        let mut connection = server.clone().application_name("atriz scratch").connect().await?;
        // What was begun goes on when its client is gone, and would make a database behind the last look.
        sqlx::query(END_ALL).bind(&self.database).execute(&mut connection).await?;
        for database in self.databases(&mut connection).await? {
            connection.execute(AssertSqlSafe(format!("DROP DATABASE {} WITH (FORCE)", quote(&database)))).await?;
        }
        for role in &self.roles {
            connection.execute(AssertSqlSafe(format!("DROP ROLE IF EXISTS {}", quote(role)))).await?;
        }
        Ok(())
    }

    async fn databases(&self, connection: &mut PgConnection) -> Result<Vec<String>, sqlx::Error> {
        const FIND: &str = "SELECT datname::text FROM pg_catalog.pg_database WHERE starts_with(datname::text, $1)";
        let rows = sqlx::query(FIND).bind(&self.database).fetch_all(connection).await?;
        rows.iter().map(|row| row.try_get(0)).collect()
    }
}

impl Drop for Garbage {
    fn drop(&mut self) {
        let Some(server) = self.server.take() else { return };
        thread::scope(|scope| {
            // A drop runs inside a runtime, which must not be blocked on itself.
            let worker = scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                match runtime.map(|runtime| runtime.block_on(self.remove(&server))) {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => tracing::warn!(database = self.database, %error, "a scratch database stays"),
                    Err(error) => tracing::warn!(database = self.database, %error, "a scratch database stays"),
                }
            });
            // A panic in it would be told already.
            let _ = worker.join();
        });
    }
}
