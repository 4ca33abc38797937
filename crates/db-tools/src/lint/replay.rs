//! SQLite's own word: the folder is replayed in memory, and what SQLite refuses is a finding.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use atriz_db::migrate::{Direction, Mode, Piece};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbErr, RuntimeErr};

use super::LintError;
use super::file::File;
use super::hit::Hit;

/// After how many of its own steps SQLite asks whether to go on.
const STEPS: i32 = 1_000_000;

/// How often it may go on within one file or statement: some seconds. The tables are all but empty, so what needs more
/// has no end.
const MOST: u32 = 300;

/// A database in memory that files run on.
struct Memory {
    /// How often SQLite has asked since the last file or statement began.
    asked: Arc<AtomicU32>,
    connection: DatabaseConnection,
    /// Whether a statement was refused: what misses its work would be refused too.
    broken: bool,
}

/// Runs all files there, and then all the way back, and adds hits to those that hold a refused statement.
pub(super) async fn replay(files: &mut [File<'_>]) -> Result<(), LintError> {
    if files.iter().all(|file| file.released) {
        return Ok(());
    }
    let memory = |error: DbErr| LintError::Memory { reason: error.to_string() };
    let mut options = ConnectOptions::new("sqlite::memory:");
    options.max_connections(1).sqlx_logging(false).test_before_acquire(false);
    let connection = Database::connect(options).await.map_err(memory)?;
    let asked = bounded(&connection).await.map_err(|error| LintError::Memory { reason: error.to_string() })?;
    let mut memory = Memory { asked, connection, broken: false };
    for file in files.iter_mut().filter(|file| file.direction == Direction::Up) {
        let hits = memory.file(file).await;
        file.hits.extend(hits);
    }
    // Taking each back on the spot would make SQLite read the whole schema again, each time.
    for file in files.iter_mut().rev().filter(|file| file.direction == Direction::Down) {
        // Behind what was refused, and before what has no way back, nothing is as a file expects it.
        let nothing = file.statements.is_empty() && file.directives.only.is_none();
        if memory.broken || nothing || file.released {
            break;
        }
        let hits = memory.file(file).await;
        file.hits.extend(hits);
    }
    memory.connection.close().await.map_err(|error| LintError::Memory { reason: error.to_string() })
}

/// Has SQLite ask now and then whether to go on, and answers the count of that.
async fn bounded(connection: &DatabaseConnection) -> Result<Arc<AtomicU32>, sea_orm::sqlx::Error> {
    let asked = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&asked);
    let mut single = connection.get_sqlite_connection_pool().acquire().await?;
    let goes_on = move || count.fetch_add(1, Ordering::Relaxed) < MOST;
    single.lock_handle().await?.set_progress_handler(STEPS, goes_on);
    Ok(asked)
}

impl Memory {
    async fn run(&self, sql: &str) -> Result<(), DbErr> {
        self.asked.store(0, Ordering::Relaxed);
        self.connection.execute_unprepared(sql).await.map(drop)
    }

    async fn keys(&self, file: &File<'_>, state: &str) {
        if file.mode == Mode::Rebuild {
            // The pragma itself cannot fail.
            let _ = self.run(&format!("PRAGMA foreign_keys = {state}")).await;
        }
    }

    /// All statements at once; only where that fails, one by one.
    async fn file(&mut self, file: &File<'_>) -> Vec<Hit> {
        if file.statements.is_empty() {
            return Vec::new();
        }
        self.keys(file, "OFF").await;
        let mut hits = Vec::new();
        if self.run(&format!("SAVEPOINT lint;\n{};\nRELEASE lint", whole(file))).await.is_err() {
            let _ = self.run("ROLLBACK TO lint; RELEASE lint").await;
            hits = self.one_by_one(file).await;
        }
        self.keys(file, "ON").await;
        hits
    }

    async fn one_by_one(&mut self, file: &File<'_>) -> Vec<Hit> {
        let mut hits = Vec::new();
        for statement in file.statements.iter().filter(|statement| runs(statement)) {
            let Err(error) = self.run(statement.text).await else { continue };
            let endless = self.asked.load(Ordering::Relaxed) > MOST;
            let message = if endless { "it goes on without end, and was stopped".to_owned() } else { words(&error) };
            let follows = self.broken && message.starts_with("no such");
            self.broken = true;
            if !follows {
                hits.push(refused(statement, &message));
            }
        }
        hits
    }
}

fn whole(file: &File<'_>) -> String {
    let texts = file.statements.iter().filter(|statement| runs(statement)).map(|statement| statement.text);
    // A comment at the end of a statement would swallow what follows on its line.
    texts.collect::<Vec<_>>().join("\n;\n")
}

/// Whether it is run here: the others have rules of their own.
fn runs(statement: &Piece<'_>) -> bool {
    const LEFT_OUT: [&str; 11] =
        ["vacuum", "attach", "detach", "pragma", "begin", "commit", "rollback", "end", "savepoint", "release", "start"];
    !LEFT_OUT.contains(&statement.word(0).as_str())
}

/// The finding, at the word that SQLite names.
fn refused(statement: &Piece<'_>, message: &str) -> Hit {
    let named = message.split_once("near \"").and_then(|(_, rest)| rest.split_once('"')).map(|(word, _)| word);
    let named = named.or_else(|| message.rsplit_once(": ").map(|(_, name)| name.rsplit('.').next().unwrap_or(name)));
    let at = named
        .and_then(|name| statement.tokens.iter().position(|token| token.trim_matches('"').eq_ignore_ascii_case(name)));
    Hit::on("sqlite-refused", statement, at.unwrap_or(0), 1, format!("SQLite says: {message}"))
}

fn words(error: &DbErr) -> String {
    let (DbErr::Exec(RuntimeErr::SqlxError(inner)) | DbErr::Query(RuntimeErr::SqlxError(inner))) = error else {
        return error.to_string();
    };
    inner.as_database_error().map_or_else(|| inner.to_string(), |error| error.message().to_owned())
}
