//! The open databases of one process.

use std::collections::BTreeMap;

use atriz_db::{ConfigError, Database, Fleet, Plan};

use crate::error::AppError;

/// The open databases of one process, by name. Several apps in one process share them, so that SQLite has one writer
/// per file and process.
#[derive(Clone, Debug)]
pub struct Pools(BTreeMap<String, Database>);

impl Pools {
    /// Opens the pools of every database of `plan`.
    ///
    /// # Errors
    ///
    /// The first database that cannot be reached; those opened before it are closed again.
    pub async fn open(fleet: &Fleet, plan: &Plan) -> Result<Self, atriz_db::Error> {
        let mut pools = Self(BTreeMap::new());
        for database in &plan.databases {
            match open(fleet, &database.name).await {
                Ok(open) => _ = pools.0.insert(database.name.clone(), open),
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
        Ok(self.0.get(name).ok_or_else(missing)?)
    }

    /// Closes all connections, once those who use them have ended.
    pub async fn close(self) {
        for database in self.0.into_values() {
            database.close().await;
        }
    }
}

async fn open(fleet: &Fleet, name: &str) -> Result<Database, atriz_db::Error> {
    Ok(Database::open(fleet.configuration.target(name)?, fleet.configuration.slow_query).await?)
}
