//! What a caller may choose about a cluster.

use std::path::PathBuf;

use super::search::Search;

/// How to start a [`Cluster`](super::Cluster). The default suits tests: fast, private, and nothing survives a crash.
#[derive(Clone, Debug)]
pub struct Options {
    /// Flushes to disk and vacuums as production does, with the data on a disk. For benchmarks.
    pub durable: bool,
    /// The server's `max_connections`.
    pub max_connections: u16,
    /// Listens on a free port of 127.0.0.1 as well. No password is asked for: every user of this machine can connect.
    pub tcp: bool,
    /// The folder to work in, in place of memory or the temp folder. When root starts the cluster, the server's user
    /// must be able to reach it.
    pub directory: Option<PathBuf>,
    /// Where to look for programs.
    pub search: Search,
}

impl Default for Options {
    fn default() -> Self {
        Self { durable: false, max_connections: 200, tcp: false, directory: None, search: Search::system() }
    }
}

impl Options {
    /// The server's `-c` settings, the same for a local server and for a container.
    pub(crate) fn settings(&self) -> Vec<String> {
        let mut settings = vec![
            format!("max_connections={}", self.max_connections),
            "timezone=UTC".to_owned(),
            "log_timezone=UTC".to_owned(),
        ];
        if self.durable {
            // A checkpoint in the middle writes out what everybody before has done, and whoever is measured pays for it.
            settings.extend(["checkpoint_timeout=1h", "max_wal_size=4GB"].map(str::to_owned));
        } else {
            // Nothing here has to survive a crash, and a background job that wakes up makes timings jump.
            let fast = ["fsync=off", "full_page_writes=off", "synchronous_commit=off", "autovacuum=off"];
            let small = ["wal_level=minimal", "max_wal_senders=0", "shared_buffers=64MB"];
            // Shared memory as files among the data: a killed server leaves none of it elsewhere.
            let tidy = ["dynamic_shared_memory_type=mmap"];
            settings.extend(fast.iter().chain(&small).chain(&tidy).map(|&setting| setting.to_owned()));
        }
        settings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_durable_cluster_flushes() {
        let fast = Options::default().settings();
        assert!(fast.contains(&"fsync=off".to_owned()));
        assert!(fast.contains(&"max_connections=200".to_owned()));
        let durable = Options { durable: true, ..Options::default() }.settings();
        assert!(!durable.iter().any(|setting| setting.starts_with("fsync") || setting.starts_with("autovacuum")));
    }
}
