//! Configuration: read once, from the process environment and `.env` files, into one struct per concern.
//!
//! First wins: process environment, the owner's `.env` (`apps/X/.env`, `crates/core/.env`), the root `.env`, defaults.
//! `.env` files are read into maps, never into the process.

mod app;
mod error;
mod keys;
mod layer;
mod layers;
mod target;
mod url;
mod variables;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

pub use app::{AppSettings, LogFormat};
pub use error::ConfigError;
pub use keys::{VARIABLES, Variable};
pub use layers::{Inputs, Scope};
pub(crate) use target::server_of;
pub use target::{PostgresTarget, SqliteTarget, Target};

use crate::{Catalog, Environment};
use layers::Layers;
use variables::GeneralVariables;

/// Everything a process was told about its databases and itself.
#[derive(Clone, Debug)]
pub struct Configuration {
    /// `APP_ENV`.
    pub environment: Environment,
    /// Where the workspace's files stand, if the process runs within it.
    pub root: Option<PathBuf>,
    /// `DATA_DIR`, resolved; nothing where it was not given and has no default.
    pub data_dir: Option<PathBuf>,
    /// A query that takes longer is logged as a warning.
    pub slow_query: Duration,
    /// Where each database is, by name.
    pub targets: BTreeMap<String, Target>,
    /// The settings of each app, by name of its database.
    pub apps: BTreeMap<String, AppSettings>,
}

impl Configuration {
    /// Reads and checks the whole configuration of `catalog`.
    ///
    /// # Errors
    ///
    /// A variable that is unknown, cannot be read, or contradicts another one; every message names the variable and
    /// where it stands.
    pub fn load(catalog: &Catalog, inputs: &Inputs) -> Result<Self, ConfigError> {
        let layers = Layers::read(catalog, inputs)?;
        let general: GeneralVariables = layers.general()?;
        let environment = general.environment().map_err(|error| layers.locate(error, None))?;
        let mut targets = BTreeMap::new();
        let mut apps = BTreeMap::new();
        for database in catalog.databases() {
            let locate = |error| layers.locate(error, Some(database));
            let variables = layers.of_database(database).map_err(locate)?;
            let target = target::resolve(database, &variables, environment, inputs).map_err(locate)?;
            targets.insert(database.name.clone(), target);
            let settings = layers.of_app(database).and_then(|variables| AppSettings::resolve(&variables));
            apps.insert(database.name.clone(), settings.map_err(locate)?);
        }
        Ok(Self {
            environment,
            root: inputs.root.clone(),
            data_dir: target::data_dir(general.data_dir.as_deref(), inputs),
            slow_query: Duration::from_millis(general.slow_query_ms.unwrap_or(200)),
            targets,
            apps,
        })
    }

    /// Where the database of this name is. Names come from the same catalog as the configuration.
    ///
    /// # Errors
    ///
    /// [`ConfigError::NoTarget`] for a name of another catalog.
    pub fn target(&self, name: &str) -> Result<&Target, ConfigError> {
        self.targets.get(name).ok_or_else(|| ConfigError::NoTarget { database: name.to_owned() })
    }
}
