//! Migrations that come from elsewhere than the workspace's own layout.

use std::fmt;

use super::folder::Migration;
use super::folder_error::FolderError;
use crate::Engine;

/// Reads migrations from a folder of any layout. [`super::Folder::read`] asks it instead of reading files where a
/// descriptor has one; what it answers is sorted and checked for duplicates there.
pub trait MigrationSource: fmt::Debug + Send + Sync {
    /// How messages call it: the folder.
    fn label(&self) -> &str;

    /// The migrations for `engine`, in any order.
    ///
    /// # Errors
    ///
    /// The first thing wrong with the folder.
    fn migrations(&self, engine: Engine) -> Result<Vec<Migration>, FolderError>;
}
