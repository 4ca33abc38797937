//! Where a database is, and with which credentials it is reached.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use percent_encoding::percent_decode_str;
use sea_orm::sqlx::ConnectOptions as _;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgSslMode};
use secrecy::{ExposeSecret, SecretString};

use super::variables::DatabaseVariables;
use super::{ConfigError, Inputs};
use crate::catalog::Descriptor;
use crate::{Engine, Environment};

/// Where a database is.
#[derive(Clone, Debug)]
pub enum Target {
    /// On a PostgreSQL server.
    Postgres(Box<PostgresTarget>),
    /// In a SQLite file.
    Sqlite(SqliteTarget),
}

/// A SQLite file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqliteTarget {
    /// The file.
    pub path: PathBuf,
}

/// A database on a PostgreSQL server, with up to three ways in.
#[derive(Clone)]
pub struct PostgresTarget {
    /// The database's name.
    pub database: String,
    /// The server's credentials: they create and drop.
    pub server: Option<PgConnectOptions>,
    /// The credentials that migrate; the server's unless `<NAME>_MIGRATE_URL` says otherwise.
    pub migrate: Option<PgConnectOptions>,
    /// The app's own login.
    pub app: Option<PgConnectOptions>,
    /// Whether the app takes its role by `SET ROLE` on the server's credentials, since it has no login of its own.
    pub assume_app_role: bool,
    /// The role that owns the database and everything in it; it cannot log in.
    pub owner_role: String,
    /// The role that holds the app's rights; logins are its members.
    pub app_role: String,
    /// Schemas in the order of `search_path`; none leaves the login's own.
    pub search_path: Vec<String>,
    /// Whether the database is worked on as the login finds it, also by a login that cannot become its owner.
    pub as_it_is: bool,
    /// Most connections of one pool.
    pub pool_size: u32,
    /// The variable that holds the app's URL, for messages.
    pub url_variable: String,
    /// The variable that overrides the credentials of migrations, for messages.
    pub migrate_variable: String,
}

impl Target {
    /// The engine.
    pub fn engine(&self) -> Engine {
        match self {
            Self::Postgres(_) => Engine::Postgres,
            Self::Sqlite(_) => Engine::Sqlite,
        }
    }

    /// The target in words, without secrets.
    pub fn describe(&self) -> String {
        match self {
            Self::Postgres(target) => target.describe(),
            Self::Sqlite(target) => target.path.display().to_string(),
        }
    }
}

impl PostgresTarget {
    /// The target in words, without secrets.
    pub fn describe(&self) -> String {
        match self.server.as_ref().or(self.migrate.as_ref()).or(self.app.as_ref()) {
            Some(options) => format!("{} on {}", self.database, server_of(options)),
            None => self.database.clone(),
        }
    }

    /// The login that migrates, as the variables that libpq's programs read; so that no password stands in a process list.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Missing`].
    pub fn login_variables(&self) -> Result<Vec<(&'static str, String)>, ConfigError> {
        let options = self.migrate.as_ref().or(self.app.as_ref());
        let options = options.ok_or_else(|| missing("PGHOST", "connecting"))?;
        let host = match options.get_socket() {
            Some(socket) => socket.display().to_string(),
            None => options.get_host().to_owned(),
        };
        let mut variables = vec![
            ("PGHOST", host),
            ("PGPORT", options.get_port().to_string()),
            ("PGUSER", options.get_username().to_owned()),
            ("PGDATABASE", self.database.clone()),
        ];
        if let Some(password) = options.to_url_lossy().password() {
            let password = percent_decode_str(password).decode_utf8_lossy().into_owned();
            variables.push(("PGPASSWORD", password));
        }
        Ok(variables)
    }

    /// The server's credentials, or the error that says what to set.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Missing`].
    pub fn server(&self) -> Result<&PgConnectOptions, ConfigError> {
        self.server.as_ref().ok_or_else(|| missing("PGHOST", "creating and dropping databases"))
    }
}

/// Host and port, or the socket directory.
pub(crate) fn server_of(options: &PgConnectOptions) -> String {
    match options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    }
}

impl fmt::Debug for PostgresTarget {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PostgresTarget").field("at", &self.describe()).finish_non_exhaustive()
    }
}

/// Resolves where `database` is.
pub(super) fn resolve(
    database: &Descriptor,
    variables: &DatabaseVariables,
    environment: Environment,
    inputs: &Inputs,
) -> Result<Target, ConfigError> {
    let url = variables.url.as_ref().map(ExposeSecret::expose_secret);
    match url {
        Some(url) if url.starts_with("sqlite:") => Ok(Target::Sqlite(sqlite_of_url(url, inputs))),
        Some(url) if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
            postgres(database, variables, environment).map(|target| Target::Postgres(Box::new(target)))
        }
        Some(_) => Err(ConfigError::invalid(&database.url_variable(), "it takes a postgres:// or a sqlite: URL")),
        None if variables.host.is_some() || variables.migrate_url.is_some() => {
            postgres(database, variables, environment).map(|target| Target::Postgres(Box::new(target)))
        }
        None => {
            let folder = data_dir(variables.data_dir.as_deref(), inputs)
                .ok_or_else(|| missing("DATA_DIR", "SQLite, the engine when no server is given,"))?;
            let name = variables.name.as_deref().unwrap_or(&database.default_database);
            Ok(Target::Sqlite(SqliteTarget { path: folder.join(format!("{name}.db")) }))
        }
    }
}

/// `DATA_DIR`; relative to the workspace root, or to the current folder outside a workspace.
pub(super) fn data_dir(given: Option<&str>, inputs: &Inputs) -> Option<PathBuf> {
    let root = inputs.root.clone().unwrap_or_default();
    match given {
        Some(folder) => Some(root.join(folder)),
        None => inputs.in_workspace.then(|| root.join("data")),
    }
}

fn sqlite_of_url(url: &str, inputs: &Inputs) -> SqliteTarget {
    let rest = url.trim_start_matches("sqlite:");
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let path = rest.split('?').next().unwrap_or(rest);
    SqliteTarget { path: inputs.root.clone().unwrap_or_default().join(Path::new(path)) }
}

fn postgres(
    database: &Descriptor,
    variables: &DatabaseVariables,
    environment: Environment,
) -> Result<PostgresTarget, ConfigError> {
    let app = variables.url.as_ref().map(|url| parse_url(&database.url_variable(), url)).transpose()?;
    let migrate_url =
        variables.migrate_url.as_ref().map(|url| parse_url(&database.migrate_variable(), url)).transpose()?;
    let server = variables.host.as_ref().map(|host| server_options(host, variables)).transpose()?;
    // With nothing but the app's URL, a developer's one login does everything.
    let everything = (environment != Environment::Production && migrate_url.is_none()).then(|| app.clone()).flatten();
    let server = server.or(everything);
    let named = |options: &Option<PgConnectOptions>| options.as_ref()?.get_database().map(str::to_owned);
    let name = named(&app)
        .or_else(|| named(&migrate_url))
        .or_else(|| variables.name.clone())
        .unwrap_or_else(|| database.default_database.clone());
    check_name(&database.url_variable(), &name)?;
    Ok(PostgresTarget {
        assume_app_role: app.is_none() && environment != Environment::Production,
        app: app.map(|options| options.database(&name)),
        migrate: migrate_url.or_else(|| server.clone()).map(|options| options.database(&name)),
        server,
        owner_role: format!("{name}_owner"),
        app_role: format!("{name}_app"),
        as_it_is: false,
        search_path: database.search_path().into_iter().map(str::to_owned).collect(),
        pool_size: variables.pool_size.unwrap_or(10),
        url_variable: database.url_variable(),
        migrate_variable: database.migrate_variable(),
        database: name,
    })
}

fn parse_url(variable: &str, url: &SecretString) -> Result<PgConnectOptions, ConfigError> {
    if has_stray_at(url.expose_secret()) {
        return Err(ConfigError::invalid(
            variable,
            "`@`, `/`, `?` and `#` in a password are written %40, %2F, %3F and %23",
        ));
    }
    PgConnectOptions::from_str(url.expose_secret())
        .map_err(|_| ConfigError::invalid(variable, "it takes a URL such as postgres://user:password@host:5432/name"))
}

/// Whether part of a password would be taken for a host or a database, and shown as such.
pub(super) fn has_stray_at(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    path.contains('@') || authority.matches('@').count() > 1
}

fn server_options(host: &str, variables: &DatabaseVariables) -> Result<PgConnectOptions, ConfigError> {
    let mut options = PgConnectOptions::new().host(host).port(variables.port.unwrap_or(5432));
    if host.starts_with('/') {
        options = options.socket(host);
    }
    if let Some(user) = &variables.user {
        options = options.username(user);
    }
    if let Some(password) = &variables.password {
        options = options.password(password.expose_secret());
    }
    if let Some(mode) = &variables.ssl_mode {
        options = options.ssl_mode(ssl_mode(mode)?);
    }
    if let Some(file) = &variables.ssl_root_cert {
        options = options.ssl_root_cert(file);
    }
    Ok(options)
}

fn ssl_mode(text: &str) -> Result<PgSslMode, ConfigError> {
    match text {
        "true" | "1" => Ok(PgSslMode::Require),
        "false" | "0" => Ok(PgSslMode::Disable),
        other => PgSslMode::from_str(other).map_err(|_| {
            ConfigError::invalid("PGSSLMODE", "it takes disable, allow, prefer, require, verify-ca or verify-full")
        }),
    }
}

/// PostgreSQL cuts longer names off in silence (63 bytes), and the roles' names add six more.
fn check_name(variable: &str, name: &str) -> Result<(), ConfigError> {
    if name.is_empty() || name.len() > 57 {
        return Err(ConfigError::invalid(variable, "a database's name has 1 to 57 bytes"));
    }
    Ok(())
}

fn missing(variable: &str, purpose: &str) -> ConfigError {
    ConfigError::Missing { variable: variable.to_owned(), purpose: purpose.to_owned() }
}
