//! A folder of migration files, read and checked before anything runs.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use sea_orm::prelude::ChronoDateTime;
use sea_orm_migration::MigrationTrait;

use super::checksum;
use super::directive::Directives;
use super::folder_error::FolderError;
use super::reading::Reading;
use super::source::MigrationSource;
use super::statements::Statements;
use super::version::VersionKey;
use crate::Engine;
use crate::catalog::{Descriptor, FileSet};

/// All migrations of one database for one engine, by version.
#[derive(Clone, Debug)]
pub struct Folder {
    /// How messages call it.
    pub label: String,
    /// Oldest first.
    pub migrations: Vec<Migration>,
}

/// One migration.
#[derive(Clone, Debug)]
pub struct Migration {
    /// The file's stem, `20260101000000_create_schemas`: the version in SeaORM's history.
    pub version: String,
    /// What it does.
    pub body: Body,
}

/// What a migration does.
#[derive(Clone)]
pub enum Body {
    /// SQL files.
    Sql {
        /// The way there.
        up: Box<Script>,
        /// The way back.
        down: Box<Script>,
    },
    /// A migration in Rust.
    Rust(Arc<dyn MigrationTrait>),
}

/// One file.
#[derive(Clone, Debug)]
pub struct Script {
    /// Its path below the root of the migrations.
    pub path: String,
    /// What it says of itself.
    pub directives: Directives,
    /// How it runs.
    pub mode: Mode,
    /// Its statements; none where the migration is for the other engine.
    pub statements: Statements,
    /// Its checksum by [`checksum::ALGORITHM`].
    pub checksum: String,
    /// SHA-256 of its bytes.
    pub raw_hash: String,
}

/// How a file runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// In one transaction.
    Transaction,
    /// Each statement alone, journaled before and after.
    Alone,
    /// In one transaction with foreign keys off around it (SQLite).
    Rebuild,
}

impl Mode {
    /// The mode in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Transaction => "one transaction",
            Self::Alone => "each statement alone",
            Self::Rebuild => "one transaction, foreign keys off",
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sql { up, .. } => formatter.debug_tuple("Sql").field(&up.path).finish(),
            Self::Rust(migration) => formatter.debug_tuple("Rust").field(&migration.name()).finish(),
        }
    }
}

impl Migration {
    /// The checksum of the way there, its algorithm, and the raw hash; a migration in Rust has none.
    pub fn checksum(&self) -> Option<(&str, &str)> {
        match &self.body {
            Body::Sql { up, .. } => Some((&up.checksum, &up.raw_hash)),
            Body::Rust(_) => None,
        }
    }

    /// The versions that this one stands for: none, unless it is a checkpoint.
    pub fn replaces(&self) -> &[String] {
        match &self.body {
            Body::Sql { up, .. } => &up.directives.replaces,
            Body::Rust(_) => &[],
        }
    }

    /// Whether a database with these versions has behind it all that this checkpoint stands for. Of an older checkpoint
    /// and what that one stood for, either will do.
    pub(crate) fn is_covered_by(&self, is_applied: impl Fn(&str) -> bool) -> bool {
        match &self.body {
            Body::Sql { up, .. } => {
                up.directives.replaced_leaves().all(|version| up.directives.is_covered(version, &is_applied))
            }
            Body::Rust(_) => false,
        }
    }

    /// The part of the version behind the number.
    pub fn name(&self) -> &str {
        self.version.split_once('_').map_or(self.version.as_str(), |(_, name)| name)
    }
}

impl Folder {
    /// Reads the migrations of `database` for `engine`.
    ///
    /// # Errors
    ///
    /// The first thing wrong with the folder: an odd name, a missing twin or down, a duplicate version, an empty or
    /// unreadable file, a statement that must not be there.
    pub fn read(database: &Descriptor, engine: Engine) -> Result<Self, FolderError> {
        if let Some(source) = &database.source {
            return Self::of_source(source.as_ref(), engine);
        }
        let files = &database.migrations;
        let paths = files.paths();
        let listing = Listing::of(&paths)?;
        listing.check(files.label())?;
        let mut migrations = Vec::new();
        for stem in &listing.stems {
            let read = |direction| Script::read(files, &format!("{engine}/{stem}.{direction}.sql"), engine);
            let (up, down) = (read("up")?, read("down")?);
            migrations
                .push(Migration { version: stem.clone(), body: Body::Sql { up: Box::new(up), down: Box::new(down) } });
        }
        for migration in (database.rust_migrations)() {
            let version = migration.name().to_owned();
            check_number(&version, &listing.stems)?;
            migrations.push(Migration { version, body: Body::Rust(Arc::from(migration)) });
        }
        if migrations.is_empty() {
            return Err(FolderError::Nothing { folder: files.label().to_owned() });
        }
        migrations.sort_by(|left, right| left.version.cmp(&right.version));
        Ok(Self { label: files.label().to_owned(), migrations })
    }

    /// Every version that the folder has, or has a checkpoint for.
    pub(crate) fn known(&self) -> impl Iterator<Item = &str> {
        let all = self.migrations.iter().flat_map(|one| std::iter::once(&one.version).chain(one.replaces()));
        all.map(String::as_str)
    }

    /// The checkpoint that stands for this version.
    pub fn replacing(&self, version: &str) -> Option<&Migration> {
        self.migrations.iter().find(|migration| migration.replaces().iter().any(|replaced| replaced == version))
    }

    /// The migrations of a folder of another layout, in the order of their numbers.
    fn of_source(source: &dyn MigrationSource, engine: Engine) -> Result<Self, FolderError> {
        let mut migrations = source.migrations(engine)?;
        if migrations.is_empty() {
            return Err(FolderError::Nothing { folder: source.label().to_owned() });
        }
        migrations.sort_by_cached_key(|migration| (VersionKey::of(&migration.version), migration.version.clone()));
        let twice = |pair: &&[Migration]| VersionKey::of(&pair[0].version) == VersionKey::of(&pair[1].version);
        match migrations.windows(2).find(twice) {
            Some(pair) => {
                Err(FolderError::Duplicate { first: pair[0].version.clone(), second: pair[1].version.clone() })
            }
            None => Ok(Self { label: source.label().to_owned(), migrations }),
        }
    }

    /// The migration of this version.
    pub fn get(&self, version: &str) -> Option<&Migration> {
        self.migrations.iter().find(|migration| migration.version == version)
    }
}

fn check_number(version: &str, stems: &BTreeSet<String>) -> Result<(), FolderError> {
    let number = version.split('_').next().unwrap_or_default();
    match stems.iter().find(|stem| stem.split('_').next() == Some(number)) {
        Some(stem) => Err(FolderError::Duplicate { first: stem.clone(), second: version.to_owned() }),
        None => Ok(()),
    }
}

/// Whether a version's number is a moment, `YYYYMMDDhhmmss`: one that is not sorts somewhere nobody expects.
fn is_moment(number: &str) -> bool {
    let digits = number.len() == 14 && number.bytes().all(|byte| byte.is_ascii_digit());
    digits && ChronoDateTime::parse_from_str(number, "%Y%m%d%H%M%S").is_ok()
}

/// The names of the files, before any is read.
struct Listing {
    stems: BTreeSet<String>,
    /// By engine and direction.
    present: BTreeSet<(Engine, String, bool)>,
}

impl Listing {
    fn of(paths: &[String]) -> Result<Self, FolderError> {
        let (mut stems, mut present) = (BTreeSet::new(), BTreeSet::new());
        for path in paths {
            let Some((engine, file)) = path.split_once('/') else { continue };
            let Some(engine) = Engine::parse(engine) else { continue };
            let Some(rest) = file.strip_suffix(".sql") else { continue };
            let odd = || FolderError::Name { path: path.clone() };
            let (stem, up) = match (rest.strip_suffix(".up"), rest.strip_suffix(".down")) {
                (Some(stem), _) => (stem, true),
                (_, Some(stem)) => (stem, false),
                _ => return Err(odd()),
            };
            let (number, name) = stem.split_once('_').ok_or_else(odd)?;
            if !is_moment(number) || name.is_empty() {
                return Err(odd());
            }
            stems.insert(stem.to_owned());
            present.insert((engine, stem.to_owned(), up));
        }
        Ok(Self { stems, present })
    }

    fn check(&self, folder: &str) -> Result<(), FolderError> {
        let mut numbers: BTreeMap<&str, &str> = BTreeMap::new();
        for stem in &self.stems {
            let number = stem.split('_').next().unwrap_or_default();
            if let Some(first) = numbers.insert(number, stem) {
                return Err(FolderError::Duplicate { first: first.to_owned(), second: stem.clone() });
            }
            for engine in Engine::ALL {
                let has = |up| self.present.contains(&(engine, stem.clone(), up));
                let path = |direction| format!("{folder}/{engine}/{stem}.{direction}.sql");
                match (has(true), has(false)) {
                    (true, true) => {}
                    (false, false) => return Err(FolderError::NoTwin { missing: path("up"), engine }),
                    (false, true) => return Err(FolderError::NoUp { missing: path("up") }),
                    (true, false) => return Err(FolderError::NoDown { missing: path("down") }),
                }
            }
        }
        Ok(())
    }
}

impl Script {
    fn read(files: &FileSet, path: &str, engine: Engine) -> Result<Self, FolderError> {
        let full = format!("{}/{path}", files.label());
        let bytes = files.read(path).ok_or_else(|| FolderError::Unreadable { path: full.clone() })?;
        Self::parse(&full, &bytes, engine)
    }

    /// Reads a script of a folder of another layout. `said` is what that layout says of it in its own words; directives
    /// of ours in the text are added. Other than in our own files it may hold no statement.
    ///
    /// # Errors
    ///
    /// As [`Folder::read`], for this one text.
    pub fn of_text(path: &str, text: &str, said: &Directives, engine: Engine) -> Result<Self, FolderError> {
        let reading = Reading::of_text(path, text, said, engine)?;
        Ok(Self::of_reading(path, text, reading))
    }

    /// Reads the text of one file.
    pub(crate) fn parse(path: &str, bytes: &[u8], engine: Engine) -> Result<Self, FolderError> {
        let text = std::str::from_utf8(bytes)
            .map_err(|error| FolderError::Encoding { path: path.to_owned(), offset: error.valid_up_to() })?;
        let reading = Reading::of_file(path, text, engine)?;
        Ok(Self::of_reading(path, text, reading))
    }

    fn of_reading(path: &str, text: &str, reading: Reading<'_>) -> Self {
        Self {
            path: path.to_owned(),
            directives: reading.directives,
            mode: reading.mode,
            checksum: checksum::of_pieces(&reading.statements),
            raw_hash: checksum::of_bytes(text.as_bytes()),
            statements: Statements::of(text),
        }
    }
}
