//! Squashing: many migrations become one checkpoint, which is proved before the folder is changed.
//!
//! The statements of a checkpoint come from a scratch database that the migrations were replayed on: SQLite's own text, and
//! `pg_dump`. What must be true of them is proved on further scratch databases, on both engines:
//!
//! - a new database has the same schema and rows behind the checkpoint, and the same schema behind the last migration;
//! - a database that ran what is replaced has nothing to do for it, and carries on;
//! - the checkpoint stands the proofs of every migration: there and back, a crash behind each statement, a second run.

mod checkpoint;
mod error;
pub(crate) mod normal;
mod pg_dump;
mod postgres;
mod prove;
mod range;
mod rows;
mod sqlite;
mod staged;
mod standing;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use atriz_db::progress::SharedObserver;
use atriz_db::{Descriptor, DestructiveToken, Engine, FileSet};
use chrono::{DateTime, Utc};
use serde::Serialize;
use tempfile::TempDir;

use crate::scratch::Server;
pub use checkpoint::CheckpointFile;
pub use error::SquashError;
use prove::{Folders, Replay};
use range::Range;
pub use standing::check_standing;

/// What to squash.
#[derive(Clone)]
pub struct SquashRequest {
    /// The database. It is replayed alone: those it comes after are not needed.
    pub database: Arc<Descriptor>,
    /// Its folder of migrations on disk.
    pub folder: PathBuf,
    /// The last version to squash, or its number.
    pub to: String,
    /// The server for PostgreSQL; that of [`Server::open`] where none is given.
    pub server: Option<Arc<Server>>,
    /// When, for the comment in the file.
    pub now: DateTime<Utc>,
    /// Is told of the checkpoint's proof.
    pub observer: SharedObserver,
}

/// A checkpoint that stood every proof, and is not in the folder yet.
#[derive(Clone, Debug, Serialize)]
pub struct Squashed {
    /// The database.
    pub database: String,
    /// The checkpoint's version.
    pub checkpoint: String,
    /// The versions that it replaces in the folder, oldest first.
    pub replaces: Vec<String>,
    /// The files that go, below the folder.
    pub removed: Vec<String>,
    /// The files that come.
    pub files: Vec<CheckpointFile>,
    /// What was proved.
    pub proofs: Vec<SquashProof>,
    #[serde(skip)]
    folder: PathBuf,
}

/// What was proved on one engine.
#[derive(Clone, Debug, Serialize)]
pub struct SquashProof {
    /// The engine.
    pub engine: Engine,
    /// The statements of the checkpoint's way there.
    pub statements: usize,
    /// The rows that it inserts.
    pub rows: usize,
    /// The statements, there and back, behind which a crash was made.
    pub crashes: usize,
}

/// The versions that [`squash`] would replace, oldest first.
///
/// # Errors
///
/// [`SquashError`] where they cannot be squashed.
pub fn versions(database: &Descriptor, to: &str) -> Result<Vec<String>, SquashError> {
    Ok(Range::read(database, to)?.versions())
}

/// Makes a checkpoint and proves it. The folder is not touched.
///
/// # Errors
///
/// [`SquashError`].
pub async fn squash(request: SquashRequest) -> Result<Squashed, SquashError> {
    let range = Range::read(&request.database, &request.to)?;
    let server = match &request.server {
        Some(server) => Arc::clone(server),
        None => Server::open().await?,
    };
    let (mut replays, mut files, mut proofs) = (Vec::new(), Vec::new(), Vec::new());
    for engine in Engine::ALL {
        let on = (engine == Engine::Postgres).then_some(&server);
        let replay = Replay::run(&request.database, on, &range.last()).await?;
        let made = made(&replay, &server).await?;
        let rows = replay.count_rows();
        proofs.push(SquashProof { engine, statements: made.len(), rows, crashes: 0 });
        files.extend(checkpoint::files(&range, engine, &made, request.now)?);
        replays.push(replay);
    }
    let proving = Proving::new(&request.folder, &range, &files)?;
    let last = range.last();
    let folders = Folders { new: &proving.new, alone: &proving.alone, checkpoint: &range.checkpoint, last: &last };
    for (replay, proof) in replays.iter().zip(&mut proofs) {
        proof.crashes = replay.prove(&request.database, &folders, &request.observer).await?;
    }
    let replaced: BTreeSet<String> = range.versions().into_iter().collect();
    Ok(Squashed {
        database: request.database.name.clone(),
        checkpoint: range.checkpoint.clone(),
        replaces: range.versions(),
        removed: staged::files_of(&request.folder, &replaced)?,
        files,
        proofs,
        folder: request.folder,
    })
}

/// The statements that make what a replay made.
async fn made(replay: &Replay, server: &Server) -> Result<Vec<String>, SquashError> {
    let session = replay.scratch.session().await?;
    let made = match replay.schema.engine {
        Engine::Postgres => postgres::statements(&replay.scratch, server, &session.connection).await,
        Engine::Sqlite => sqlite::statements(&session.connection, &replay.schema).await,
    };
    session.close().await;
    made
}

impl Squashed {
    /// Changes the folder: the files of the checkpoint come, those that it replaces go. At every moment the folder is the
    /// old one or the new one.
    ///
    /// # Errors
    ///
    /// [`SquashError::File`], or what is wrong with the files once they are written; the folder is then as it was.
    pub fn apply(&self, _: &DestructiveToken) -> Result<(), SquashError> {
        let staging = staged::beside(&self.folder, "squash");
        staged::remove(&staging)?;
        let replaced: BTreeSet<String> = self.replaces.iter().cloned().collect();
        let copied = staged::copy(&self.folder, &staging, &replaced, &self.files);
        if let Err(error) = copied.and_then(|()| staged::swap(&self.folder, &staging)) {
            staged::remove(&staging)?;
            return Err(error);
        }
        Ok(())
    }

    /// The folder that [`Squashed::apply`] changes.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

/// The new folder as it would be, elsewhere.
struct Proving {
    new: FileSet,
    alone: FileSet,
    _home: TempDir,
}

impl Proving {
    fn new(folder: &Path, range: &Range, files: &[CheckpointFile]) -> Result<Self, SquashError> {
        let home = TempDir::new().map_err(|error| SquashError::file(&std::env::temp_dir(), "use", &error))?;
        let replaced: BTreeSet<String> = range.versions().into_iter().collect();
        let (new, alone, empty) = (home.path().join("new"), home.path().join("alone"), home.path().join("empty"));
        staged::copy(folder, &new, &replaced, files)?;
        std::fs::create_dir(&empty).map_err(|error| SquashError::file(&empty, "make", &error))?;
        staged::copy(&empty, &alone, &replaced, files)?;
        Ok(Self { new: FileSet::folder(new), alone: FileSet::folder(alone), _home: home })
    }
}
