//! Why a schema cannot be read.

use thiserror::Error;

/// Why a schema cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum IntrospectError {
    /// The engine refused.
    #[error("the {what} of the schema cannot be read: {reason}")]
    Engine {
        /// What was asked for.
        what: &'static str,
        /// What the engine says.
        reason: String,
    },
    /// The answer is not what was expected.
    #[error("the {what} of the schema cannot be understood: {reason}")]
    Answer {
        /// What was asked for.
        what: &'static str,
        /// What does not fit.
        reason: String,
    },
    /// The text of a statement that SQLite keeps cannot be taken apart.
    #[error("the statement that made `{object}` cannot be understood: {reason}")]
    Text {
        /// What it made.
        object: String,
        /// What does not fit.
        reason: String,
    },
    /// The connection leads to neither PostgreSQL nor SQLite.
    #[error("a schema can be read on PostgreSQL and SQLite alone")]
    Backend,
}

impl IntrospectError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Engine { .. } => "connect as the owner of the database, or as a superuser".to_owned(),
            Self::Answer { .. } => "the server should be PostgreSQL 15 or later, or SQLite 3.40 or later".to_owned(),
            Self::Text { object, .. } => format!("write the statement that makes `{object}` in another way"),
            Self::Backend => "use a postgres:// or a sqlite: URL".to_owned(),
        }
    }
}
