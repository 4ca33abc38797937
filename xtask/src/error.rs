//! What a verb fails with: a message, a hint, and whose it is to mend.

use std::fmt;

use atriz_db::config::ConfigError;
use atriz_db::{CatalogError, Error, Fleet};

/// A failure as it is told at the end.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
    pub(crate) code: u8,
    /// The report that was printed already; only the exit code is left to say.
    pub(crate) told: bool,
}

impl Failure {
    /// Something the user can mend: exit code 1.
    pub(crate) fn user(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), hint: Some(hint.into()), code: 1, told: false }
    }

    /// A fault of ours or of the machine: exit code 2.
    pub(crate) fn unexpected(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None, code: 2, told: false }
    }

    /// What went wrong with the database `name`, and what to do in the words that fit how it was named.
    pub(crate) fn of(fleet: &Fleet, name: &str, error: &Error) -> Self {
        let message = error.to_string();
        if error.is_unexpected() { Self::unexpected(message) } else { Self::user(message, fleet.hint(name, error)) }
    }

    /// As [`Failure::of`], of the database that the error names, or of the one there is.
    pub(crate) fn of_one(fleet: &Fleet, error: &Error) -> Self {
        let only = fleet.catalog.databases().first().map(|database| database.name.as_str());
        let name = if let Error::In { database, .. } = error { Some(database.as_str()) } else { only };
        Self::of(fleet, name.unwrap_or_default(), error)
    }

    /// What was printed says it all: exit code 1.
    pub(crate) fn told() -> Self {
        Self { message: String::new(), hint: None, code: 1, told: true }
    }

    /// Ctrl-C while no migration ran.
    pub(crate) fn interrupted() -> Self {
        Self::user("interrupted", "nothing of what was in flight stays; run the same command to go on")
    }

    /// Ctrl-C for the second time, in the middle of a migration.
    pub(crate) fn broken_off() -> Self {
        let hint = "what runs in a transaction is undone; a statement that runs alone may still be running on the server: \
                    `cargo xtask db status` shows how each migration stands, and the same command goes on";
        Self::user("broken off", hint)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let code = if error.is_unexpected() { 2 } else { 1 };
        Self { message: error.to_string(), hint: Some(error.hint()), code, told: false }
    }
}

impl From<CatalogError> for Failure {
    fn from(error: CatalogError) -> Self {
        Error::from(error).into()
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Error::from(error).into()
    }
}
