//! Why a folder or a history cannot be taken over.

use atriz_db::migrate::FolderError;
use thiserror::Error;

/// Nothing was taken over.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AdoptError {
    /// The folder itself.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// A version that no date can stand for.
    #[error("`{version}` has no number that can become a version of 14 digits")]
    Version {
        /// The version.
        version: String,
    },
    /// A new version between two that were adopted before, without room for it.
    #[error("`{version}` has to become `{stem}`, which does not come before `{next}`")]
    Order {
        /// The version.
        version: String,
        /// What it would become.
        stem: String,
        /// What was adopted before and comes behind it.
        next: String,
    },
    /// The workspace's folder has migrations of its own.
    #[error("{folder} holds migrations that were not adopted, such as {first}")]
    Occupied {
        /// The folder.
        folder: String,
        /// One of them.
        first: String,
    },
    /// A file that was adopted before, and differs now.
    #[error("{path} was adopted before, and is not what `{version}` says now")]
    Changed {
        /// The file.
        path: String,
        /// The version it came from.
        version: String,
    },
    /// The file system.
    #[error("{path} cannot be written: {reason}")]
    Write {
        /// The file.
        path: String,
        /// What the system says.
        reason: String,
    },
    /// There is no table of a tool.
    #[error("the database holds no history of a tool that is known here")]
    NoHistory,
    /// There are several, and the folder's layout does not say which.
    #[error("the database holds the histories of several tools: {}", tables.join(", "))]
    Histories {
        /// Tool and table of each.
        tables: Vec<String>,
    },
    /// A migration that failed in the middle.
    #[error("{table} says that `{version}` failed and was left half done")]
    Dirty {
        /// The table.
        table: String,
        /// The version.
        version: String,
        /// The tool.
        tool: &'static str,
    },
    /// An applied version without a file.
    #[error("{table} says that `{version}` is applied, and {folder} has no such migration")]
    NoFile {
        /// The table.
        table: String,
        /// The version.
        version: String,
        /// The folder.
        folder: String,
    },
    /// The engine.
    #[error("{table}: {message}")]
    Engine {
        /// The table.
        table: String,
        /// What the engine says.
        message: String,
    },
}

impl AdoptError {
    /// What to do next.
    pub fn hint(&self) -> String {
        match self {
            Self::Folder(error) => error.hint(),
            Self::Version { .. } => "give the file a version of digits".to_owned(),
            Self::Order { .. } => "give the file a version behind those that were adopted before".to_owned(),
            Self::Occupied { .. } => "adopt into a database of another name".to_owned(),
            Self::Changed { .. } => {
                "make the change in a new migration; one that is applied somewhere must stay as it is".to_owned()
            }
            Self::Write { .. } => "check the folder's rights".to_owned(),
            Self::NoHistory => format!(
                "the tables that are looked for: {}; an empty database is migrated with `cargo xtask db migrate \
                 --source DIR --url URL`",
                super::tables::NAMES.join(", ")
            ),
            Self::Histories { .. } => {
                "say with `--layout` which tool's folder this is, or drop the stale table".to_owned()
            }
            Self::Dirty { tool, .. } => {
                format!("finish or undo it by hand, tell {tool} so, and adopt then")
            }
            Self::NoFile { .. } => "check out the revision that has it".to_owned(),
            Self::Engine { .. } => "the message is the engine's own; its log may say more".to_owned(),
        }
    }
}

impl From<AdoptError> for atriz_db::Error {
    fn from(error: AdoptError) -> Self {
        let (message, hint) = (error.to_string(), error.hint());
        match error {
            AdoptError::Folder(error) => error.into(),
            _ => FolderError::Source { message, hint }.into(),
        }
    }
}
