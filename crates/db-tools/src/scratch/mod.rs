//! Scratch databases: made as `db create` makes them, with owner and app role, and gone when the proof is over.
//!
//! On PostgreSQL they stand on a [`Server`], by default a throwaway one; on SQLite in a temporary folder. They go away
//! when their value is dropped, after an error and a Ctrl-C too; a throwaway server goes away even after kill -9.

mod error;
mod garbage;
mod postgres;
mod server;
mod sqlite;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use atriz_db::config::{Inputs, Scope, SqliteTarget};
use atriz_db::migrate::RunContext;
use atriz_db::progress::{SharedObserver, Silent};
use atriz_db::{Catalog, Configuration, Descriptor, Engine, Environment, Fleet, Plan, Purpose, Session, Target};
use atriz_kernel::{SharedClock, SystemClock, new_id};
use sea_orm::sqlx::PgConnection;
use tempfile::TempDir;
use tokio::sync::Mutex;

pub use error::ScratchError;
use garbage::Garbage;
pub(crate) use postgres::quote;
pub use server::Server;
pub(crate) use sqlite::copy as copy_file;

/// One scratch database. Those it comes after are not there: a migration stands on its own database alone.
pub struct Scratch {
    fleet: Fleet,
    name: String,
    clock: SharedClock,
    folder: TempDir,
    /// The server's connection for making copies; nothing on SQLite.
    server: Option<Mutex<PgConnection>>,
    garbage: Option<Garbage>,
}

/// The state of a scratch database, kept for later.
#[derive(Clone, Debug)]
pub struct Saved {
    /// The name of the copy on the server, or the stem of its file.
    label: String,
}

impl Scratch {
    /// Makes an empty database for `database`: on `server`, or on SQLite where none is given.
    ///
    /// # Errors
    ///
    /// [`ScratchError`].
    pub async fn create(database: &Descriptor, server: Option<&Arc<Server>>) -> Result<Self, ScratchError> {
        let clock: SharedClock = Arc::new(SystemClock);
        let folder = TempDir::new().map_err(|error| ScratchError::folder(&error))?;
        let mut database = database.clone();
        database.after.clear();
        let unique = new_id(clock.as_ref()).simple().to_string();
        database.default_database = format!("scratch_{}_{}", database.name, &unique[20..]);
        let name = database.name.clone();
        let mut fleet = fleet_of(database, folder.path(), server.is_some())?;
        let mut scratch = match server {
            Some(server) => {
                let garbage = postgres::aim(&mut fleet, server);
                let connection = Some(Mutex::new(server.connect().await?));
                Self { fleet, name, clock, folder, server: connection, garbage }
            }
            None => Self { fleet, name, clock, folder, server: None, garbage: None },
        };
        let made = scratch.fleet.create(&scratch.plan()?, &scratch.context(Arc::new(Silent))).await;
        if let Err(error) = made {
            drop(scratch.garbage.take());
            return Err(error.into());
        }
        Ok(scratch)
    }

    /// The fleet that knows this database alone.
    pub fn fleet(&self) -> &Fleet {
        &self.fleet
    }

    /// The plan of this database.
    ///
    /// # Errors
    ///
    /// None that can happen: the name is that of the fleet's one database.
    pub fn plan(&self) -> Result<Plan, ScratchError> {
        Ok(self.fleet.catalog.plan(&[]).map_err(atriz_db::Error::from)?)
    }

    /// The name of its database in the catalog.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The engine.
    pub fn engine(&self) -> Engine {
        self.target().map_or(Engine::Sqlite, Target::engine)
    }

    /// A run of its own on it.
    pub fn context(&self, observer: SharedObserver) -> RunContext {
        RunContext::new(Environment::Test, Arc::clone(&self.clock), observer)
    }

    /// A connection as its owner.
    ///
    /// # Errors
    ///
    /// [`ScratchError::Database`].
    pub async fn session(&self) -> Result<Session, ScratchError> {
        self.session_on(&self.fleet).await
    }

    /// A connection as its owner to where `fleet` says it is.
    ///
    /// # Errors
    ///
    /// As [`Scratch::session`].
    pub async fn session_on(&self, fleet: &Fleet) -> Result<Session, ScratchError> {
        let target = fleet.configuration.target(&self.name).map_err(atriz_db::Error::from)?;
        Ok(Session::open(target, Purpose::Own).await.map_err(atriz_db::Error::from)?)
    }

    /// Keeps the state it is in. Nobody else may be connected.
    ///
    /// # Errors
    ///
    /// [`ScratchError`].
    pub async fn save(&self, label: &str) -> Result<Saved, ScratchError> {
        let saved = Saved { label: label.to_owned() };
        match (self.target(), &self.server) {
            (Some(Target::Postgres(target)), Some(server)) => {
                postgres::copy(&mut *server.lock().await, target, &target.database, &postgres::name(target, label))
                    .await?;
            }
            _ => sqlite::copy(&self.file(), &self.copy_of(&saved))?,
        }
        Ok(saved)
    }

    /// Goes back to a state that was kept.
    ///
    /// # Errors
    ///
    /// [`ScratchError`].
    pub async fn restore(&self, saved: &Saved) -> Result<(), ScratchError> {
        match (self.target(), &self.server) {
            (Some(Target::Postgres(target)), Some(server)) => {
                let from = postgres::name(target, &saved.label);
                postgres::copy(&mut *server.lock().await, target, &from, &target.database).await
            }
            _ => sqlite::copy(&self.copy_of(saved), &self.file()),
        }
    }

    /// Lets connections in again, behind a crash that kept them out (PostgreSQL).
    pub(crate) async fn admit(&self) -> Result<(), ScratchError> {
        match (self.target(), &self.server) {
            (Some(Target::Postgres(target)), Some(server)) => {
                postgres::admit(&mut *server.lock().await, &target.database).await
            }
            _ => Ok(()),
        }
    }

    /// The same on a file that was copied while it was written (SQLite).
    pub fn on_file(&self, path: &Path) -> Fleet {
        let mut fleet = self.fleet.clone();
        let target = Target::Sqlite(SqliteTarget { path: path.to_path_buf() });
        fleet.configuration.targets.insert(self.name.clone(), target);
        fleet
    }

    /// The folder of its own: SQLite's file stands here, and whatever goes away with it.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Its file (SQLite); a path to nowhere on PostgreSQL.
    pub fn file(&self) -> PathBuf {
        match self.target() {
            Some(Target::Sqlite(target)) => target.path.clone(),
            _ => self.folder.path().join("none"),
        }
    }

    /// Its name on the server, or the path of its file.
    pub fn database(&self) -> String {
        match self.target() {
            Some(Target::Postgres(target)) => target.database.clone(),
            _ => self.file().display().to_string(),
        }
    }

    fn target(&self) -> Option<&Target> {
        self.fleet.configuration.targets.get(&self.name)
    }

    fn copy_of(&self, saved: &Saved) -> PathBuf {
        self.folder.path().join(format!("saved_{}.db", saved.label))
    }
}

/// A fleet of one database, on SQLite or on a server that it is aimed at afterwards.
fn fleet_of(database: Descriptor, folder: &Path, on_server: bool) -> Result<Fleet, ScratchError> {
    let catalog = Catalog::new(vec![database]).map_err(atriz_db::Error::from)?;
    let mut process = BTreeMap::from([
        ("APP_ENV".to_owned(), Environment::Test.name().to_owned()),
        ("DATA_DIR".to_owned(), folder.display().to_string()),
    ]);
    if on_server {
        process.insert("PGHOST".to_owned(), "localhost".to_owned());
    }
    let inputs = Inputs { scope: Scope::Workspace, root: Some(folder.to_path_buf()), in_workspace: false, process };
    let configuration = Configuration::load(&catalog, &inputs).map_err(atriz_db::Error::from)?;
    Ok(Fleet { catalog, configuration })
}
