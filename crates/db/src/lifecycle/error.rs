//! Why a database could not be made, emptied or dropped.

use sea_orm::{DbErr, sqlx};
use thiserror::Error;

use crate::config::{ConfigError, PostgresTarget};
use crate::connect::ConnectError;
use crate::failure::{Failure, FailureKind};
use crate::lock::LockError;

/// A database could not be made, emptied or dropped.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LifecycleError {
    /// The server cannot be reached.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The lock was not to be had.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The login may not create databases or roles.
    #[error("{login} may not {what} on {place}: {reason}")]
    Privilege {
        /// Who tried.
        login: String,
        /// What it tried.
        what: String,
        /// Where.
        place: String,
        /// What the server says.
        reason: String,
    },
    /// The database is in use.
    #[error("{place} is in use by other connections: {reason}")]
    InUse {
        /// Where.
        place: String,
        /// What the server says.
        reason: String,
    },
    /// Anything else.
    #[error("{place}: {reason}")]
    Engine {
        /// Where.
        place: String,
        /// What the engine says.
        reason: String,
        /// What kind of failure it is.
        kind: FailureKind,
    },
    /// A file could not be removed.
    #[error("{path} cannot be removed: {reason}")]
    File {
        /// The file.
        path: String,
        /// Why.
        reason: String,
    },
}

impl From<ConfigError> for LifecycleError {
    fn from(error: ConfigError) -> Self {
        Self::Connect(error.into())
    }
}

impl LifecycleError {
    pub(super) fn of_sqlx(place: &str, what: &str, error: &sqlx::Error) -> Self {
        Self::of_failure(place, what, Failure::of_sqlx(error))
    }

    pub(super) fn of_db(place: &str, error: &DbErr) -> Self {
        Self::of_failure(place, "do this", Failure::of(error))
    }

    /// As [`Self::of_sqlx`], naming the login that creates and drops.
    pub(super) fn of_server(target: &PostgresTarget, what: &str, error: &sqlx::Error) -> Self {
        let mut failed = Self::of_sqlx(&target.describe(), what, error);
        if let (Self::Privilege { login, .. }, Some(server)) = (&mut failed, &target.server) {
            *login = format!("the login `{}`", server.get_username());
        }
        failed
    }

    fn of_failure(place: &str, what: &str, failure: Failure) -> Self {
        let (place, reason) = (place.to_owned(), failure.message);
        match (failure.kind, failure.code.as_deref()) {
            (FailureKind::Privilege, _) => {
                Self::Privilege { login: "the login".to_owned(), what: what.to_owned(), place, reason }
            }
            (_, Some("55006")) => Self::InUse { place, reason },
            (kind, _) => Self::Engine { place, reason, kind },
        }
    }

    /// What to do next.
    pub fn hint(&self) -> String {
        match self {
            Self::Connect(error) => error.hint(),
            Self::Lock(error) => error.hint(),
            Self::Privilege { .. } => {
                "use a login with CREATEDB and CREATEROLE, or let an administrator run `db create`".to_owned()
            }
            Self::InUse { .. } => "stop the apps that use it, then run this again".to_owned(),
            Self::Engine { kind, .. } => {
                kind.way_out().unwrap_or("the message is the engine's own; its log may say more").to_owned()
            }
            Self::File { .. } => "check the folder's rights".to_owned(),
        }
    }
}
