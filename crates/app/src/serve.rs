//! From a free port to an app that serves, in steps that a process with several apps can take for each of them in turn.

use std::future::Future;
use std::net::SocketAddr;

use atriz_db::{Configuration, Fleet};
use atriz_kernel::SharedClock;
use atriz_web::{BindError, Server, bind};
use tokio::net::TcpListener;

use crate::app::App;
use crate::error::AppError;
use crate::pools::Pools;

/// An app that has its port and nothing else: a port that is taken is found before a database is touched. Callers who
/// are early wait in the listener's queue.
#[derive(Debug)]
pub struct Bound {
    app: App,
    listener: TcpListener,
    address: SocketAddr,
}

impl Bound {
    /// Takes the app's port: the one that `configuration` names, or the app's own.
    ///
    /// # Errors
    ///
    /// [`BindError`].
    pub async fn bind(app: &App, configuration: &Configuration) -> Result<Self, AppError> {
        let settings = configuration.apps.get(app.name);
        let settings = settings.ok_or_else(|| atriz_db::ConfigError::NoTarget { database: app.name.to_owned() });
        let settings = settings.map_err(atriz_db::Error::from)?;
        let asked = SocketAddr::new(settings.host, settings.port.unwrap_or(app.default_port));
        let listener = bind(asked).await?;
        let address = listener.local_addr().map_err(|source| BindError::Other { address: asked, source })?;
        Ok(Self { app: *app, listener, address })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Looks at the app's databases and puts its server together. `fleet` may know more databases than this app uses;
    /// `pools` must hold those that it does.
    ///
    /// # Errors
    ///
    /// As [`App::server`].
    pub async fn open(self, fleet: &Fleet, pools: &Pools, clock: SharedClock) -> Result<Serving, AppError> {
        let server = self.app.server(fleet, pools, clock).await?;
        Ok(Serving { server, listener: self.listener, address: self.address })
    }
}

/// An app that has everything it needs.
pub struct Serving {
    server: Server,
    listener: TcpListener,
    address: SocketAddr,
}

impl Serving {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `shutdown` completes and the requests in flight are answered. The pools stay open: others may use
    /// them.
    pub async fn serve(self, shutdown: impl Future<Output = ()>) {
        self.server.serve(self.listener, shutdown).await;
    }
}
