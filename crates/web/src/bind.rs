//! Taking a port. It is apart from serving, so that a process with several apps can take all its ports first and serve
//! nothing when one is missing.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;

use thiserror::Error;
use tokio::net::TcpListener;

/// A port cannot be taken.
#[derive(Debug, Error)]
pub enum BindError {
    /// Another program listens there.
    #[error("port {} is already in use on {}", .0.port(), .0.ip())]
    InUse(SocketAddr),
    /// The system keeps the port for itself or for privileged users.
    #[error("port {} on {} may not be used by this user", .0.port(), .0.ip())]
    NotAllowed(SocketAddr),
    /// The machine does not have the address.
    #[error("{} is not an address of this machine (port {})", .0.ip(), .0.port())]
    NotLocal(SocketAddr),
    /// Anything else.
    #[error("cannot listen on port {} of {}: {source}", .address.port(), .address.ip())]
    Other {
        /// The address and port that were asked for.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
}

impl BindError {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::InUse(_) => "stop the program that uses it, or set PORT to another one",
            Self::NotAllowed(_) => "set PORT to 1024 or above",
            Self::NotLocal(_) => "use 127.0.0.1 for this machine alone, or 0.0.0.0 for all its addresses",
            Self::Other { .. } => "check the address and PORT",
        }
    }

    fn new(address: SocketAddr, source: io::Error) -> Self {
        match source.kind() {
            ErrorKind::AddrInUse => Self::InUse(address),
            ErrorKind::PermissionDenied => Self::NotAllowed(address),
            ErrorKind::AddrNotAvailable => Self::NotLocal(address),
            _ => Self::Other { address, source },
        }
    }
}

/// Takes an address and port; port 0 is any free one. Connections wait until the listener is served.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, BindError> {
    TcpListener::bind(address).await.map_err(|source| BindError::new(address, source))
}
