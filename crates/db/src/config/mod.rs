//! Configuration: read once, from the process environment and `.env` files, into one struct per concern.
//!
//! First wins: process environment, the owner's `.env` (`apps/X/.env`, `crates/core/.env`), the root `.env`, defaults.
//! `.env` files are read into maps, never into the process.

mod app;
mod auth;
mod beside;
mod error;
mod keys;
mod layer;
mod layers;
mod process;
mod resolve;
mod target;
mod url;
mod variables;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

pub use app::{AppSettings, LogFormat};
pub use auth::AuthVariables;
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
    /// What was said about signing in.
    pub auth: AuthVariables,
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
            let target = resolve::resolve(database, &variables, environment, inputs).map_err(locate)?;
            targets.insert(database.name.clone(), target);
            let settings = layers.of_app(database).and_then(|variables| AppSettings::resolve(&variables));
            let mut settings = settings.map_err(locate)?;
            settings.log_filter_origin = layers.standing("LOG_FILTER", &database.name).map(|(_, origin)| origin);
            apps.insert(database.name.clone(), settings);
        }
        process::check_driver_variables(&targets, &inputs.process)?;
        check_places(&targets)?;
        if inputs.scope == Scope::Workspace {
            check_ports(&apps, &layers)?;
        }
        Ok(Self {
            environment,
            root: inputs.root.clone(),
            data_dir: resolve::data_dir(general.data_dir.as_deref(), inputs),
            slow_query: Duration::from_millis(general.slow_query_ms.unwrap_or(200)),
            targets,
            apps,
            auth: layers.auth(catalog).map_err(|error| layers.locate(error, None))?,
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

    /// Checks each app's log filter by `valid`: whoever writes the log knows which filters it takes.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Invalid`] for the first filter that is none.
    pub fn check_log_filters(&self, valid: impl Fn(&str) -> bool) -> Result<(), ConfigError> {
        for settings in self.apps.values() {
            if let (Some(origin), false) = (&settings.log_filter_origin, valid(&settings.log_filter)) {
                return Err(ConfigError::Invalid {
                    variable: "LOG_FILTER".to_owned(),
                    origin: origin.clone(),
                    reason: "it takes a level (error, warn, info, debug, trace) or pairs such as info,sqlx=warn"
                        .to_owned(),
                });
            }
        }
        Ok(())
    }
}

/// Two databases in one place would overwrite each other's history, and one dropped would take the other along.
fn check_places(targets: &BTreeMap<String, Target>) -> Result<(), ConfigError> {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for (name, target) in targets {
        if let Some(first) = seen.insert(resolve::key_of(target), name) {
            let (first, second, place) = (first.to_owned(), name.clone(), target.describe());
            return Err(ConfigError::SamePlace { first, second, place });
        }
    }
    Ok(())
}

/// Apps that one command serves cannot share a port.
fn check_ports(apps: &BTreeMap<String, AppSettings>, layers: &Layers) -> Result<(), ConfigError> {
    let mut seen = BTreeMap::new();
    for (name, settings) in apps {
        let Some(port) = settings.port else { continue };
        if let Some(first) = seen.insert((settings.host, port), name) {
            let place =
                |name: &str| layers.standing(&format!("{}_PORT", name.to_uppercase()), name).unwrap_or_default();
            let ((first, first_origin), (second, second_origin)) = (place(first), place(name));
            return Err(ConfigError::SamePort { first, first_origin, second, second_origin, port });
        }
    }
    Ok(())
}
