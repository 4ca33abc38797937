//! The files of a folder, before any is read.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use atriz_db::{Engine, FileSet};

use super::LayoutError;
use crate::parallel;

/// How folders and file names spell the engines.
const SPELLINGS: [(&str, Engine); 5] = [
    ("postgres", Engine::Postgres),
    ("postgresql", Engine::Postgres),
    ("pg", Engine::Postgres),
    ("sqlite", Engine::Sqlite),
    ("sqlite3", Engine::Sqlite),
];

/// Engines that others write migrations for, and nobody here runs.
const OTHERS: [&str; 9] =
    ["mysql", "mariadb", "mssql", "sqlserver", "oracle", "cockroach", "cockroachdb", "spanner", "clickhouse"];

/// Endings of migrations that are programs.
const PROGRAMS: [&str; 11] = ["go", "js", "cjs", "mjs", "ts", "py", "rb", "java", "kt", "rs", "php"];

/// The engine that a part of a name spells.
pub(super) fn engine_of(word: &str) -> Option<Engine> {
    SPELLINGS.into_iter().find(|(spelling, _)| *spelling == word).map(|(_, engine)| engine)
}

/// Whether a part of a name spells an engine that is not ours.
pub(super) fn is_other_engine(word: &str) -> bool {
    OTHERS.contains(&word)
}

/// The files of a folder.
#[derive(Clone, Debug)]
pub struct Listing {
    files: FileSet,
    /// Below the folder, sorted, without hidden ones.
    paths: Vec<String>,
    /// The folder of one engine that this is a listing of, with its `/`.
    prefix: String,
    /// The bytes of files that were read ahead.
    ahead: Arc<HashMap<String, Vec<u8>>>,
}

impl Listing {
    /// Lists a folder.
    ///
    /// # Errors
    ///
    /// [`LayoutError::NoFolder`].
    pub fn of(folder: &Path) -> Result<Self, LayoutError> {
        if !folder.is_dir() {
            return Err(LayoutError::NoFolder { folder: folder.display().to_string() });
        }
        let files = FileSet::folder(folder);
        let hidden = |path: &String| path.split('/').any(|part| part.starts_with('.'));
        let paths = files.paths().into_iter().filter(|path| !hidden(path)).collect();
        Ok(Self { files, paths, prefix: String::new(), ahead: Arc::default() })
    }

    /// How messages call the folder.
    pub fn label(&self) -> &str {
        self.files.label()
    }

    /// The SQL files, by their path below the folder.
    pub fn sql(&self) -> impl Iterator<Item = &str> {
        let all = self.paths.iter().filter_map(|path| path.strip_prefix(&self.prefix));
        all.filter(|path| path.to_ascii_lowercase().ends_with(".sql"))
    }

    /// The SQL files that stand in the folder itself, without `.sql`.
    pub fn stems(&self) -> impl Iterator<Item = &str> {
        self.sql().filter(|path| !path.contains('/')).filter_map(|path| path.strip_suffix(".sql"))
    }

    /// Some of what is there, for messages.
    pub(super) fn seen(&self) -> String {
        match self.paths.as_slice() {
            [] => "nothing".to_owned(),
            paths if paths.len() <= 4 => paths.join(", "),
            paths => format!("{} and {} more", paths[..3].join(", "), paths.len() - 3),
        }
    }

    /// The name of a file for messages and the journal.
    pub(super) fn full(&self, path: &str) -> String {
        format!("{}/{}{path}", self.label().trim_end_matches('/'), self.prefix)
    }

    /// The text of a file.
    ///
    /// # Errors
    ///
    /// [`LayoutError::Unreadable`].
    pub fn text(&self, path: &str) -> Result<String, LayoutError> {
        let unreadable = |reason: &str| LayoutError::Unreadable { path: self.full(path), reason: reason.to_owned() };
        let bytes = self.optional(path).ok_or_else(|| unreadable("the system does not give it"))?;
        let text = String::from_utf8(bytes).map_err(|_| unreadable("it is not UTF-8"))?;
        Ok(match text.strip_prefix('\u{feff}') {
            Some(plain) => plain.to_owned(),
            None => text,
        })
    }

    /// The same with its SQL files read ahead, on all processors.
    pub(super) fn with_texts(mut self) -> Self {
        let mut files: Vec<_> = self.sql().map(|path| (format!("{}{path}", self.prefix), None)).collect();
        parallel::each(&mut files, |(path, bytes)| *bytes = self.files.read(path).map(Cow::into_owned));
        self.ahead = Arc::new(files.into_iter().filter_map(|(path, bytes)| Some((path, bytes?))).collect());
        self
    }

    /// The bytes of a file that need not be there.
    pub(super) fn optional(&self, path: &str) -> Option<Vec<u8>> {
        let path = format!("{}{path}", self.prefix);
        self.ahead.get(&path).cloned().or_else(|| self.files.read(&path).map(Cow::into_owned))
    }

    /// The engines that have a folder of their own, where all SQL stands in such folders.
    pub(super) fn engine_folders(&self) -> Vec<Engine> {
        let folder = |path: &str| path.split_once('/').map(|(folder, _)| folder.to_owned());
        let folders: Vec<_> = self.sql().map(folder).collect();
        let known = |folder: &Option<String>| {
            folder.as_deref().is_some_and(|name| engine_of(name).is_some() || is_other_engine(name))
        };
        if !self.prefix.is_empty() || !folders.iter().all(known) {
            return Vec::new();
        }
        let has = |engine: &Engine| folders.iter().flatten().any(|name| engine_of(name) == Some(*engine));
        Engine::ALL.into_iter().filter(has).collect()
    }

    /// The files for one engine: those of its folder where the engines have folders, else all.
    pub(super) fn for_engine(&self, engine: Engine) -> Self {
        let folder = |path: &str| path.split_once('/').map(|(folder, _)| folder.to_owned());
        let own = self.sql().filter_map(folder).find(|folder| engine_of(folder) == Some(engine));
        match (self.engine_folders().is_empty(), own) {
            (true, _) => self.clone(),
            (false, Some(own)) => Self { prefix: format!("{own}/"), ..self.clone() },
            (false, None) => Self { paths: Vec::new(), ..self.clone() },
        }
    }

    /// Refuses migrations that are programs: a run without them would not be the whole.
    pub(super) fn check_programs(&self) -> Result<(), LayoutError> {
        let is_program = |path: &&String| {
            let name = path.rsplit('/').next().unwrap_or_default();
            let ending = name.rsplit_once('.').map(|(_, ending)| ending).unwrap_or_default();
            let name = name.strip_prefix(['V', 'U', 'R']).unwrap_or(name);
            name.starts_with(|first: char| first.is_ascii_digit()) && PROGRAMS.contains(&ending)
        };
        match self.paths.iter().find(is_program) {
            Some(path) => Err(LayoutError::refused(
                &format!("{}/{path}", self.label()),
                "it is a migration in a programming language, and only SQL is run here",
                "write it in SQL, or move it out of the folder if all databases are past it",
            )),
            None => Ok(()),
        }
    }
}
