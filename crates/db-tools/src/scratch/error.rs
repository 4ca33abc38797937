//! Why there is no scratch database.

use std::io;

use thiserror::Error;

use crate::cluster::ClusterError;

/// Why there is no scratch database.
#[derive(Clone, Debug, Error)]
pub enum ScratchError {
    /// No throwaway server.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    /// The toolkit could not make or reach it.
    #[error("a scratch database: {0}")]
    Database(#[from] atriz_db::Error),
    /// The address of a server that cannot be read.
    #[error("the address of the server for scratch databases is no PostgreSQL URL: {reason}")]
    Address {
        /// What is wrong with it.
        reason: String,
    },
    /// The server refused.
    #[error("the scratch database `{database}`: cannot {action}: {reason}")]
    Server {
        /// Which.
        database: String,
        /// What was to be done.
        action: &'static str,
        /// What the server says.
        reason: String,
    },
    /// The temporary folder.
    #[error("a file of a scratch database cannot be copied or made: {reason}")]
    File {
        /// What the system says.
        reason: String,
    },
}

impl ScratchError {
    pub(super) fn folder(error: &io::Error) -> Self {
        Self::File { reason: error.to_string() }
    }

    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Cluster(_) => "`--engine sqlite` needs no server".to_owned(),
            Self::Database(error) => error.hint(),
            Self::Address { .. } => "it is written postgres://user:password@host:5432/postgres".to_owned(),
            Self::Server { .. } => {
                "it needs a server that answers, and a login that may make databases and roles".to_owned()
            }
            Self::File { .. } => "make room in the temporary folder, or set TMPDIR to one that has it".to_owned(),
        }
    }
}
