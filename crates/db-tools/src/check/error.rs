//! Why a check could not be gone through with.

use atriz_db::Engine;
use thiserror::Error;

use crate::introspect::IntrospectError;
use crate::logical::LogicalError;
use crate::scratch::ScratchError;

/// Why a check could not be gone through with. That two sides differ is no error but its result.
#[derive(Clone, Debug, Error)]
pub enum CheckError {
    /// No scratch database.
    #[error(transparent)]
    Scratch(#[from] ScratchError),
    /// Its schema cannot be read.
    #[error(transparent)]
    Introspect(#[from] IntrospectError),
    /// The toolkit refused before anything ran, as it would with any database.
    #[error(transparent)]
    Database(#[from] atriz_db::Error),
    /// An entity says what cannot be.
    #[error("database `{database}`: {error}")]
    Entities {
        /// The database.
        database: String,
        /// What it says.
        error: LogicalError,
    },
    /// The migrations of one engine do not run on an empty database.
    #[error("the folder of {database} on {engine} does not replay: {reason}")]
    Replay {
        /// The database.
        database: String,
        /// The engine.
        engine: Engine,
        /// The file, the statement, and what the engine says.
        reason: String,
    },
    /// The declared differences cannot be read.
    #[error("{file} cannot be read: {reason}")]
    Declared {
        /// The file.
        file: String,
        /// What is wrong, with the line.
        reason: String,
    },
}

impl CheckError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Scratch(error) => error.hint(),
            Self::Introspect(error) => error.hint(),
            Self::Database(error) => error.hint(),
            Self::Entities { error, .. } => error.hint(),
            Self::Replay { database, engine, .. } => format!(
                "mend the file; `cargo xtask db verify {database} --engine {engine}` runs each migration of this folder alone"
            ),
            Self::Declared { .. } => "each entry is written\n\n[[difference]]\nobject = \"column items.search\"\n\
                                      kind = \"column_missing\"\nwhy = \"SQLite has a table of its own for full-text search\""
                .to_owned(),
        }
    }

    /// Whether it is a fault of ours rather than something the user can mend.
    pub fn is_unexpected(&self) -> bool {
        match self {
            Self::Database(error) => error.is_unexpected(),
            _ => false,
        }
    }
}
