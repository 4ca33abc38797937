//! Proves migrations on scratch databases: there and back, a crash after each statement, and a second run.
//!
//! For each migration of each database on each engine:
//!
//! - *there and back*: up, down and up again give the same schema, and down gives the one before it;
//! - *crash*: wherever the program dies between two statements, on the way there or back, a second run gives the same
//!   schema as if nothing had happened;
//! - *twice*: a run over a finished migration changes nothing.
//!
//! On PostgreSQL a crash is the server ending every connection to the database and letting none in. On SQLite it is the files as they stand at
//! that moment, copied away while the connection still holds its transaction open: what kill -9 leaves behind.

mod crash;
mod error;
mod report;
mod strike;
mod subject;
mod walk;

use std::sync::{Arc, mpsc};
use std::time::Duration;

use atriz_db::progress::SharedObserver;
use atriz_db::{Descriptor, Engine};
use tokio::task::JoinSet;

use crate::scratch::Server;
pub use error::VerifyError;
pub use report::{Fault, MigrationVerdict, Proof, Verified};

/// How long scratch databases may take to go away.
const PATIENCE: Duration = Duration::from_secs(20);

/// What to prove.
#[derive(Clone)]
pub struct VerifyRequest {
    /// Which databases. Each stands alone: those it comes after are not needed.
    pub databases: Vec<Arc<Descriptor>>,
    /// On which engines.
    pub engines: Vec<Engine>,
    /// The server for PostgreSQL; that of [`Server::open`] where none is given.
    pub server: Option<Arc<Server>>,
    /// Is told of each migration that begins; the database is called `core postgres`.
    pub observer: SharedObserver,
}

/// Proves all migrations of `request`, databases and engines at the same time. The answers are in the order of databases,
/// then engines.
///
/// # Errors
///
/// [`VerifyError`] where a proof could not be begun or gone through with; a migration that fails its proof is an answer.
pub async fn verify(request: VerifyRequest) -> Result<Vec<Verified>, VerifyError> {
    let VerifyRequest { databases, engines, mut server, observer } = request;
    if server.is_none() && engines.contains(&Engine::Postgres) {
        server = Some(Server::open().await?);
    }
    let pairs = databases.iter().flat_map(|database| engines.iter().map(move |engine| (Arc::clone(database), *engine)));
    let mut walks = Walks::new();
    for (place, (database, engine)) in pairs.enumerate() {
        let (server, observer) = (server.clone().filter(|_| engine == Engine::Postgres), Arc::clone(&observer));
        walks.spawn(async move { (place, walk::all(&database, engine, server, &observer).await) });
    }
    let mut answers = Vec::new();
    while let Some(joined) = walks.tasks.join_next().await {
        let (place, answer) = joined.map_err(|error| VerifyError::Broken { reason: error.to_string() })?;
        answers.push((place, answer?));
    }
    answers.sort_by_key(|(place, _)| *place);
    Ok(answers.into_iter().map(|(_, answer)| answer).collect())
}

/// What one walk answers, and its place.
type Answer = (usize, Result<Verified, VerifyError>);

/// The walks under way. Whoever gives them up, at Ctrl-C or after the first error, waits until their scratch databases are
/// gone: a task that is told to end does so a moment later, and the program might be faster.
struct Walks {
    tasks: JoinSet<Answer>,
    /// Held by each task until it has ended.
    held: Option<mpsc::Sender<()>>,
    ended: mpsc::Receiver<()>,
}

impl Walks {
    fn new() -> Self {
        let (held, ended) = mpsc::channel();
        Self { tasks: JoinSet::new(), held: Some(held), ended }
    }

    fn spawn(&mut self, walk: impl Future<Output = Answer> + Send + 'static) {
        let held = self.held.clone();
        self.tasks.spawn(async move {
            // Dropped behind everything that the walk holds.
            let _held = held;
            walk.await
        });
    }
}

impl Drop for Walks {
    fn drop(&mut self) {
        self.tasks.abort_all();
        self.held = None;
        // An error says that the last one is gone, or that one hangs; there is nothing more to do in either case.
        let _ = self.ended.recv_timeout(PATIENCE);
    }
}
