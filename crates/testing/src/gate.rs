//! A way to the tests' PostgreSQL that a test can close, as if the server had stopped.

use std::path::PathBuf;

use atriz_db::Target;
use sea_orm::sqlx::postgres::PgConnectOptions;
use tokio::io::{AsyncRead, AsyncWrite, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::fleet::TestFleet;
use crate::server::{options, server_variables};

/// Connections that go through this process.
#[derive(Debug)]
pub struct Gate {
    port: u16,
    open: JoinHandle<()>,
}

impl Gate {
    /// Leads the app's own connections to database `name` through a new gate. Call it before the pools are opened.
    pub async fn before(databases: &mut TestFleet, name: &str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a test can have a port");
        let port = listener.local_addr().expect("a listener knows where it listens").port();
        let target = databases.fleet.configuration.targets.get_mut(name).expect("a test names its own databases");
        let Target::Postgres(target) = target else { panic!("{name} is on no server") };
        let mut login = PgConnectOptions::new_without_pgpass().host("127.0.0.1").port(port);
        login = login.username(options().get_username()).database(&target.database);
        if let Some(password) = server_variables().get("PGPASSWORD") {
            login = login.password(password);
        }
        target.migrate = Some(login);
        Self { port, open: tokio::spawn(forward(listener)) }
    }

    /// Breaks all connections and refuses new ones.
    pub async fn close(&mut self) {
        self.open.abort();
        // It ends with being cancelled; the ports are closed by then.
        let _ = (&mut self.open).await;
    }

    /// Lets new connections through again.
    pub async fn open(&mut self) {
        let listener = TcpListener::bind(("127.0.0.1", self.port)).await.expect("nobody else has taken the port");
        self.open = tokio::spawn(forward(listener));
    }
}

async fn forward(listener: TcpListener) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(async move {
            let server = options();
            let (host, port) = (server.get_host(), server.get_port());
            let socket = server.get_socket().cloned().or_else(|| host.starts_with('/').then(|| PathBuf::from(host)));
            match socket {
                Some(folder) => join(stream, UnixStream::connect(folder.join(format!(".s.PGSQL.{port}"))).await).await,
                None => join(stream, TcpStream::connect((host, port)).await).await,
            }
        });
    }
}

/// An end that is cut off is what the test is about.
async fn join(mut one: TcpStream, other: std::io::Result<impl AsyncRead + AsyncWrite + Unpin>) {
    if let Ok(mut other) = other {
        let _ = copy_bidirectional(&mut one, &mut other).await;
    }
}
