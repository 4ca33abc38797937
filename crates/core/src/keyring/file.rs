//! Files of keys: made once however many processes start together, and readable by their owner alone.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::{SecureRandom, SystemRandom};
use zeroize::Zeroizing;

use super::KeyringError;

/// Makes the file with one new key, unless it is there.
pub(super) fn make_once(folder: &Path, path: &Path) -> Result<(), KeyringError> {
    let unreadable =
        |error: io::Error| KeyringError::Unreadable { place: path.display().to_string(), reason: error.to_string() };
    if path.exists() {
        return Ok(());
    }
    make_folder(folder).map_err(unreadable)?;
    let lock = File::create(folder.join(".lock")).map_err(unreadable)?;
    lock.lock().map_err(unreadable)?;
    // Whoever waited for the lock finds what the holder made.
    if !path.exists() {
        write_new(path).map_err(unreadable)?;
    }
    Ok(())
}

/// The file appears whole or not at all: a process that dies half way leaves its draft, which the next one replaces.
fn write_new(path: &Path) -> io::Result<()> {
    let draft = path.with_extension("new");
    let (mut bytes, mut name) = (Zeroizing::new([0; 32]), [0; 4]);
    let random = SystemRandom::new();
    for part in [bytes.as_mut_slice(), &mut name] {
        random.fill(part).map_err(|_| io::Error::other("the system gives no random bytes"))?;
    }
    // A name of its own, so that a file that is made anew is not taken for the one that a database was written with.
    let name = u32::from_be_bytes(name);
    let line = Zeroizing::new(format!("dev-{name:08x}:{}\n", URL_SAFE_NO_PAD.encode(bytes.as_slice())));
    if draft.exists() {
        fs::remove_file(&draft)?;
    }
    let mut file = owners_alone(OpenOptions::new().write(true).create_new(true)).open(&draft)?;
    file.write_all(line.as_bytes())?;
    file.sync_all()?;
    fs::rename(draft, path)
}

#[cfg(unix)]
fn owners_alone(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600)
}

#[cfg(not(unix))]
fn owners_alone(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

#[cfg(unix)]
fn make_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    if let Some(parent) = folder.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

/// Refuses a file that others can read. A container's secret may belong to a group of its own, which may read it.
#[cfg(unix)]
pub(super) fn check_mode(path: &Path) -> Result<(), KeyringError> {
    use std::os::unix::fs::PermissionsExt as _;
    let place = path.display().to_string();
    let data = fs::metadata(path)
        .map_err(|error| KeyringError::Unreadable { place: place.clone(), reason: error.to_string() })?;
    let mode = data.permissions().mode() & 0o777;
    let others = mode & 0o037;
    if others == 0 { Ok(()) } else { Err(KeyringError::Exposed { place, mode }) }
}

#[cfg(not(unix))]
pub(super) fn check_mode(_: &Path) -> Result<(), KeyringError> {
    Ok(())
}
