//! The variables of each concern, as the `config` crate deserialises them.

use std::collections::BTreeMap;

use secrecy::SecretString;
use serde::Deserialize;

use super::ConfigError;
use crate::Environment;
use crate::catalog::Descriptor;

/// What is said to the process as a whole.
#[derive(Debug, Deserialize)]
pub(super) struct GeneralVariables {
    app_env: Option<String>,
    pub(super) data_dir: Option<String>,
    pub(super) slow_query_ms: Option<u64>,
}

impl GeneralVariables {
    pub(super) fn environment(&self) -> Result<Environment, ConfigError> {
        let Some(text) = &self.app_env else { return Ok(Environment::default()) };
        Environment::parse(text)
            .ok_or_else(|| ConfigError::invalid("APP_ENV", "it takes development, test or production"))
    }
}

/// What is said to one app.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct AppVariables {
    pub(super) bind_address: Option<String>,
    #[serde(skip)]
    pub(super) port: Option<String>,
    pub(super) log_filter: Option<String>,
    pub(super) log_format: Option<String>,
    pub(super) app_env: Option<String>,
}

/// What is said of one database.
#[derive(Clone, Debug, Default)]
pub(super) struct DatabaseVariables {
    pub(super) url: Option<SecretString>,
    pub(super) migrate_url: Option<SecretString>,
    pub(super) name: Option<String>,
    pub(super) host: Option<String>,
    pub(super) port: Option<u16>,
    pub(super) user: Option<String>,
    pub(super) password: Option<SecretString>,
    pub(super) ssl_mode: Option<String>,
    pub(super) ssl_root_cert: Option<String>,
    pub(super) data_dir: Option<String>,
    pub(super) pool_size: Option<u32>,
}

impl DatabaseVariables {
    /// Picks a database's variables out of the merged map, whose keys are lower case.
    pub(super) fn of(database: &Descriptor, map: &BTreeMap<String, serde_json::Value>) -> Result<Self, ConfigError> {
        let text = |name: &str| map.get(&name.to_lowercase()).and_then(|value| value.as_str()).map(str::to_owned);
        let secret = |name: &str| text(name).map(SecretString::from);
        Ok(Self {
            url: secret(&database.url_variable()),
            migrate_url: secret(&database.migrate_variable()),
            name: text("DB_NAME"),
            host: text("PGHOST"),
            port: number("PGPORT", text("PGPORT"))?,
            user: text("PGUSER"),
            password: secret("PGPASSWORD"),
            ssl_mode: text("PGSSLMODE"),
            ssl_root_cert: text("PGSSLROOTCERT"),
            data_dir: text("DATA_DIR"),
            pool_size: number("DB_POOL_SIZE", text("DB_POOL_SIZE"))?,
        })
    }
}

/// Reads a whole number that is at least one.
pub(super) fn number<T: std::str::FromStr + PartialOrd + From<u8>>(
    variable: &str,
    text: Option<String>,
) -> Result<Option<T>, ConfigError> {
    let Some(text) = text else { return Ok(None) };
    match text.trim().parse::<T>() {
        Ok(number) if number >= T::from(1) => Ok(Some(number)),
        _ => Err(ConfigError::invalid(variable, "it takes a whole number from 1, within its range")),
    }
}
