//! What can go wrong, each with its cause and the way out.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why no throwaway PostgreSQL could be started. `Clone`, because every user of a shared cluster gets to see it.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClusterError {
    /// Neither server programs nor a container engine.
    #[error("no PostgreSQL 15 or newer to test against: {reason}; {advice}, or set TEST_POSTGRES_URL")]
    NotFound {
        /// What was found instead.
        reason: String,
        /// The command that installs a server on this system.
        advice: String,
    },
    /// `TEST_POSTGRES_URL` names something else. The value is left out, it may hold a password.
    #[error(
        "TEST_POSTGRES_URL is not an address of PostgreSQL: it starts with neither postgres:// nor postgresql://; \
         correct it, or unset it to get a throwaway server"
    )]
    ForeignUrl,
    /// Root may not run the server, and nobody else is there.
    #[error(
        "PostgreSQL refuses to run as root, and this system has neither a user postgres nor a user nobody; \
         create one with `useradd --system postgres`, or run as an ordinary user"
    )]
    NoAccount,
    /// No folder for the data.
    #[error("no folder for a throwaway PostgreSQL: {reasons}; free one of them, or set TMPDIR to a short, open path")]
    NoFolder {
        /// Every folder tried, and what is wrong with it.
        reasons: String,
    },
    /// A step on the file system failed.
    #[error("{path}: cannot {action}: {source}; check its rights, or remove it and try again")]
    File {
        /// What was to be done.
        action: &'static str,
        /// With which file or folder.
        path: PathBuf,
        /// The system's answer.
        source: Arc<io::Error>,
    },
    /// Another process holds the lock for too long.
    #[error("{path}: another process has been preparing a throwaway PostgreSQL for {seconds} s; end it and try again")]
    Busy {
        /// The locked folder.
        path: PathBuf,
        /// How long this process waited.
        seconds: u64,
    },
    /// A program could not be run at all.
    #[error("{program}: cannot be run: {source}; check that it is installed and executable")]
    Program {
        /// Its path.
        program: PathBuf,
        /// The system's answer.
        source: Arc<io::Error>,
    },
    /// initdb failed.
    #[error("{program}: no data folder made: {output}; check that this PostgreSQL is installed completely")]
    Initdb {
        /// Its path.
        program: PathBuf,
        /// The last line it wrote.
        output: String,
    },
    /// The server ended before it answered.
    #[error("{server}: ended while starting: {log}; start it by hand to see more, or set TEST_POSTGRES_URL")]
    Ended {
        /// Which server.
        server: String,
        /// The line of its log that says most.
        log: String,
    },
    /// The server did not answer in time.
    #[error("{server}: no answer within {seconds} s: {log}; check the load of this machine, or set TEST_POSTGRES_URL")]
    Silent {
        /// Which server.
        server: String,
        /// How long this process waited.
        seconds: u64,
        /// The line of its log that says most.
        log: String,
    },
}

impl ClusterError {
    /// For `map_err`: which action on which file failed.
    pub(crate) fn file(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::File { action, path: path.to_owned(), source: Arc::new(source) }
    }

    /// For `map_err`: which program could not be run.
    pub(crate) fn program(program: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Program { program: program.to_owned(), source: Arc::new(source) }
    }
}

/// The one line of a log or of a program's output that says most: the last complaint, else the last line.
pub(crate) fn telling_line(text: &str) -> String {
    const COMPLAINTS: [&str; 5] = ["FATAL", "PANIC", "ERROR", "error", "cannot"];
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    let complaint = lines().rfind(|line| COMPLAINTS.iter().any(|word| line.contains(word)));
    complaint.or_else(|| lines().next_back()).unwrap_or("it wrote nothing").to_owned()
}

#[cfg(test)]
mod tests {
    use super::telling_line;

    #[test]
    fn the_last_complaint_is_quoted() {
        assert_eq!(telling_line("LOG: a\nFATAL: b\nLOG: shut down\n\n"), "FATAL: b");
        assert_eq!(telling_line("one\n two \n"), "two");
        assert_eq!(telling_line(""), "it wrote nothing");
    }
}
