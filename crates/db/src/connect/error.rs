//! Why a database could not be reached.

use sea_orm::{DbErr, sqlx};
use thiserror::Error;

use crate::config::ConfigError;
use crate::failure::{Failure, FailureKind};

/// A database could not be reached. Messages name the place, never the password.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ConnectError {
    /// Nobody answers.
    #[error("no server answers at {place}: {reason}")]
    Unreachable {
        /// Where.
        place: String,
        /// What the system says.
        reason: String,
    },
    /// The server does not know the user, or not with this password.
    #[error("the server at {place} refuses the login: {reason}")]
    Login {
        /// Where.
        place: String,
        /// What the server says.
        reason: String,
    },
    /// TLS was demanded and is not offered, or its check failed.
    #[error("no TLS connection to {place}: {reason}")]
    Tls {
        /// Where.
        place: String,
        /// Why.
        reason: String,
    },
    /// The server is there, the database is not.
    #[error("database {place} does not exist")]
    Missing {
        /// Database and server, or the file.
        place: String,
    },
    /// The SQLite file cannot be opened or made.
    #[error("{place} cannot be opened: {reason}")]
    File {
        /// The file.
        place: String,
        /// Why.
        reason: String,
    },
    /// The connection's user cannot become the owner of the database.
    #[error("the login cannot take the role `{role}` of {place}")]
    Role {
        /// The role.
        role: String,
        /// Where.
        place: String,
    },
    /// A pooler hands the server's connections on without what was prepared on them.
    #[error("{place} is reached through a pooler that does not know prepared statements: {reason}")]
    Pooled {
        /// Where.
        place: String,
        /// What the server says.
        reason: String,
    },
    /// All connections of the server are taken.
    #[error("{place} has no connection left: {reason}")]
    Full {
        /// Where.
        place: String,
        /// What the server says.
        reason: String,
    },
    /// The server is older than Atriz supports.
    #[error("the server at {place} is PostgreSQL {version}; Atriz needs 15 or later")]
    Version {
        /// Where.
        place: String,
        /// What it is.
        version: String,
    },
    /// The configuration lacks the credentials for this.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Anything else the server says.
    #[error("{place}: {reason}")]
    Other {
        /// Where.
        place: String,
        /// What the server says.
        reason: String,
    },
}

impl ConnectError {
    /// Sorts a driver's error.
    pub(crate) fn of(place: &str, error: &sqlx::Error) -> Self {
        Self::of_failure(place, Failure::of_sqlx(error))
    }

    /// Sorts SeaORM's error.
    pub(crate) fn of_db(place: &str, error: &DbErr) -> Self {
        Self::of_failure(place, Failure::of(error))
    }

    fn of_failure(place: &str, failure: Failure) -> Self {
        let (place, reason, code) = (place.to_owned(), failure.message, failure.code.as_deref());
        match failure.kind {
            FailureKind::Connection if code == Some("53300") => Self::Full { place, reason },
            FailureKind::Connection if reason.contains("unable to open database file") => Self::File { place, reason },
            FailureKind::Connection | FailureKind::Timeout => Self::Unreachable { place, reason },
            FailureKind::Authentication => Self::Login { place, reason },
            FailureKind::Tls => Self::Tls { place, reason },
            FailureKind::Pooled => Self::Pooled { place, reason },
            FailureKind::DatabaseMissing => Self::Missing { place },
            FailureKind::ReadOnly | FailureKind::DiskFull => Self::File { place, reason },
            _ => Self::Other { place, reason },
        }
    }

    /// What to do next.
    pub fn hint(&self) -> String {
        match self {
            Self::Unreachable { .. } => {
                "start the server (`docker compose up -d` starts one here), or correct `PGHOST` and `PGPORT`".to_owned()
            }
            Self::Login { .. } => "correct `PGUSER` and `PGPASSWORD`, or the URL of this database".to_owned(),
            Self::Tls { .. } => "set `PGSSLMODE=prefer`, or `sslmode=prefer` in the URL, for a server without TLS, or give it a certificate".to_owned(),
            Self::Missing { .. } => "`cargo xtask db create` makes it".to_owned(),
            Self::File { .. } => "check the rights of the file and of its folder, and the free space; files without a URL stand in `DATA_DIR`"
                .to_owned(),
            Self::Role { role, .. } => {
                format!(
                    "as an administrator: GRANT \"{role}\" TO the login; `cargo xtask db create` does so for its own"
                )
            }
            Self::Pooled { .. } => {
                "let migrations go to the server itself, by `PGHOST` or `<NAME>_MIGRATE_URL`; an app \
                 needs a pooler in session mode, or PgBouncer 1.21 or later with `max_prepared_statements`"
                    .to_owned()
            }
            Self::Full { .. } => {
                "end idle connections, raise the server's `max_connections`, or work on fewer databases at once (`--jobs`)"
                    .to_owned()
            }
            Self::Version { .. } => "upgrade the server; docs/adr says why 15".to_owned(),
            Self::Config(error) => error.hint(),
            Self::Other { .. } => "the message is the server's own; its log may say more".to_owned(),
        }
    }
}
