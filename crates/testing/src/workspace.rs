//! A workspace made of text, in a folder that goes away with it.

use std::fs;
use std::path::{Path, PathBuf};

use atriz_db::{Descriptor, Engine, FileSet};
use tempfile::TempDir;

/// Folders `migrations/<database>/<engine>` and `seeds/<database>/<set>` that a test writes.
#[derive(Debug)]
pub struct Workspace {
    folder: TempDir,
}

impl Workspace {
    /// An empty workspace.
    ///
    /// # Panics
    ///
    /// If there is no temporary folder.
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("tests have a temporary folder") }
    }

    /// Its root.
    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file below the root.
    ///
    /// # Panics
    ///
    /// If it cannot be written.
    pub fn file(&self, path: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.root().join(path);
        let folder = path.parent().expect("a file stands in a folder");
        fs::create_dir_all(folder).and_then(|()| fs::write(&path, content)).expect("a test can write its files");
        self
    }

    /// Removes a file below the root.
    ///
    /// # Panics
    ///
    /// If it is not there.
    pub fn remove(&self, path: &str) -> &Self {
        fs::remove_file(self.root().join(path)).expect("a test removes what it wrote");
        self
    }

    /// The path of one migration file.
    pub fn path(database: &str, engine: Engine, version: &str, direction: &str) -> String {
        format!("migrations/{database}/{engine}/{version}.{direction}.sql")
    }

    /// Writes one migration for both engines from one text; [`for_engine`] says what differs.
    pub fn migration(&self, database: &str, version: &str, up: &str, down: &str) -> &Self {
        for engine in Engine::ALL {
            self.migration_on(engine, database, version, up, down);
        }
        self
    }

    /// Writes one migration for one engine.
    pub fn migration_on(&self, engine: Engine, database: &str, version: &str, up: &str, down: &str) -> &Self {
        self.file(&Self::path(database, engine, version, "up"), for_engine(engine, up));
        self.file(&Self::path(database, engine, version, "down"), for_engine(engine, down))
    }

    /// Writes a migration for `engine` alone, with the twin that says so.
    pub fn migration_only(&self, engine: Engine, database: &str, version: &str, up: &str, down: &str) -> &Self {
        let twin = format!("-- atriz: only {engine} \"a test of that engine\"\n");
        self.migration_on(engine, database, version, &format!("{twin}{up}"), &format!("{twin}{down}"));
        self.migration_on(engine.other(), database, version, &twin, &twin)
    }

    /// Writes one seed file: `seed("core", "reference/01_things.csv", "…")`.
    pub fn seed(&self, database: &str, path: &str, content: &str) -> &Self {
        self.file(&format!("seeds/{database}/{path}"), content)
    }

    /// A descriptor over the folders of `database`, with the schema `app`.
    pub fn descriptor(&self, database: &str) -> Descriptor {
        Descriptor::new(database, database, &format!("apps/{database}"))
            .schema("app")
            .migrations(self.files("migrations", database))
            .seeds(self.files("seeds", database))
    }

    fn files(&self, kind: &str, database: &str) -> FileSet {
        let folder: PathBuf = self.root().join(kind).join(database);
        FileSet::folder(folder)
    }
}

impl Default for Workspace {
    fn default() -> Self {
        Self::new()
    }
}

/// One text for both engines: `{app}` is the schema `app.` or nothing, `{strict}` makes a SQLite table STRICT, and
/// `{uuid}`, `{time}`, `{date}`, `{big}`, `{int}`, `{bool}`, `{json}`, `{bytes}` and `{float}` are types.
pub fn for_engine(engine: Engine, text: &str) -> String {
    let words = [
        ("{app}", "app.", ""),
        ("{strict}", "", " STRICT"),
        ("{uuid}", "uuid", "BLOB"),
        ("{time}", "timestamptz", "TEXT"),
        ("{date}", "date", "TEXT"),
        ("{big}", "bigint", "INTEGER"),
        ("{int}", "integer", "INTEGER"),
        ("{bool}", "boolean", "INTEGER"),
        ("{json}", "jsonb", "TEXT"),
        ("{bytes}", "bytea", "BLOB"),
        ("{float}", "double precision", "REAL"),
    ];
    words.into_iter().fold(text.to_owned(), |text, (word, postgres, sqlite)| {
        text.replace(word, if engine == Engine::Postgres { postgres } else { sqlite })
    })
}
