//! Migrations: SQL files and Rust, run by one executor on one pinned connection.

mod ahead;
mod blockers;
mod body;
mod building;
mod checksum;
mod concurrent;
mod content;
mod context;
mod directive;
mod edited;
mod error;
mod executor;
mod folder;
mod folder_error;
mod in_transaction;
mod invalid_indexes;
mod lost;
mod migrator;
mod passing;
mod piece;
mod reading;
mod repair;
mod run_alone;
mod run_one;
pub mod scaffold;
mod source;
mod split;
mod state;
mod statements;
mod together;
mod version;

pub(crate) use ahead::Ahead;
pub(crate) use blockers::Watch;
pub use checksum::ALGORITHM;
pub(crate) use checksum::{hex, of_bytes as hash_bytes};
pub(crate) use content::is_transaction_control;
pub use context::RunContext;
pub use directive::Directives;
pub use error::MigrationError;
pub(crate) use executor::resolve;
pub use executor::{Executor, Limit, Looked, Outcome};
pub use folder::{Body, Folder, Migration, Mode, Script};
pub use folder_error::FolderError;
pub use migrator::{down, listed, refuse, status, up};
pub use piece::{Piece, Word};
pub use reading::Reading;
pub use repair::{Finding, Offer, Repair, StatementProgress, StatementState};
pub use source::MigrationSource;
pub use split::{SplitError, Statement, pieces, split};
pub use state::{MigrationState, OutOfOrder, Standing, State, Tolerance};
pub use statements::Statements;
pub use version::VersionKey;

use serde::{Deserialize, Serialize};

/// There or back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Applying.
    Up,
    /// Taking back.
    Down,
}

impl Direction {
    /// The word in file names and in the journal.
    pub fn name(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
        }
    }
}
