//! Where a database is, and with which credentials it is reached.

use std::fmt;
use std::path::PathBuf;

use percent_encoding::percent_decode_str;
use sea_orm::sqlx::ConnectOptions as _;
use sea_orm::sqlx::postgres::PgConnectOptions;

use super::ConfigError;
use crate::Engine;

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
    /// Roles that read what migrations grant them; logins of others are their members.
    pub reader_roles: Vec<String>,
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

    /// The login that migrates, with its way of TLS, as the variables that libpq's programs read; so that no password
    /// stands in a process list.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Missing`], or [`ConfigError::Invalid`] for a certificate that is not in a file.
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
        // The driver tells these by its URL alone.
        let url = options.to_url_lossy();
        if let Some(password) = url.password() {
            let password = percent_decode_str(password).decode_utf8_lossy().into_owned();
            variables.push(("PGPASSWORD", password));
        }
        for (name, value) in url.query_pairs() {
            match (name.as_ref(), value.strip_prefix("file: ")) {
                ("sslmode", _) => variables.push(("PGSSLMODE", value.into_owned())),
                ("sslrootcert", Some(file)) => variables.push(("PGSSLROOTCERT", file.to_owned())),
                ("sslrootcert", None) => return Err(ConfigError::inline_certificate(&self.migrate_variable)),
                _ => {}
            }
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

/// Host and port, or the socket's file, whose name holds the port: servers may share a folder.
pub(crate) fn server_of(options: &PgConnectOptions) -> String {
    match options.get_socket() {
        Some(folder) => folder.join(format!(".s.PGSQL.{}", options.get_port())).display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    }
}

impl fmt::Debug for PostgresTarget {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PostgresTarget").field("at", &self.describe()).finish_non_exhaustive()
    }
}

pub(super) fn missing(variable: &str, purpose: &str) -> ConfigError {
    ConfigError::Missing { variable: variable.to_owned(), purpose: purpose.to_owned() }
}
