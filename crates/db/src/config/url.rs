//! `postgres://` URLs, so read that nothing but the URL and our own variables speaks.
//!
//! What a URL leaves out, the driver takes from `PGUSER`, `PGDATABASE`, `~/.pgpass` and the like, which may be another
//! login's. So every part is either in the URL or set here.

use std::collections::BTreeSet;
use std::str::FromStr;

use percent_encoding::percent_decode_str;
use sea_orm::sqlx;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgSslMode};
use secrecy::{ExposeSecret, SecretString};

use super::ConfigError;

/// What a URL says.
pub(super) struct Given {
    /// The login.
    pub(super) options: PgConnectOptions,
    /// The database, if it names one.
    pub(super) database: Option<String>,
}

/// Whether a URL has one of the two schemes of PostgreSQL.
pub(super) fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

/// Reads the URL of `variable`. `root_cert` is taken where it names no certificate authority of its own.
pub(super) fn parse(variable: &str, url: &SecretString, root_cert: Option<&str>) -> Result<Given, ConfigError> {
    const FORM: &str = "it takes a URL such as postgres://user:password@host:5432/name";
    let text = url.expose_secret();
    if !is_postgres(text) {
        return Err(ConfigError::invalid(variable, FORM));
    }
    if has_stray_at(text) {
        let reason = "`@`, `/`, `?` and `#` in a password are written %40, %2F, %3F and %23";
        return Err(ConfigError::invalid(variable, reason));
    }
    let parts = parts(text);
    for part in ["user", "host"] {
        if !parts.contains(part) {
            let reason = format!("it names no {part}: postgres://user:password@host:5432/name");
            return Err(ConfigError::invalid(variable, &reason));
        }
    }
    // The cause names a port or a setting, never the URL.
    let read = PgConnectOptions::from_str(text).map_err(|error| match error {
        sqlx::Error::Configuration(cause) => ConfigError::invalid(variable, &format!("{cause}; {FORM}")),
        _ => ConfigError::invalid(variable, FORM),
    });
    let mut options = read?;
    if !parts.contains("port") {
        options = options.port(5432);
    }
    if !parts.contains("password") {
        options = options.password("");
    }
    if !parts.contains("sslmode") {
        options = options.ssl_mode(PgSslMode::default());
    }
    if let (false, Some(file)) = (parts.contains("sslrootcert"), root_cert) {
        options = options.ssl_root_cert(file);
    }
    let database = options.get_database().filter(|_| parts.contains("dbname")).map(str::to_owned);
    Ok(Given { options, database })
}

/// The parts that a URL has, under the names of its query.
fn parts(url: &str) -> BTreeSet<String> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split('#').next().unwrap_or(rest);
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (login, address) = authority.rsplit_once('@').unwrap_or(("", authority));
    let (user, password) = login.split_once(':').unwrap_or((login, ""));
    // The colons of an IPv6 address stand in brackets.
    let (host, port) = match address.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, port),
        _ => (address, ""),
    };
    let plain = [("user", user), ("password", password), ("host", host), ("port", port)];
    let plain = plain.into_iter().chain([("dbname", path.trim_start_matches('/'))]);
    let plain = plain.filter(|(_, text)| !text.is_empty()).map(|(name, _)| name.to_owned());
    let asked = query.split('&').filter_map(|pair| pair.split('=').next()).map(|name| {
        let name = percent_decode_str(name).decode_utf8_lossy().into_owned();
        match name.as_str() {
            "ssl-mode" => "sslmode".to_owned(),
            "ssl-root-cert" | "ssl-ca" => "sslrootcert".to_owned(),
            "hostaddr" => "host".to_owned(),
            _ => name,
        }
    });
    plain.chain(asked).collect()
}

/// Whether part of a password would be taken for a host or a database, and shown as such.
fn has_stray_at(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    path.contains('@') || authority.matches('@').count() > 1
}
