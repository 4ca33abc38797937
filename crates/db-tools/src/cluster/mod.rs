//! A throwaway PostgreSQL server: started in about a tenth of a second, gone with the process that started it.
//!
//! [`test_server_url`] is what tests call: the server named by `TEST_POSTGRES_URL`, else [`Cluster::shared`]. A cluster
//! comes from the server programs installed here, else from a container; where there is neither, the error says in one
//! line how to get them. It never falls back to skipping.
//!
//! The server is a child of a small shell script, not of this process. The script waits for the end of a pipe that this
//! process holds open, so that the server and its directory go away however this process ends: `Drop` is a courtesy,
//! the pipe is the mechanism. (A `static` is never dropped, and a killed process runs no code.)

mod account;
mod container;
mod environment;
mod error;
mod home;
mod options;
mod probe;
mod search;
mod server;
mod template;
mod watchdog;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use self::account::Account;
pub use self::error::ClusterError;
pub use self::options::Options;
use self::probe::Endpoint;
use self::search::Found;
pub use self::search::Search;
use self::watchdog::Watchdog;

/// A running throwaway server. It ends when this value is dropped, and at the latest with this process.
#[derive(Debug)]
pub struct Cluster {
    endpoint: Endpoint,
    server: String,
    programs: Option<PathBuf>,
    _watchdog: Watchdog,
}

impl Cluster {
    /// Starts a server and returns once it answers. Blocks: async code calls it through `spawn_blocking`.
    #[expect(clippy::needless_pass_by_value, reason = "callers make the options in place")]
    pub fn start(options: Options) -> Result<Self, ClusterError> {
        let account = Account::for_server()?;
        match options.search.find(account)? {
            Found::Installed(installed) => server::start(&options, account, &installed),
            Found::Container(engine) => container::start(&options, &engine),
        }
    }

    /// The one cluster of this process, started on first use. A failure is kept too: the second test to ask for it
    /// fails as fast as the first.
    pub fn shared() -> Result<&'static Self, ClusterError> {
        static SHARED: OnceLock<Result<Cluster, ClusterError>> = OnceLock::new();
        SHARED.get_or_init(|| Self::start(Options::default())).as_ref().map_err(Clone::clone)
    }

    /// The address of one database of this server, as the superuser `postgres`. A new cluster has only the databases
    /// `postgres` and `template1`.
    pub fn url(&self, database: &str) -> String {
        self.endpoint.url(database)
    }

    /// The private folder of the server's socket; `None` when it runs in a container.
    pub fn socket_dir(&self) -> Option<&Path> {
        self.endpoint.socket_dir()
    }

    /// The server's port. Without TCP it only takes part in the name of the socket.
    pub fn port(&self) -> u16 {
        self.endpoint.port()
    }

    /// What runs, for narration: `PostgreSQL 17.2 of /usr/lib/postgresql/17/bin`.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// The folder of the server's programs, where `psql` and `pg_dump` of the same version usually stand; `None` when
    /// it runs in a container.
    pub fn programs(&self) -> Option<&Path> {
        self.programs.as_deref()
    }
}

/// The server that tests use: `TEST_POSTGRES_URL` if it is set, else the shared throwaway cluster.
///
/// The address leads to a maintenance database from which a test makes its own.
pub fn test_server_url() -> Result<String, ClusterError> {
    match given_server_url()? {
        Some(url) => Ok(url),
        None => Ok(Cluster::shared()?.url("postgres")),
    }
}

/// `TEST_POSTGRES_URL`, if it is set.
pub(crate) fn given_server_url() -> Result<Option<String>, ClusterError> {
    match environment::read("TEST_POSTGRES_URL") {
        Some(url) if url.starts_with("postgres://") || url.starts_with("postgresql://") => Ok(Some(url)),
        Some(_) => Err(ClusterError::ForeignUrl),
        None => Ok(None),
    }
}
