//! Scratch databases on SQLite: copies are files.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::ScratchError;

/// The write-ahead log of a file.
pub(crate) fn log_of(path: &Path) -> PathBuf {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    log.into()
}

/// Copies a file with its write-ahead log, as a killed process would leave them. The index of the log is left out: it is
/// made anew from the log.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<(), ScratchError> {
    let mut index = to.as_os_str().to_owned();
    index.push("-shm");
    for stale in [log_of(to), index.into()] {
        match fs::remove_file(&stale) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(ScratchError::folder(&error)),
            _ => {}
        }
    }
    fs::copy(from, to).map_err(|error| ScratchError::folder(&error))?;
    if log_of(from).exists() {
        fs::copy(log_of(from), log_of(to)).map_err(|error| ScratchError::folder(&error))?;
    }
    Ok(())
}
