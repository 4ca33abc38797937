//! Observers that make a crash, or keep what one would leave.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, mpsc};
use std::thread;

use atriz_db::progress::{Event, Observer};
use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection};
use sea_orm::sqlx::{self, AssertSqlSafe, ConnectOptions as _, Executor as _};

use crate::scratch::{self, quote};

/// Ends the connections of a database and lets no new ones in, on a thread and a connection of its own: an observer is no place to wait for a
/// future.
#[derive(Clone)]
pub(super) struct Killer {
    orders: mpsc::Sender<Order>,
}

/// Whose connections to end, and where to say that it is done.
type Order = (Victim, mpsc::Sender<Result<(), String>>);

/// A database, and the one backend in it that is left alone.
#[derive(Clone, Debug)]
pub(super) struct Victim {
    pub(super) database: String,
    pub(super) spared: i32,
}

/// Ends everybody else's connections to the database and waits until they are gone.
const KILL: &str = "SELECT pg_catalog.pg_terminate_backend(pid, 10000) FROM pg_catalog.pg_stat_activity \
    WHERE datname = $1 AND pid <> $2";

impl Killer {
    /// Its thread ends with the last of its copies.
    pub(super) fn start(server: PgConnectOptions) -> Self {
        let (orders, incoming) = mpsc::channel::<Order>();
        thread::spawn(move || {
            let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
            let mut connection = None;
            for (victim, done) in incoming {
                // Whoever asked may have gone; then nobody wants to know.
                let _ = done.send(runtime.block_on(kill(&server, &mut connection, &victim)));
            }
        });
        Self { orders }
    }

    fn kill(&self, victim: &Victim) -> Result<(), String> {
        let (done, answer) = mpsc::channel();
        let gone = |_| "the thread that does it ended".to_owned();
        self.orders.send((victim.clone(), done)).map_err(|_| gone(mpsc::RecvError))?;
        answer.recv().map_err(gone)?
    }
}

async fn kill(server: &PgConnectOptions, open: &mut Option<PgConnection>, victim: &Victim) -> Result<(), String> {
    let told = |error: sqlx::Error| error.to_string();
    if open.is_none() {
        *open = Some(server.clone().application_name("atriz verify").connect().await.map_err(told)?);
    }
    let Some(connection) = open else { return Ok(()) };
    // A dead program connects no more; without this the pool would, and the run go on where it was.
    let close = format!("ALTER DATABASE {} ALLOW_CONNECTIONS false", quote(&victim.database));
    connection.execute(AssertSqlSafe(close)).await.map_err(told)?;
    sqlx::query(KILL).bind(&victim.database).bind(victim.spared).fetch_all(connection).await.map(drop).map_err(told)
}

/// Strikes behind one statement.
pub(super) struct Strike {
    killer: Killer,
    victim: Victim,
    behind: usize,
    struck: AtomicBool,
    failed: Mutex<Option<String>>,
}

impl Strike {
    pub(super) fn new(killer: &Killer, victim: Victim, behind: usize) -> Self {
        let (struck, failed) = (AtomicBool::new(false), Mutex::new(None));
        Self { killer: killer.clone(), victim, behind, struck, failed }
    }

    /// Whether it happened, or why not.
    pub(super) fn outcome(&self) -> Result<(), String> {
        match self.failed.lock().ok().and_then(|mut failed| failed.take()) {
            Some(reason) => Err(reason),
            None if self.struck.load(Ordering::SeqCst) => Ok(()),
            None => Err("the statement was never reached".to_owned()),
        }
    }
}

impl Observer for Strike {
    fn event(&self, event: &Event<'_>) {
        let Event::StatementFinished { number, .. } = event else { return };
        if *number == self.behind && !self.struck.swap(true, Ordering::SeqCst) {
            let killed = self.killer.kill(&self.victim);
            if let (Err(reason), Ok(mut failed)) = (killed, self.failed.lock()) {
                *failed = Some(reason);
            }
        }
    }
}

/// Copies a SQLite database behind every statement.
pub(super) struct Photographer {
    file: PathBuf,
    folder: PathBuf,
    /// Behind which statement, and where it is.
    taken: Mutex<Vec<(usize, PathBuf)>>,
    failed: Mutex<Option<String>>,
}

impl Photographer {
    pub(super) fn new(file: &Path, folder: &Path) -> Self {
        let (file, folder) = (file.to_path_buf(), folder.to_path_buf());
        Self { file, folder, taken: Mutex::default(), failed: Mutex::default() }
    }

    /// What was taken, or why not.
    pub(super) fn outcome(&self) -> Result<Vec<(usize, PathBuf)>, String> {
        match self.failed.lock().ok().and_then(|mut failed| failed.take()) {
            Some(reason) => Err(reason),
            None => Ok(self.taken.lock().map(|mut taken| std::mem::take(&mut *taken)).unwrap_or_default()),
        }
    }
}

impl Observer for Photographer {
    /// Closing a copied file gives back the locks that this process holds on it. Nobody else wants them: it is the one
    /// connection to a file of its own.
    fn event(&self, event: &Event<'_>) {
        let Event::StatementFinished { number, .. } = event else { return };
        let to = self.folder.join(format!("crash_{number}.db"));
        match (scratch::copy_file(&self.file, &to), self.taken.lock(), self.failed.lock()) {
            (Ok(()), Ok(mut taken), _) => taken.push((*number, to)),
            (Err(error), _, Ok(mut failed)) => *failed = Some(error.to_string()),
            _ => {}
        }
    }
}
