//! Pieces as files: twins of one version for each stage.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use atriz_db::Engine;
use atriz_db::migrate::scaffold;
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::GenerateError;
use super::replay::Planned;
use super::step::{MARK, Stage, Step, comment, rendered};

/// How a way back says that there is none.
const IRREVERSIBLE: &str = "-- atriz: irreversible";

/// A file of a new migration.
#[derive(Clone, Debug, Serialize)]
pub struct GeneratedFile {
    /// Its path below the folder.
    pub path: String,
    /// What it holds.
    pub text: String,
    #[serde(skip)]
    pub(super) version: String,
}

impl GeneratedFile {
    /// The text without the places to decide on: on empty tables it runs all the same.
    pub(super) fn decided(&self) -> String {
        self.text.lines().filter(|line| !line.starts_with(MARK)).flat_map(|line| [line, "\n"]).collect()
    }
}

/// What somebody has to decide on, and where.
pub(super) fn undecided(files: &[GeneratedFile]) -> Vec<String> {
    let mut found = Vec::new();
    for engine in Engine::ALL {
        for file in files.iter().filter(|file| file.path.starts_with(&format!("{engine}/"))) {
            for (number, line) in file.text.lines().enumerate() {
                let Some(what) = line.strip_prefix(MARK) else { continue };
                let (place, number) = (&file.path, number + 1);
                let what = what.trim().trim_matches('"');
                found.push(format!("decide on {}: {what} ({place}, line {number})", engine.title()));
            }
        }
    }
    found
}

/// Why there is no way back.
pub(super) fn closed(files: &[GeneratedFile]) -> Vec<String> {
    let lines = files.iter().flat_map(|file| file.text.lines().map(move |line| (&file.path, line)));
    let why = lines.filter_map(|(path, line)| Some((path, line.strip_prefix(IRREVERSIBLE)?)));
    why.map(|(path, why)| format!("there is no way back: {} ({path})", why.trim().trim_matches('"'))).collect()
}

/// The four files of each stage that has anything to do, later stages with later versions.
pub(super) fn files(planned: &Planned, folder: &Path, name: &str, now: DateTime<Utc>) -> Vec<GeneratedFile> {
    let mut files = Vec::new();
    let first: u64 = scaffold::version_after(folder, now).parse().unwrap_or_default();
    let stages: Vec<Stage> = Stage::ALL
        .into_iter()
        .filter(|stage| planned.steps.iter().any(|(_, steps)| steps.iter().any(|step| step.stage == *stage)))
        .collect();
    for (number, stage) in (first..).zip(&stages) {
        let suffix = if number == first { "" } else { stage.suffix() };
        let version = format!("{number}_{name}{suffix}");
        for (engine, steps) in &planned.steps {
            let steps: Vec<&Step> = steps.iter().filter(|step| step.stage == *stage).collect();
            for (direction, text) in texts(*engine, *stage, &steps, planned) {
                let path = format!("{engine}/{version}.{direction}.sql");
                files.push(GeneratedFile { path, text, version: version.clone() });
            }
        }
    }
    files
}

fn texts(engine: Engine, stage: Stage, steps: &[&Step], planned: &Planned) -> [(&'static str, String); 2] {
    if steps.is_empty() {
        let other = engine.other();
        let why = match stage {
            Stage::Main => format!("{} has it already", engine.title()),
            Stage::Indexes => "indexes are built beside running work".to_owned(),
            Stage::Finish | Stage::Late => "rows that are there are looked at beside running work".to_owned(),
        };
        let twin = format!("-- atriz: only {other} \"{why}\"\n");
        return [("up", twin.clone()), ("down", twin)];
    }
    let up: Vec<String> = steps.iter().flat_map(|step| step.up.clone()).collect();
    let down: Vec<String> = steps.iter().rev().flat_map(|step| step.down.clone()).collect();
    let down = if engine == Engine::Postgres { answered(down) } else { down };
    let rebuild = if engine == Engine::Sqlite && planned.rebuild { "-- atriz: rebuild\n" } else { "" };
    let heading = heading(engine, stage, planned);
    let closed = steps.iter().find_map(|step| step.irreversible.as_ref());
    let back = match closed {
        Some(why) => format!("-- The way back.\n{IRREVERSIBLE} \"{}\"\n", why.replace('"', "'")),
        None => format!("-- The way back.\n{rebuild}{}", rendered(&down)),
    };
    [("up", format!("{heading}\n{rebuild}{}", rendered(&up))), ("down", back)]
}

/// The way back with a word to lint above each statement that makes others wait: it runs when a release is taken back,
/// where waiting is what was asked for.
fn answered(lines: Vec<String>) -> Vec<String> {
    const WHY: &str = "the way back of a release: who writes meanwhile waits";
    let alone = lines.iter().any(|line| line.contains(" CONCURRENTLY "));
    let word = |line: &String| slow(line, alone).map(|rule| format!("-- atriz: lint-ignore {rule} \"{WHY}\""));
    lines.into_iter().flat_map(|line| word(&line).into_iter().chain([line])).collect()
}

/// The rule that a statement of a way back breaks. A change of type says it where it is written.
fn slow(line: &str, alone: bool) -> Option<&'static str> {
    let alters = line.starts_with("ALTER TABLE ");
    let builds = line.starts_with("CREATE INDEX ") || line.starts_with("CREATE UNIQUE INDEX ");
    let has = |words: &str| line.contains(words);
    if builds && !has(" CONCURRENTLY ") {
        Some("require-concurrent-index-creation")
    } else if alters && has(" PRIMARY KEY ") {
        Some("adding-serial-primary-key-field")
    } else if alters && has(" FOREIGN KEY ") && !has(" NOT VALID") {
        Some("adding-foreign-key-constraint")
    } else if alters && has(" ADD CONSTRAINT ") && has(" UNIQUE ") && !has(" USING INDEX ") {
        Some("disallowed-unique-constraint")
    } else if alters && line.ends_with(" SET NOT NULL") {
        Some("adding-not-nullable-field")
    } else {
        (alone && has(" DROP CONSTRAINT ")).then_some("mixed-no-transaction")
    }
}

/// What the file does: in one line, or in one line for each change.
fn heading(engine: Engine, stage: Stage, planned: &Planned) -> String {
    let text = match stage {
        Stage::Main => {
            let changes = planned.changes().into_iter().find(|one| one.engine == engine);
            let changes = changes.map(|one| one.changes).unwrap_or_default();
            let text = changes.join("; ");
            if text.chars().count() > 112 {
                return changes.iter().map(|change| comment(change)).collect::<Vec<_>>().join("\n");
            }
            text
        }
        Stage::Indexes => "indexes are built beside running work: each statement runs alone".to_owned(),
        Stage::Finish | Stage::Late => "rows that were there are looked at under a lock that stops nobody".to_owned(),
    };
    let mut letters = text.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    comment(&format!("{first}{}.", letters.as_str()))
}

/// Writes files, or none.
pub(super) fn write(files: &[GeneratedFile], folder: &Path) -> Result<Vec<PathBuf>, GenerateError> {
    let mut written = Vec::new();
    for file in files {
        let path = folder.join(&file.path);
        let result = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| {
            fs::OpenOptions::new().write(true).create_new(true).open(&path)?.write_all(file.text.as_bytes())
        });
        if let Err(error) = result {
            for path in &written {
                // The error is told; what cannot be taken away either stands in the folder to see.
                let _ = fs::remove_file(path);
            }
            return Err(GenerateError::file(&path, &error));
        }
        written.push(path);
    }
    Ok(written)
}
