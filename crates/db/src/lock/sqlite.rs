//! A lock file beside the database.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use super::{Attempt, LockError};

/// A held lock file. The file itself stays: removing it would let a second process lock a new one of the same name.
#[derive(Debug)]
pub(crate) struct Held {
    _file: File,
}

/// `mextrack_db.db.migrate.lock`.
fn lock_file(database: &Path) -> PathBuf {
    let mut name = database.file_name().unwrap_or_default().to_os_string();
    name.push(".migrate.lock");
    database.with_file_name(name)
}

pub(super) fn attempt(database: &Path) -> Result<Attempt<Held>, LockError> {
    let path = lock_file(database);
    let failed =
        |error: &std::io::Error| LockError::File { path: path.display().to_string(), reason: error.to_string() };
    let mut options = OpenOptions::new();
    let mut file =
        options.create(true).truncate(false).read(true).write(true).open(&path).map_err(|error| failed(&error))?;
    match file.try_lock() {
        Ok(()) => {
            let name = format!("process {}", std::process::id());
            // The name is for whoever waits; a lock without it still locks.
            let _ = file.set_len(0).and_then(|()| file.write_all(name.as_bytes()));
            Ok(Attempt::Held(Held { _file: file }))
        }
        Err(TryLockError::WouldBlock) => Ok(Attempt::Busy { holder: holder_of(&mut file) }),
        Err(TryLockError::Error(error)) => Err(failed(&error)),
    }
}

/// Who holds the lock of `database`: nobody where it was never taken, and nobody who could be told where the file may not
/// be read.
pub(super) fn held_by(database: &Path) -> Option<String> {
    let mut file = File::open(lock_file(database)).ok()?;
    // Shared, so that several may ask at once; it ends with the file.
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => Some(holder_of(&mut file)),
        Ok(()) | Err(TryLockError::Error(_)) => None,
    }
}

fn holder_of(file: &mut File) -> String {
    let mut name = String::new();
    let read = file.seek(SeekFrom::Start(0)).and_then(|_| file.read_to_string(&mut name));
    if read.is_err() || name.is_empty() { "another process".to_owned() } else { name }
}
