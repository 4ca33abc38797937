//! Why there are no pages.

use thiserror::Error;

use crate::check::CheckError;
use crate::scratch::ScratchError;

/// Why there are no pages.
#[derive(Clone, Debug, Error)]
pub enum DocsError {
    /// No scratch database.
    #[error(transparent)]
    Scratch(#[from] ScratchError),
    /// The migrations of a database cannot be replayed.
    #[error(transparent)]
    Replay(Box<CheckError>),
    /// A page cannot be read or written.
    #[error("{path} cannot be {action}: {reason}")]
    File {
        /// The page, or its folder.
        path: String,
        /// `read`, `written` or `removed`.
        action: &'static str,
        /// What the system says.
        reason: String,
    },
    /// A task of ours ended without an answer.
    #[error("the work on a page broke off: {reason}")]
    Broken {
        /// Why.
        reason: String,
    },
}

impl From<CheckError> for DocsError {
    fn from(error: CheckError) -> Self {
        Self::Replay(Box::new(error))
    }
}

impl DocsError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            // Pages are made of both engines, so there is no engine to leave out.
            Self::Scratch(ScratchError::Cluster(_)) => {
                "install PostgreSQL, or set TEST_POSTGRES_URL to a server whose login may make databases".to_owned()
            }
            Self::Scratch(error) => error.hint(),
            Self::Replay(error) => error.hint(),
            Self::File { .. } => "check the rights of the folder".to_owned(),
            Self::Broken { .. } => "run it again; where it stays, this is a fault of Atriz".to_owned(),
        }
    }

    /// Whether it is a fault of ours rather than something the user can mend.
    pub fn is_unexpected(&self) -> bool {
        match self {
            Self::Broken { .. } => true,
            Self::Replay(error) => error.is_unexpected(),
            _ => false,
        }
    }
}
