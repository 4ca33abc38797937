//! `db generate`: files for both engines, there and back, from what the entities want and the folders do not have.
//!
//! The folders are replayed, renames are made where an entity says so, and what differs then is written as statements.
//! The result is proved on scratch databases before it is handed out: behind it both engines hold what the entities want,
//! and the way back leads to the schema before.

mod asked;
mod careful;
mod change;
mod compare;
mod default;
mod dropped;
mod error;
mod files;
mod kept;
mod loss;
mod names;
mod postgres;
mod prove;
mod reads;
mod rename;
mod replay;
mod sqlite;
mod step;
mod trigger;
mod types;
mod views;
mod want;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use atriz_db::{Descriptor, Engine};
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::logical::Logical;
use crate::scratch::Server;
pub use change::Keep;
pub use error::GenerateError;
pub use files::GeneratedFile;
pub(crate) use types::postgres_cast;

/// What to generate.
pub struct GenerateRequest {
    /// The database.
    pub database: Arc<Descriptor>,
    /// What its entities want; see [`crate::logical::from_entities`].
    pub wanted: Logical,
    /// What is never dropped, though no entity has it.
    pub keep: Keep,
    /// Its folder, `migrations/<database>`.
    pub folder: PathBuf,
    /// The name of the migration.
    pub name: String,
    /// The server for PostgreSQL; that of [`Server::open`] where none is given.
    pub server: Option<Arc<Server>>,
    /// The time, for the version.
    pub now: DateTime<Utc>,
}

/// What was generated and proved. Nothing is written yet.
#[derive(Clone, Debug, Serialize)]
pub struct Generated {
    /// The database.
    pub database: String,
    /// What changes on each engine.
    pub changes: Vec<EngineChanges>,
    /// The files, below the folder; none where there is nothing to do.
    pub files: Vec<GeneratedFile>,
    /// What somebody should know or decide on.
    pub notes: Vec<String>,
    #[serde(skip)]
    folder: PathBuf,
}

/// What changes on one engine.
#[derive(Clone, Debug, Serialize)]
pub struct EngineChanges {
    /// The engine.
    pub engine: Engine,
    /// The changes, in words.
    pub changes: Vec<String>,
}

/// Generates migrations and proves them. The folder is not touched.
///
/// # Errors
///
/// [`GenerateError`].
pub async fn generate(request: GenerateRequest) -> Result<Generated, GenerateError> {
    want::check(&request.wanted)?;
    let server = match &request.server {
        Some(server) => Arc::clone(server),
        None => Server::open().await?,
    };
    let replays = Box::pin(replay::both(&request.database, &server)).await?;
    let planned = Box::pin(replay::planned(&replays, &request.wanted, &request.keep)).await?;
    let (database, folder) = (request.database.name.clone(), request.folder.clone());
    let changes = planned.changes();
    if changes.iter().all(|engine| engine.changes.is_empty()) {
        return Ok(Generated { database, changes, files: Vec::new(), notes: planned.notes, folder });
    }
    let files = files::files(&planned, &request.folder, &request.name, request.now);
    Box::pin(prove::all(&request, &replays, &planned, &files)).await?;
    let notes = planned.notes.into_iter().chain(files::closed(&files)).chain(files::undecided(&files)).collect();
    Ok(Generated { database, changes, files, notes, folder })
}

impl Generated {
    /// Writes the files and answers their paths. Nothing is overwritten.
    ///
    /// # Errors
    ///
    /// [`GenerateError::File`]; the files that were written before are taken away again.
    pub fn write(&self) -> Result<Vec<PathBuf>, GenerateError> {
        files::write(&self.files, &self.folder)
    }

    /// The folder that [`Generated::write`] writes to.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether there is a way back; where a file says that there is none, none is proved.
    pub fn is_reversible(&self) -> bool {
        files::closed(&self.files).is_empty()
    }

    /// Whether a file has a place that somebody has to decide on.
    pub fn is_undecided(&self) -> bool {
        self.files.iter().any(|file| file.text.contains(step::MARK))
    }
}
