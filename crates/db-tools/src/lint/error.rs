//! Why lint cannot say anything.

use atriz_db::migrate::FolderError;
use thiserror::Error;

use crate::layout::LayoutError;

/// What keeps lint from reading.
#[derive(Clone, Debug, Error)]
pub enum LintError {
    /// A folder of another layout that cannot be read.
    #[error(transparent)]
    Layout(#[from] LayoutError),
    /// A folder of another layout whose files cannot be read.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// A folder that is not there.
    #[error("{folder} is not a folder")]
    NoFolder {
        /// The folder.
        folder: String,
    },
    /// A revision that git does not know.
    #[error("git has no revision `{revision}` for {folder}: {reason}")]
    Revision {
        /// As it was given.
        revision: String,
        /// The folder.
        folder: String,
        /// What git says.
        reason: String,
    },
    /// Git fails.
    #[error("git fails in {folder}: {reason}")]
    Git {
        /// The folder.
        folder: String,
        /// What it says.
        reason: String,
    },
    /// A file that cannot be written.
    #[error("{path} cannot be written: {reason}")]
    Write {
        /// The file.
        path: String,
        /// What the system says.
        reason: String,
    },
    /// The scratch database in memory.
    #[error("SQLite gives no database in memory: {reason}")]
    Memory {
        /// What it says.
        reason: String,
    },
}

impl LintError {
    /// What to do next.
    pub fn hint(&self) -> String {
        match self {
            Self::Layout(error) => error.hint(),
            Self::Folder(error) => error.hint(),
            Self::NoFolder { .. } => "check the path".to_owned(),
            Self::Revision { .. } => {
                "`git log --oneline` lists revisions; without --since the merge base with the main branch counts"
                    .to_owned()
            }
            Self::Git { .. } => {
                "`cargo xtask db lint --all` does without git, and takes no file as released".to_owned()
            }
            Self::Write { .. } => "check the file's rights".to_owned(),
            Self::Memory { .. } => "this is a fault of the machine".to_owned(),
        }
    }

    /// Whether it is a fault of ours or of the machine.
    pub fn is_unexpected(&self) -> bool {
        matches!(self, Self::Memory { .. } | Self::Git { .. })
    }
}
