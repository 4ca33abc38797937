//! Why running databases could not be compared with anything.

use thiserror::Error;

use crate::introspect::IntrospectError;
use crate::scratch::ScratchError;

/// Why running databases could not be compared with anything.
#[derive(Clone, Debug, Error)]
pub enum LiveError {
    /// No scratch database.
    #[error(transparent)]
    Scratch(#[from] ScratchError),
    /// The schema of a scratch database cannot be read.
    #[error(transparent)]
    Introspect(#[from] IntrospectError),
    /// The folder or the configuration.
    #[error(transparent)]
    Database(#[from] atriz_db::Error),
    /// The migrations of a database cannot be applied to an empty one.
    #[error("the migrations of `{database}` do not replay: {reason}")]
    Replay {
        /// The database.
        database: String,
        /// The migration, the statement and what the engine says.
        reason: String,
        /// What to do about it.
        hint: String,
    },
    /// A task of ours ended without an answer.
    #[error("the look at a database broke off: {reason}")]
    Broken {
        /// Why.
        reason: String,
    },
}

impl LiveError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Scratch(ScratchError::Cluster(_)) => {
                "install PostgreSQL, or set TEST_POSTGRES_URL to a server whose login may make databases".to_owned()
            }
            Self::Scratch(error) => error.hint(),
            Self::Introspect(error) => error.hint(),
            Self::Database(error) => error.hint(),
            Self::Replay { hint, .. } => hint.clone(),
            Self::Broken { .. } => "run it again; where it stays, this is a fault of Atriz".to_owned(),
        }
    }

    /// Whether it is a fault of ours rather than something the user can mend.
    pub fn is_unexpected(&self) -> bool {
        match self {
            Self::Broken { .. } => true,
            Self::Database(error) => error.is_unexpected(),
            _ => false,
        }
    }
}
