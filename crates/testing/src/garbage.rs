//! What a test leaves on a server, and its removal.

use std::thread;

use sea_orm::sqlx::{AssertSqlSafe, Executor};

use crate::server;

/// Databases and roles to drop at the end of a test, however it ends. What cannot be dropped stays: names are random,
/// and the throwaway server goes away as a whole.
#[derive(Debug, Default)]
pub(crate) struct Garbage {
    pub(crate) databases: Vec<String>,
    pub(crate) roles: Vec<String>,
}

impl Drop for Garbage {
    fn drop(&mut self) {
        let databases = self.databases.iter().map(|name| format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)"));
        let roles = self.roles.iter().map(|name| format!("DROP ROLE IF EXISTS \"{name}\""));
        let statements: Vec<String> = databases.chain(roles).collect();
        if statements.is_empty() {
            return;
        }
        // A drop runs inside the test's runtime, which must not be blocked on itself.
        let worker = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let Ok(runtime) = runtime else { return };
            runtime.block_on(async {
                let mut connection = server::connect().await;
                for statement in statements {
                    // What is still in use, or owned by something else, stays.
                    let _ = connection.execute(AssertSqlSafe(statement)).await;
                }
            });
        });
        let _ = worker.join();
    }
}
