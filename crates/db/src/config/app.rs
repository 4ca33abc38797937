//! What an app is told about itself.

use std::net::IpAddr;

use super::ConfigError;
use super::variables::{AppVariables, number};

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For log collectors.
    Json,
}

/// The settings of one app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppSettings {
    /// The address it listens on.
    pub host: IpAddr,
    /// The port it listens on, if one was given.
    pub port: Option<u16>,
    /// Which log lines are written.
    pub log_filter: String,
    /// The source that the filter stands in; nothing for the default.
    pub log_filter_origin: Option<String>,
    /// How they are written.
    pub log_format: LogFormat,
}

impl AppSettings {
    pub(super) fn resolve(variables: &AppVariables) -> Result<Self, ConfigError> {
        let host = variables.bind_address.as_deref().unwrap_or("127.0.0.1");
        let production = variables.app_env.as_deref() == Some("production");
        let log_format = match variables.log_format.as_deref() {
            Some("json") => LogFormat::Json,
            None if production => LogFormat::Json,
            Some("text") | None => LogFormat::Text,
            Some(_) => return Err(ConfigError::invalid("LOG_FORMAT", "it takes text or json")),
        };
        Ok(Self {
            host: host
                .parse()
                .map_err(|_| ConfigError::invalid("BIND_ADDRESS", "it takes an IP address, such as 127.0.0.1 or ::"))?,
            port: number("PORT", variables.port.clone())?,
            log_filter: variables.log_filter.clone().unwrap_or_else(|| "info".to_owned()),
            log_filter_origin: None,
            log_format,
        })
    }
}
