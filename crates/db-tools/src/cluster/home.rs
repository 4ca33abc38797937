//! The folder that all clusters of one user share: the prepared data folder and one slot for each running cluster.
//!
//! Changes to it happen under a lock on the folder itself. A slot is in use as long as somebody holds the lock on its
//! log, and that is everybody who has inherited the log's file handle: the watchdog and each of the server's processes.
//! So a slot whose lock is free is a dead one, whatever became of the processes' numbers.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::account::Account;
use super::error::ClusterError;
use super::options::Options;

/// Where Linux keeps a file system in memory.
const MEMORY: &str = "/dev/shm";
/// Below this much free memory the data goes to a disk.
const ROOM: u64 = 1 << 30;
/// The longest path of a socket is 107 bytes on Linux and 103 on macOS.
const LONGEST_SOCKET: usize = 103;
/// As long as the longest name of a slot with its socket.
const LONGEST_SLOT: &str = "/4194304-1893456000-99/.s.PGSQL.65535";
const PATIENCE: Duration = Duration::from_mins(2);

/// The shared folder, `atriz-pg-<uid>`, owned by the server's user and closed to others.
#[derive(Debug)]
pub(crate) struct Home {
    pub(crate) path: PathBuf,
    pub(crate) account: Account,
}

/// The right to change the home.
pub(crate) struct HomeLock(#[expect(dead_code, reason = "closing the file releases the lock")] File);

/// The folder of one cluster, named by process, time of start and a counter.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) folder: PathBuf,
    pub(crate) log: File,
}

impl Home {
    /// Opens the home in the first folder that will do, and makes it if it is new.
    pub(crate) fn open(options: &Options, account: Account) -> Result<Self, ClusterError> {
        let mut reasons = Vec::new();
        for parent in candidates(options) {
            match Self::prepare(&parent, account) {
                Ok(home) => return Ok(home),
                Err(reason) => reasons.push(format!("{} {reason}", parent.display())),
            }
        }
        Err(ClusterError::NoFolder { reasons: reasons.join(", ") })
    }

    fn prepare(parent: &Path, account: Account) -> Result<Self, String> {
        let parent = parent.canonicalize().map_err(|error| format!("cannot be opened: {error}"))?;
        let path = parent.join(format!("atriz-pg-{}", account.uid));
        if path.as_os_str().as_bytes().len() + LONGEST_SLOT.len() > LONGEST_SOCKET {
            return Err("is too long a path for a socket".to_owned());
        }
        if account.switch && !parent.ancestors().all(is_open) {
            return Err(format!("cannot be reached by user {}", account.uid));
        }
        match DirBuilder::new().mode(0o700).create(&path) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(format!("cannot be written: {error}")),
        }
        // Anybody may make this folder before us in a temp folder, and would own the server's data.
        let found = fs::symlink_metadata(&path).map_err(|error| format!("cannot be read: {error}"))?;
        let ours = found.uid() == account.uid || found.uid() == Account::own().uid;
        if !found.is_dir() || !ours || found.mode() & 0o077 != 0 {
            return Err("holds a folder of our name that others can write".to_owned());
        }
        account.give(&path).map_err(|error| format!("cannot be given to user {}: {error}", account.uid))?;
        Ok(Self { path, account })
    }

    /// Waits for the lock that every change to the home needs.
    pub(crate) fn lock(&self) -> Result<HomeLock, ClusterError> {
        let folder = File::open(&self.path).map_err(ClusterError::file("open", &self.path))?;
        let start = Instant::now();
        loop {
            match folder.try_lock() {
                Ok(()) => return Ok(HomeLock(folder)),
                Err(TryLockError::WouldBlock) if start.elapsed() < PATIENCE => thread::sleep(Duration::from_millis(5)),
                Err(TryLockError::WouldBlock) => {
                    return Err(ClusterError::Busy { path: self.path.clone(), seconds: PATIENCE.as_secs() });
                }
                Err(TryLockError::Error(error)) => return Err(ClusterError::file("lock", &self.path)(error)),
            }
        }
    }

    /// Removes what dead runs left: slots without a living server, and half-made data folders.
    pub(crate) fn sweep(&self, _lock: &HomeLock) -> Result<(), ClusterError> {
        let entries = fs::read_dir(&self.path).map_err(ClusterError::file("list", &self.path))?;
        for folder in entries.flatten().map(|entry| entry.path()).filter(|folder| is_left_over(folder)) {
            tracing::debug!(folder = %folder.display(), "removing what a dead throwaway PostgreSQL left");
            match fs::remove_dir_all(&folder) {
                // Its own watchdog was quicker.
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                result => result.map_err(ClusterError::file("remove", &folder))?,
            }
        }
        Ok(())
    }

    /// Makes the folder of a new cluster and takes the lock on its log.
    pub(crate) fn slot(&self, _lock: &HomeLock) -> Result<Slot, ClusterError> {
        let folder = self.new_folder()?;
        let path = folder.join("server.log");
        let log = OpenOptions::new().read(true).append(true).create_new(true).mode(0o600).open(&path);
        let log = log.map_err(ClusterError::file("create", &path))?;
        log.lock().map_err(ClusterError::file("lock", &path))?;
        for owned in [&path, &folder] {
            self.account.give(owned).map_err(ClusterError::file("change the owner", owned))?;
        }
        Ok(Slot { folder, log })
    }

    fn new_folder(&self) -> Result<PathBuf, ClusterError> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        loop {
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            let folder = self.path.join(format!("{}-{}-{count}", std::process::id(), seconds()));
            match DirBuilder::new().mode(0o700).create(&folder) {
                // The same process number in another container that shares this folder.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                result => {
                    result.map_err(ClusterError::file("create", &folder))?;
                    return Ok(folder);
                }
            }
        }
    }
}

/// The folders to try, best first.
fn candidates(options: &Options) -> Vec<PathBuf> {
    let (temp, kept) = (std::env::temp_dir(), PathBuf::from("/var/tmp"));
    match &options.directory {
        Some(folder) => vec![folder.clone()],
        // The temp folder is often in memory, where a flush costs nothing and a benchmark would flatter.
        None if options.durable => vec![kept, temp, "/tmp".into()],
        None => memory().into_iter().chain([temp, "/tmp".into(), kept]).collect(),
    }
}

fn memory() -> Option<PathBuf> {
    let state = rustix::fs::statvfs(MEMORY).ok()?;
    (state.f_bavail.saturating_mul(state.f_frsize) >= ROOM).then(|| MEMORY.into())
}

/// Whether every user may pass through this folder.
fn is_open(folder: &Path) -> bool {
    folder.metadata().is_ok_and(|metadata| metadata.mode() & 0o001 != 0)
}

/// Whether the entry is of a kind made here and nobody works with it. Holds only under the home's lock, under which
/// slots get their log and its lock, and data folders are made.
fn is_left_over(entry: &Path) -> bool {
    let name = entry.file_name().unwrap_or_default().to_string_lossy();
    if name.starts_with(super::template::UNFINISHED) {
        return true;
    }
    let parts: Vec<_> = name.split('-').collect();
    let is_slot = parts.len() == 3 && parts.iter().all(|part| part.parse::<u64>().is_ok());
    is_slot && !is_in_use(&entry.join("server.log"))
}

fn is_in_use(log: &Path) -> bool {
    match File::open(log) {
        Ok(file) => file.try_lock().is_err(),
        Err(error) => error.kind() != ErrorKind::NotFound,
    }
}

#[expect(clippy::disallowed_methods, reason = "the time only helps people to tell folders apart")]
fn seconds() -> u64 {
    let now = std::time::SystemTime::now();
    now.duration_since(std::time::UNIX_EPOCH).map_or(0, |time| time.as_secs())
}
