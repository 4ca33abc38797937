//! Files of this workspace's layout, made of those of another.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use atriz_db::Engine;
use atriz_db::migrate::{Body, Directives, MigrationSource as _, VersionKey};

use super::version::digits;
use super::{AdoptError, Known};
use crate::layout::{Prepared, SourceFolder, Text};

/// The first line of an adopted file, which remembers where it came from.
const HEADER: &str = "-- Adopted from ";

/// What a folder becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adopted {
    /// Each migration, oldest first.
    pub known: Vec<Known>,
    /// The files, below the workspace's folder of the database.
    pub files: Vec<AdoptedFile>,
    /// What was changed in reading them, for people.
    pub notes: Vec<String>,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdoptedFile {
    /// Where it stands.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
    /// Whether it is there already.
    pub there: bool,
}

/// What `folder` becomes below `root` (`migrations/<database>`), for the engines it serves; nothing is written yet.
/// Migrations that were adopted before keep their versions.
///
/// # Errors
///
/// A folder that is not in order, a version without number, or files in `root` that are in the way.
pub fn plan(folder: &SourceFolder, engines: &[Engine], root: &Path) -> Result<Adopted, AdoptError> {
    let before = adopted_before(root)?;
    let mut all: BTreeMap<VersionKey, BTreeMap<Engine, &Prepared>> = BTreeMap::new();
    for engine in engines {
        for prepared in folder.prepared(*engine)? {
            all.entry(VersionKey::of(&prepared.found.version)).or_default().insert(*engine, prepared);
        }
    }
    let firsts: Vec<&Prepared> = all.values().filter_map(|by_engine| by_engine.values().next().copied()).collect();
    let known = mapping(&firsts, &before)?;
    let mut adopted = Adopted { known, files: Vec::new(), notes: Vec::new() };
    for (by_engine, known) in all.values().zip(adopted.known.clone()) {
        for engine in Engine::ALL {
            let prepared = by_engine.get(&engine).copied();
            adopted.notes.extend(prepared.iter().flat_map(|prepared| prepared.notes.clone()));
            for (direction, text) in texts(prepared, engine, &known, folder) {
                let path = root.join(engine.name()).join(format!("{}.{direction}.sql", known.becomes));
                adopted.files.push(file(path, text, &known)?);
            }
        }
    }
    Ok(adopted)
}

impl Adopted {
    /// Writes the files that are not there yet.
    ///
    /// # Errors
    ///
    /// [`AdoptError::Write`]; what was written before stays, and a second run goes on behind it.
    pub fn write(&self) -> Result<Vec<&Path>, AdoptError> {
        let mut written = Vec::new();
        for file in self.files.iter().filter(|file| !file.there) {
            let failed = |error: io::Error| AdoptError::Write {
                path: file.path.display().to_string(),
                reason: error.to_string(),
            };
            file.path.parent().map_or(Ok(()), fs::create_dir_all).map_err(failed)?;
            fs::write(&file.path, &file.text).map_err(failed)?;
            written.push(file.path.as_path());
        }
        Ok(written)
    }
}

fn file(path: PathBuf, text: String, known: &Known) -> Result<AdoptedFile, AdoptError> {
    match fs::read_to_string(&path) {
        Ok(there) if there == text => Ok(AdoptedFile { path, text, there: true }),
        Ok(_) => Err(AdoptError::Changed { path: path.display().to_string(), version: known.version.clone() }),
        Err(_) => Ok(AdoptedFile { path, text, there: false }),
    }
}

/// The engines for which `root` holds adopted SQL, so that a second run takes the folder for the same.
pub(super) fn engines_before(root: &Path) -> Vec<Engine> {
    let has_sql = |engine: &Engine| {
        let files = fs::read_dir(root.join(engine.name())).into_iter().flatten().flatten();
        let texts = files.map(|file| fs::read_to_string(file.path()).unwrap_or_default());
        let mut adopted = texts.filter(|text| text.starts_with(HEADER));
        adopted.any(|text| !text.contains("\n-- atriz: only "))
    };
    Engine::ALL.into_iter().filter(has_sql).collect()
}

/// What stands in `root` already: version of the tool to stem of ours.
fn adopted_before(root: &Path) -> Result<BTreeMap<String, String>, AdoptError> {
    let (mut before, mut own) = (BTreeMap::new(), None);
    let folders = Engine::ALL.into_iter().flat_map(|engine| fs::read_dir(root.join(engine.name())));
    for entry in folders.flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(stem) = name.strip_suffix(".up.sql") else { continue };
        let text = fs::read_to_string(entry.path()).unwrap_or_default();
        let first = text.lines().next().unwrap_or_default();
        match first.strip_prefix(HEADER).and_then(|rest| rest.strip_suffix('.')) {
            Some(version) => drop(before.insert(version.to_owned(), stem.to_owned())),
            None => own = Some(name),
        }
    }
    match own {
        Some(first) if before.is_empty() => Err(AdoptError::Occupied { folder: root.display().to_string(), first }),
        _ => Ok(before),
    }
}

fn mapping(all: &[&Prepared], before: &BTreeMap<String, String>) -> Result<Vec<Known>, AdoptError> {
    let mut mapped: Vec<Known> = Vec::new();
    for prepared in all {
        let version = prepared.found.version.clone();
        let previous = mapped.last().map(|known: &Known| known.becomes[..14].to_owned());
        let becomes = if let Some(stem) = before.get(&version) {
            stem.clone()
        } else {
            let digits = digits(&version, previous.as_deref());
            let digits = digits.ok_or_else(|| AdoptError::Version { version: version.clone() })?;
            format!("{digits}_{}", snake(prepared.found.name()))
        };
        if let Some(last) = mapped.last().filter(|last| last.becomes[..14] >= becomes[..14]) {
            return Err(AdoptError::Order { version: last.version.clone(), stem: last.becomes.clone(), next: becomes });
        }
        mapped.push(Known { version, becomes });
    }
    Ok(mapped)
}

/// Lower-case words joined by `_`.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    let mut small = false;
    for character in name.chars() {
        if character.is_ascii_uppercase() && small {
            snake.push('_');
        }
        small = character.is_ascii_lowercase() || character.is_ascii_digit();
        snake.push(if character.is_ascii_alphanumeric() { character.to_ascii_lowercase() } else { '_' });
    }
    let words: Vec<&str> = snake.split('_').filter(|word| !word.is_empty()).collect();
    if words.is_empty() { "migration".to_owned() } else { words.join("_").chars().take(80).collect() }
}

/// The text of both ways.
fn texts(
    prepared: Option<&Prepared>,
    engine: Engine,
    known: &Known,
    folder: &SourceFolder,
) -> [(&'static str, String); 2] {
    let header = format!("{HEADER}{}.\n", known.version);
    let Some(prepared) = prepared else {
        let label = Path::new(folder.label()).file_name().unwrap_or_default().to_string_lossy().replace('"', "");
        let only = engine.other();
        let twin = format!("{header}-- atriz: only {only} \"{label} has no SQL for {}\"\n", engine.title());
        return [("up", twin.clone()), ("down", twin)];
    };
    let Body::Sql { up, down } = &prepared.migration.body else { return [("up", header.clone()), ("down", header)] };
    let sql = |text: Option<&Text>| text.map(|text| text.sql.clone()).unwrap_or_default();
    let nothing = up.statements.is_empty();
    let there = body(&sql(Some(&prepared.found.up)), &prepared.up, nothing);
    let back = match &prepared.down.irreversible {
        Some(_) => body("", &prepared.down, false),
        None => body(&sql(prepared.found.down.as_ref()), &prepared.down, down.statements.is_empty()),
    };
    [("up", format!("{header}{there}")), ("down", format!("{header}{back}"))]
}

/// Directives and SQL; a migration without a statement gets one that does nothing, since ours have one.
fn body(sql: &str, said: &Directives, nothing: bool) -> String {
    let mut text = String::new();
    if said.no_transaction {
        text.push_str("-- atriz: no-transaction\n");
    }
    if said.rebuild {
        text.push_str("-- atriz: rebuild\n");
    }
    if let Some(reason) = &said.irreversible {
        text.push_str("-- atriz: irreversible \"");
        text.push_str(reason);
        text.push_str("\"\n");
    }
    let lines: Vec<&str> = sql.lines().map(str::trim_end).collect();
    let first = lines.iter().position(|line| !line.is_empty()).unwrap_or(lines.len());
    let last = lines.iter().rposition(|line| !line.is_empty()).map_or(first, |last| last + 1);
    for (index, line) in lines[first..last].iter().enumerate() {
        // A BEGIN in front of the first statement leaves its blank behind.
        let line = if index == 0 { line.trim_start() } else { line };
        text.push_str(line);
        text.push('\n');
    }
    if nothing {
        text.push_str("SELECT 1;\n");
    }
    text
}
