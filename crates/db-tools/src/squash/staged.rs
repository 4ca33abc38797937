//! A migration folder made anew beside the old one, and put in its place at once.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::{CheckpointFile, SquashError};

/// Copies `from` to `to` without the migrations of these versions, and with these files.
pub(super) fn copy(
    from: &Path,
    to: &Path,
    without: &BTreeSet<String>,
    files: &[CheckpointFile],
) -> Result<(), SquashError> {
    fs::create_dir_all(to).map_err(|error| SquashError::file(to, "make", &error))?;
    let entries = fs::read_dir(from).map_err(|error| SquashError::file(from, "read", &error))?;
    for entry in entries {
        let path = entry.map_err(|error| SquashError::file(from, "read", &error))?.path();
        let Some(name) = path.file_name() else { continue };
        let target = to.join(name);
        if path.is_dir() {
            copy(&path, &target, without, &[])?;
        } else if !stem(&path).is_some_and(|stem| without.contains(&stem)) {
            fs::copy(&path, &target).map_err(|error| SquashError::file(&path, "copy", &error))?;
        }
    }
    for file in files {
        let path = to.join(&file.path);
        let folder = path.parent().unwrap_or(to);
        let written = fs::create_dir_all(folder).and_then(|()| fs::write(&path, &file.text));
        written.map_err(|error| SquashError::file(&path, "write", &error))?;
    }
    Ok(())
}

/// The files below `folder` of these versions, as paths below it, sorted.
pub(super) fn files_of(folder: &Path, versions: &BTreeSet<String>) -> Result<Vec<String>, SquashError> {
    let mut found = Vec::new();
    for engine in atriz_db::Engine::ALL {
        let engine_folder = folder.join(engine.to_string());
        let entries =
            fs::read_dir(&engine_folder).map_err(|error| SquashError::file(&engine_folder, "read", &error))?;
        for entry in entries {
            let path = entry.map_err(|error| SquashError::file(&engine_folder, "read", &error))?.path();
            if stem(&path).is_some_and(|stem| versions.contains(&stem)) {
                found.push(path.strip_prefix(folder).unwrap_or(&path).display().to_string());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The version that a migration file belongs to.
fn stem(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?.strip_suffix(".sql")?;
    name.strip_suffix(".up").or_else(|| name.strip_suffix(".down")).map(str::to_owned)
}

/// Where the new folder is made: beside the old one, so that both are on one file system.
pub(super) fn beside(folder: &Path, what: &str) -> PathBuf {
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    folder.with_file_name(format!(".{name}.{what}"))
}

/// Puts the folder at `staged` in the place of `folder`, and removes the old one. Wherever the program or the machine dies,
/// `folder` is the old one or the new one, whole; what stands beside it may be removed.
pub(super) fn swap(folder: &Path, staged: &Path) -> Result<(), SquashError> {
    sync(staged)?;
    if exchange(folder, staged).is_err() {
        // A file system that cannot exchange two folders at once, such as some network's.
        let old = beside(folder, "before-squash");
        fs::rename(folder, &old).map_err(|error| SquashError::file(folder, "move aside", &error))?;
        if let Err(error) = fs::rename(staged, folder) {
            // The first error is told; where this fails too, the old folder stands beside under the name it was given.
            let _ = fs::rename(&old, folder);
            return Err(SquashError::file(staged, "move in place", &error));
        }
        let _ = remove(&old);
        return Ok(());
    }
    // The new folder is in its place; what cannot be removed beside it is cleared away by the next squash.
    let _ = remove(staged);
    Ok(())
}

/// Removes a folder that may be there.
pub(super) fn remove(folder: &Path) -> Result<(), SquashError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(SquashError::file(folder, "remove", &error)),
        _ => Ok(()),
    }
}

#[cfg(any(target_os = "linux", target_os = "macos"))]
fn exchange(left: &Path, right: &Path) -> std::io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, left, CWD, right, RenameFlags::EXCHANGE)?)
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn exchange(_: &Path, _: &Path) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}

/// Waits until the new files are on the disk, before the old ones go.
fn sync(folder: &Path) -> Result<(), SquashError> {
    let entries = fs::read_dir(folder).map_err(|error| SquashError::file(folder, "read", &error))?;
    for entry in entries {
        let path = entry.map_err(|error| SquashError::file(folder, "read", &error))?.path();
        if path.is_dir() {
            sync(&path)?;
        } else {
            let synced = fs::File::open(&path).and_then(|file| file.sync_all());
            synced.map_err(|error| SquashError::file(&path, "write", &error))?;
        }
    }
    Ok(())
}
