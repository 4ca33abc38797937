//! The open databases of one process.

use std::collections::BTreeMap;
use std::sync::Arc;

use atriz_db::{ConfigError, Database, Fleet, Plan};
use atriz_kernel::SharedClock;
use tokio::sync::OnceCell;

use crate::error::AppError;
use crate::sign_in::{SignIn, settings};

/// The open databases of one process, by name. Several apps in one process share them, so that SQLite has one writer
/// per file and process.
#[derive(Clone, Debug)]
pub struct Pools {
    databases: BTreeMap<String, Database>,
    /// Opened by the first app that needs it, since all of them sign in at the same place.
    sign_in: Arc<OnceCell<SignIn>>,
}

impl Pools {
    /// Opens the pools of every database of `plan`.
    ///
    /// # Errors
    ///
    /// The first database that cannot be reached; those opened before it are closed again.
    pub async fn open(fleet: &Fleet, plan: &Plan) -> Result<Self, atriz_db::Error> {
        let mut pools = Self { databases: BTreeMap::new(), sign_in: Arc::default() };
        for database in &plan.databases {
            match open(fleet, &database.name).await {
                Ok(open) => _ = pools.databases.insert(database.name.clone(), open),
                Err(error) => {
                    pools.close().await;
                    let (database, source) = (database.name.clone(), Box::new(error));
                    return Err(atriz_db::Error::In { database, source });
                }
            }
        }
        Ok(pools)
    }

    /// The database of this name.
    ///
    /// # Errors
    ///
    /// [`ConfigError::NoTarget`] when the plan did not have it.
    pub fn get(&self, name: &str) -> Result<&Database, AppError> {
        let missing = || atriz_db::Error::from(ConfigError::NoTarget { database: name.to_owned() });
        Ok(self.databases.get(name).ok_or_else(missing)?)
    }

    /// What tells who is asking, opened when the first app asks for it.
    pub(crate) async fn sign_in(&self, fleet: &Fleet, app: &str, clock: SharedClock) -> Result<&SignIn, AppError> {
        let open = || async { SignIn::open(settings(fleet)?, self.databases.get("core"), app, clock).await };
        self.sign_in.get_or_try_init(open).await
    }

    /// Closes all connections, once those who use them have ended.
    pub async fn close(self) {
        if let Some(sign_in) = self.sign_in.get() {
            sign_in.close().await;
        }
        for database in self.databases.into_values() {
            database.close().await;
        }
    }
}

async fn open(fleet: &Fleet, name: &str) -> Result<Database, atriz_db::Error> {
    Ok(Database::open(fleet.configuration.target(name)?, fleet.configuration.slow_query).await?)
}
