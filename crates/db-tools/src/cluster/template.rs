//! The data folder that every cluster is a copy of: initdb takes ten times as long as the copy.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use super::error::{ClusterError, telling_line};
use super::home::{Home, HomeLock};
use super::search::Installed;

/// How the name of a data folder starts while initdb is at work.
pub(crate) const UNFINISHED: &str = "unfinished-";

/// Sorting by code point is the same on every system. Where the first locale is unknown, the second is close enough.
const LOCALES: [&str; 2] = ["--locale=C.UTF-8", "--locale=C"];
const ARGUMENTS: [&str; 3] = ["--auth=trust", "--username=postgres", "--encoding=UTF8"];

/// The data folder of this server, made if there is none yet, or made anew.
pub(crate) fn ensure(home: &Home, _: &HomeLock, server: &Installed, anew: bool) -> Result<PathBuf, ClusterError> {
    let path = home.path.join(name(server));
    if path.is_dir() && !anew {
        return Ok(path);
    }
    let unfinished = home.path.join(format!("{UNFINISHED}{}", std::process::id()));
    initdb(home, server, &unfinished)?;
    if path.is_dir() {
        fs::remove_dir_all(&path).map_err(ClusterError::file("remove", &path))?;
    }
    // Renamed when complete, so that whoever finds it can use it.
    fs::rename(&unfinished, &path).map_err(ClusterError::file("create", &path))?;
    Ok(path)
}

/// Two installations of one version may differ in how they were built, and their data folders with them.
fn name(server: &Installed) -> String {
    let mut hasher = DefaultHasher::new();
    (&server.bin, LOCALES, ARGUMENTS).hash(&mut hasher);
    let (major, minor) = server.version;
    format!("template-{major}.{minor}-{:08x}", hasher.finish() & 0xffff_ffff)
}

fn initdb(home: &Home, server: &Installed, folder: &Path) -> Result<(), ClusterError> {
    let program = server.bin.join("initdb");
    let mut complaint = String::new();
    for locale in LOCALES {
        let output = run(home, &program, locale, folder).map_err(ClusterError::program(&program))?;
        if output.status.success() {
            return Ok(());
        }
        complaint = telling_line(&String::from_utf8_lossy(&output.stderr));
    }
    Err(ClusterError::Initdb { program, output: complaint })
}

fn run(home: &Home, program: &Path, locale: &str, folder: &Path) -> std::io::Result<Output> {
    let mut command = Command::new(program);
    command.args(ARGUMENTS).arg(locale).arg("-D").arg(folder);
    if home.path.starts_with("/dev/shm") {
        // On a disk the folder may outlive a power failure, and must be whole then.
        command.arg("--no-sync");
    }
    command.env_clear().env("LC_ALL", "C").current_dir("/").stdin(Stdio::null());
    home.account.run(&mut command).output()
}
