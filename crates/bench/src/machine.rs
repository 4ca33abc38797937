//! The programs under test, and a server of their own.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

use atriz_db_tools::cluster::{Cluster, ClusterError, Options};
use tempfile::TempDir;
use thiserror::Error;

use crate::process;

/// A benchmark could not run.
#[derive(Debug, Error)]
pub(crate) enum BenchError {
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    #[error("{program} cannot be started: {source}")]
    Start { program: String, source: std::io::Error },
    #[error("{program} failed: {said}")]
    Failed { program: String, said: String },
    #[error("{0}")]
    Io(#[from] std::io::Error),
    #[error("{0}")]
    Odd(String),
}

/// The four databases: name, and what it is called on the server.
pub(crate) const DATABASES: [(&str, &str); 4] =
    [("core", "atriz_shared"), ("atriz", "atriz_db"), ("mextrack", "mextrack_db"), ("pshop", "pshop_db")];

/// Servers whose areas are done. They keep their files until the program ends: a file system such as ext4 searches longer
/// for room for minutes after many files went, and the next area would pay for it.
static DONE: Mutex<Vec<Cluster>> = Mutex::new(Vec::new());

/// A folder for data, and a durable PostgreSQL where one is asked for.
pub(crate) struct Machine {
    pub(crate) folder: TempDir,
    pub(crate) server: Option<Cluster>,
}

impl Machine {
    /// SQLite in a folder on disk.
    pub(crate) fn sqlite() -> Result<Self, BenchError> {
        Ok(Self { folder: tempfile::tempdir_in(target_folder()?)?, server: None })
    }

    /// A PostgreSQL that keeps its promises: with fsync, on disk.
    pub(crate) fn postgres() -> Result<Self, BenchError> {
        let server = Cluster::start(Options { durable: true, ..Options::default() })?;
        Ok(Self { folder: tempfile::tempdir_in(target_folder()?)?, server: Some(server) })
    }

    /// As [`Machine::postgres`], also on a port of this machine: not every tool knows sockets.
    pub(crate) fn postgres_with_port() -> Result<Self, BenchError> {
        let server = Cluster::start(Options { durable: true, tcp: true, ..Options::default() })?;
        Ok(Self { folder: tempfile::tempdir_in(target_folder()?)?, server: Some(server) })
    }

    /// What its databases are.
    pub(crate) fn engine(&self) -> &'static str {
        if self.server.is_some() { "PostgreSQL" } else { "SQLite" }
    }

    /// What the server has written to its log, which it keeps beside its socket.
    pub(crate) fn log(&self) -> Result<String, BenchError> {
        let folder = self.server.as_ref().and_then(Cluster::socket_dir);
        let folder = folder.ok_or_else(|| BenchError::Odd("the log of this server cannot be read".to_owned()))?;
        Ok(String::from_utf8_lossy(&std::fs::read(folder.join("server.log"))?).into_owned())
    }

    /// A command in an environment that knows this machine alone.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", self.folder.path()).env("DATA_DIR", self.folder.path().join("data")).stdin(Stdio::null());
        if let Some(server) = &self.server {
            let host = server.socket_dir().map_or_else(|| "127.0.0.1".into(), Path::to_path_buf);
            command.env("PGHOST", host).env("PGPORT", server.port().to_string()).env("PGUSER", "postgres");
        }
        command
    }

    /// `cargo xtask`, as the release program.
    pub(crate) fn xtask(&self, arguments: &[&str]) -> Result<(), BenchError> {
        let mut command = self.command(program("xtask")?);
        process::run(command.args(arguments).current_dir(workspace()))
    }

    /// The program over the databases below `root`, whose names on the server end with `_` and the suffix.
    pub(crate) fn fleet(&self, root: &Path, verb: &str, suffix: &str) -> Result<Command, BenchError> {
        let mut command = self.command(program("atriz-bench-fleet")?);
        command.arg(verb).arg(root).arg(format!("_{suffix}")).current_dir(root);
        command.env("APP_ENV", "development");
        Ok(command)
    }

    /// A program that comes with the server.
    pub(crate) fn server_program(&self, name: &str) -> Command {
        let programs = self.server.as_ref().and_then(Cluster::programs);
        self.command(programs.map_or_else(|| PathBuf::from(name), |folder| folder.join(name)))
    }

    /// Does at once what the server does by itself some time after rows were written: or it would come between two values,
    /// and change how the rows are found.
    pub(crate) fn settle(&self) -> Result<(), BenchError> {
        if self.server.is_none() {
            return Ok(());
        }
        let mut vacuum = self.server_program("vacuumdb");
        process::run(vacuum.args(["--all", "--analyze", "--quiet"]))
    }

    /// psql, as the server ships it.
    pub(crate) fn psql(&self, database: &str) -> Command {
        let mut command = self.server_program("psql");
        command.args(["-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database]);
        command
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        if self.server.is_none() {
            return;
        }
        // Nothing it may still have to tidy shall run beside the next area; what fails here costs no more than accuracy.
        let rest = "ALTER SYSTEM SET autovacuum = off";
        let _ =
            process::run(self.psql("postgres").args(["-c", rest, "-c", "SELECT pg_reload_conf()", "-c", "CHECKPOINT"]));
        if let (Some(server), Ok(mut done)) = (self.server.take(), DONE.lock()) {
            done.push(server);
        }
    }
}

/// The folder of the release programs: this one stands in it too.
pub(crate) fn target_folder() -> Result<PathBuf, BenchError> {
    let own = std::env::current_exe()?;
    own.parent().map(Path::to_path_buf).ok_or_else(|| BenchError::Odd("this program stands nowhere".to_owned()))
}

/// A release program beside this one.
pub(crate) fn program(name: &str) -> Result<PathBuf, BenchError> {
    let path = target_folder()?.join(name);
    if path.exists() {
        return Ok(path);
    }
    Err(BenchError::Odd(format!("{} is not built; `cargo xtask bench` builds it", path.display())))
}

/// The root of the workspace.
pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
