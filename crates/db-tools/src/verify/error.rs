//! Why a proof could not be gone through with.

use thiserror::Error;

use crate::introspect::IntrospectError;
use crate::scratch::ScratchError;

/// Why a proof could not be gone through with. That a migration does not stand it is no error but its result.
#[derive(Clone, Debug, Error)]
pub enum VerifyError {
    /// No scratch database.
    #[error(transparent)]
    Scratch(#[from] ScratchError),
    /// Its schema cannot be read.
    #[error(transparent)]
    Introspect(#[from] IntrospectError),
    /// The toolkit refused before anything ran, as it would with any database.
    #[error(transparent)]
    Database(#[from] atriz_db::Error),
    /// The scratch database cannot be looked into.
    #[error("the journal of a scratch database cannot be read: {reason}")]
    Journal {
        /// What the engine says.
        reason: String,
    },
    /// The connection could not be ended.
    #[error("{file}: the crash behind statement {number} could not be made: {reason}")]
    Strike {
        /// The file.
        file: String,
        /// The statement.
        number: usize,
        /// Why.
        reason: String,
    },
    /// A task of ours ended without an answer.
    #[error("the proof broke off: {reason}")]
    Broken {
        /// Why.
        reason: String,
    },
}

impl VerifyError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Scratch(error) => error.hint(),
            Self::Introspect(error) => error.hint(),
            Self::Database(error) => error.hint(),
            Self::Journal { .. } | Self::Strike { .. } | Self::Broken { .. } => {
                "run it again; where it stays, this is a fault of Atriz".to_owned()
            }
        }
    }

    /// Whether it is a fault of ours rather than something the user can mend.
    pub fn is_unexpected(&self) -> bool {
        match self {
            Self::Scratch(_) | Self::Introspect(_) => false,
            Self::Database(error) => error.is_unexpected(),
            Self::Journal { .. } | Self::Strike { .. } | Self::Broken { .. } => true,
        }
    }
}
