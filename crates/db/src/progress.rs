//! What the toolkit tells while it works. It never prints: the caller decides what becomes of it.

use std::sync::Arc;
use std::time::Duration;

/// Something happened.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// Somebody else holds the lock.
    LockWaiting {
        /// The database.
        database: &'a str,
        /// Who holds it.
        holder: &'a str,
    },
    /// A migration begins.
    MigrationStarted {
        /// The database.
        database: &'a str,
        /// The migration.
        version: &'a str,
        /// Its place among those of this run, from one.
        number: usize,
        /// How many there are.
        count: usize,
    },
    /// A statement of a migration ran. It is not committed yet, or, where it runs alone, its result is not journaled yet:
    /// whoever is told stands at the worst moment for a crash.
    StatementFinished {
        /// The database.
        database: &'a str,
        /// The migration.
        version: &'a str,
        /// The statement's place in its file, from one.
        number: usize,
        /// How many there are; one for a migration in Rust.
        count: usize,
    },
    /// A migration is done.
    MigrationFinished {
        /// The database.
        database: &'a str,
        /// The migration.
        version: &'a str,
        /// How long it took.
        took: Duration,
    },
    /// A lock was not granted in time; the migration is tried again.
    MigrationRetried {
        /// The database.
        database: &'a str,
        /// The migration.
        version: &'a str,
        /// Why.
        reason: &'a str,
    },
    /// A seed file begins.
    SeedStarted {
        /// The database.
        database: &'a str,
        /// The file.
        file: &'a str,
        /// Its place among those of this run, from one.
        number: usize,
        /// How many there are.
        count: usize,
    },
    /// A seed file is done.
    SeedFinished {
        /// The database.
        database: &'a str,
        /// The file.
        file: &'a str,
        /// Rows inserted or changed.
        rows: u64,
    },
}

/// Who is told.
pub trait Observer: Send + Sync {
    /// Something happened. Called from several tasks at once; must not block.
    fn event(&self, event: &Event<'_>);
}

/// An observer that many tasks hold.
pub type SharedObserver = Arc<dyn Observer>;

/// Tells nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Observer for Silent {
    fn event(&self, _: &Event<'_>) {}
}
