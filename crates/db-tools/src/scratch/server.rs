//! The server that scratch databases stand on.

use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection};
use sea_orm::sqlx::{self, ConnectOptions as _, Error};
use tokio::time::timeout;

use super::ScratchError;
use crate::cluster::{Cluster, ClusterError, Options};

/// A PostgreSQL server: a throwaway one that ends with this value, or one that was there before.
#[derive(Debug)]
pub struct Server {
    options: PgConnectOptions,
    /// Whether databases must be dropped, since the server stays.
    pub(super) stays: bool,
    /// Ends with this value.
    cluster: Option<Cluster>,
}

impl Server {
    /// The server of `TEST_POSTGRES_URL` if it is set; else starts a throwaway one.
    ///
    /// # Errors
    ///
    /// [`ScratchError::Cluster`] where there is no PostgreSQL to start.
    pub async fn open() -> Result<Arc<Self>, ScratchError> {
        if let Some(url) = crate::cluster::given_server_url()? {
            return Self::at(&url);
        }
        let started = tokio::task::spawn_blocking(|| Cluster::start(Options::default())).await;
        let cluster = started.map_err(|error| ScratchError::Server {
            database: "postgres".to_owned(),
            action: "start",
            reason: error.to_string(),
        })??;
        let options = parse(&cluster.url("postgres"))?;
        Ok(Arc::new(Self { options, stays: false, cluster: Some(cluster) }))
    }

    /// As [`Server::open`], but rather than start a server takes the one of `configured`, if it answers soon and its login
    /// may make databases and roles.
    ///
    /// # Errors
    ///
    /// As [`Server::open`].
    pub async fn open_beside(configured: Option<&PgConnectOptions>) -> Result<Arc<Self>, ScratchError> {
        let given = crate::cluster::given_server_url()?.is_some();
        // The configured database may not be made yet.
        let configured = configured.filter(|_| !given).map(|options| options.clone().database("postgres"));
        match configured {
            Some(options) if timeout(PATIENCE, may_make_databases(&options)).await.unwrap_or(false) => {
                Ok(Arc::new(Self { options, stays: true, cluster: None }))
            }
            _ => Self::open().await,
        }
    }

    /// The server at `url`, whose login may make databases and roles.
    ///
    /// # Errors
    ///
    /// [`ScratchError::Address`].
    pub fn at(url: &str) -> Result<Arc<Self>, ScratchError> {
        Ok(Arc::new(Self { options: parse(url)?, stays: true, cluster: None }))
    }

    /// The server that tests use: the one of `TEST_POSTGRES_URL`, else the shared throwaway one of this process.
    ///
    /// # Errors
    ///
    /// [`ScratchError::Cluster`].
    pub async fn of_tests() -> Result<Arc<Self>, ScratchError> {
        let url = tokio::task::spawn_blocking(crate::cluster::test_server_url).await;
        let url: Result<String, ClusterError> =
            url.map_err(|error| ScratchError::Address { reason: error.to_string() })?;
        Self::at(&url?)
    }

    /// The folder of its programs, where it is a throwaway one of programs installed here.
    pub(crate) fn programs(&self) -> Option<&std::path::Path> {
        self.cluster.as_ref().and_then(Cluster::programs)
    }

    /// Its login, aimed at its maintenance database.
    pub(crate) fn options(&self) -> &PgConnectOptions {
        &self.options
    }

    /// A connection to its maintenance database.
    pub(crate) async fn connect(&self) -> Result<PgConnection, ScratchError> {
        let connected = self.options.clone().application_name("atriz scratch").connect().await;
        connected.map_err(|error| refused("postgres", "connect", &error))
    }
}

/// How long a configured server may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether the server answers, and the login may make databases and roles there.
async fn may_make_databases(options: &PgConnectOptions) -> bool {
    const MAY: &str =
        "SELECT rolsuper OR (rolcreatedb AND rolcreaterole) FROM pg_catalog.pg_roles WHERE rolname = current_user";
    let connected = options.clone().application_name("atriz scratch").connect().await;
    let Ok(mut connection) = connected else { return false };
    sqlx::query_scalar(MAY).fetch_one(&mut connection).await.unwrap_or(false)
}

fn parse(url: &str) -> Result<PgConnectOptions, ScratchError> {
    PgConnectOptions::from_str(url).map_err(|error| ScratchError::Address { reason: error.to_string() })
}

pub(super) fn refused(database: &str, action: &'static str, error: &Error) -> ScratchError {
    ScratchError::Server { database: database.to_owned(), action, reason: error.to_string() }
}
