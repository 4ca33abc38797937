//! New, empty twin files.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use crate::Engine;

/// Writes the four empty files of a new migration below `root` (`migrations/<database>`), and answers their paths.
///
/// The version is the time, or one second behind the newest version there is, so that a new migration is always the last.
///
/// # Errors
///
/// What the file system says; an existing file is never overwritten.
pub fn new_migration(root: &Path, name: &str, schema: Option<&str>, now: DateTime<Utc>) -> io::Result<Vec<PathBuf>> {
    let version = version_after(root, now);
    let mut written = Vec::new();
    for engine in Engine::ALL {
        let folder = root.join(engine.name());
        fs::create_dir_all(&folder)?;
        for direction in ["up", "down"] {
            let path = folder.join(format!("{version}_{name}.{direction}.sql"));
            let mut file = fs::OpenOptions::new().write(true).create_new(true).open(&path)?;
            io::Write::write_all(&mut file, text(engine, direction, schema).as_bytes())?;
            written.push(path);
        }
    }
    Ok(written)
}

/// The version of a new migration below `root`: the time, or one second behind the newest version there is.
pub fn version_after(root: &Path, now: DateTime<Utc>) -> String {
    let now = now.format("%Y%m%d%H%M%S").to_string();
    let files = fs::read_dir(root.join(Engine::Postgres.name())).into_iter().flatten().flatten();
    let newest = files.filter_map(|file| file.file_name().to_string_lossy().get(..14)?.parse::<u64>().ok()).max();
    match newest {
        Some(newest) if newest.to_string() >= now => (newest + 1).to_string(),
        _ => now,
    }
}

fn text(engine: Engine, direction: &str, schema: Option<&str>) -> String {
    let example = match (engine, schema) {
        (Engine::Postgres, Some(schema)) => format!("every name with its schema, such as {schema}.table"),
        (Engine::Postgres, None) => "every name with its schema".to_owned(),
        (Engine::Sqlite, _) => "tables are STRICT; `-- atriz: rebuild` where ALTER cannot".to_owned(),
    };
    let way = if direction == "up" { "What changes, and why" } else { "The way back" };
    format!("-- {way}: {example}.\n")
}

/// Whether `name` can be the name of a migration: words of lower-case letters and digits, joined by `_`.
pub fn is_name(name: &str) -> bool {
    let word =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    !name.is_empty() && name.len() <= 80 && name.split('_').all(word)
}

/// Writes an empty demo seed of `table` below `root` (`seeds/<database>`), behind those there are, and answers its path.
///
/// # Errors
///
/// What the file system says; an existing file is never overwritten.
pub fn new_seed(root: &Path, table: &str) -> io::Result<PathBuf> {
    let folder = root.join("demo");
    fs::create_dir_all(&folder)?;
    let files = fs::read_dir(&folder)?.flatten();
    let newest = files.filter_map(|file| file.file_name().to_string_lossy().get(..2)?.parse::<u8>().ok()).max();
    let path = folder.join(format!("{:02}_{table}.csv", newest.unwrap_or(0).saturating_add(1)));
    let mut file = fs::OpenOptions::new().write(true).create_new(true).open(&path)?;
    io::Write::write_all(&mut file, b"id\n")?;
    Ok(path)
}
