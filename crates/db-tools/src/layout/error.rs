//! What can be wrong with a folder of another tool.

use atriz_db::migrate::FolderError;
use thiserror::Error;

use super::LAYOUTS;

/// A folder that cannot be read; nothing has been touched.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LayoutError {
    /// There is no such folder.
    #[error("there is no folder {folder}")]
    NoFolder {
        /// The folder.
        folder: String,
    },
    /// No layout fits.
    #[error("{folder} has the layout of no tool that is known here: it holds {seen}")]
    Unrecognised {
        /// The folder.
        folder: String,
        /// Some of its files.
        seen: String,
    },
    /// Several layouts fit.
    #[error("{folder} has files of {} layouts: {}", layouts.len(), layouts.join(", "))]
    Ambiguous {
        /// The folder.
        folder: String,
        /// The layouts.
        layouts: Vec<&'static str>,
    },
    /// A name on the command line.
    #[error("there is no layout `{name}`")]
    UnknownLayout {
        /// The name.
        name: String,
    },
    /// A file that the layout's tool would leave out in silence.
    #[error("{path} is not named like a migration of {layout}")]
    Odd {
        /// The file.
        path: String,
        /// The layout.
        layout: &'static str,
    },
    /// A file of the layout that has no meaning here.
    #[error("{path}: {reason}")]
    Refused {
        /// The file.
        path: String,
        /// Why.
        reason: String,
        /// What to do next.
        hint: String,
    },
    /// A way back without a way there.
    #[error("{path} is a way back, and there is no way there")]
    NoUp {
        /// The file.
        path: String,
    },
    /// A file that cannot be read.
    #[error("{path} cannot be read: {reason}")]
    Unreadable {
        /// The file.
        path: String,
        /// Why.
        reason: String,
    },
}

impl LayoutError {
    pub(super) fn refused(path: &str, reason: &str, hint: &str) -> Self {
        Self::Refused { path: path.to_owned(), reason: reason.to_owned(), hint: hint.to_owned() }
    }

    /// What to do next.
    pub fn hint(&self) -> String {
        match self {
            Self::NoFolder { .. } => "name the folder that holds the migration files".to_owned(),
            Self::Unrecognised { .. } => {
                let known = LAYOUTS.map(|layout| format!("\n        {:<16} {}", layout.name(), layout.pattern()));
                format!("`--layout NAME` decides; the layouts are:{}", known.concat())
            }
            Self::Ambiguous { layouts, .. } => format!("say `--layout {}`, or move the others away", layouts[0]),
            Self::UnknownLayout { .. } => {
                format!("the layouts are: {}", LAYOUTS.map(super::Layout::name).join(", "))
            }
            Self::Odd { layout, .. } => {
                let layout = LAYOUTS.into_iter().find(|known| known.name() == *layout);
                format!("name it {}, or move it out of the folder", layout.map_or("so", |layout| layout.pattern()))
            }
            Self::Refused { hint, .. } => hint.clone(),
            Self::NoUp { .. } => "write it, or remove the way back".to_owned(),
            Self::Unreadable { .. } => "check the file's rights, and save it as UTF-8".to_owned(),
        }
    }
}

impl From<LayoutError> for FolderError {
    fn from(error: LayoutError) -> Self {
        Self::Source { message: error.to_string(), hint: error.hint() }
    }
}
