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
    /// A pending migration is older than an applied one, and runs nevertheless.
    OutOfOrder {
        /// The database.
        database: &'a str,
        /// The late one.
        version: &'a str,
        /// The newest applied one.
        applied: &'a str,
    },
    /// A statement of a migration ran; within a transaction that is not committed yet, or alone and journaled.
    StatementFinished {
        /// The database.
        database: &'a str,
        /// The migration.
        version: &'a str,
        /// Its place in the file, from one.
        number: usize,
        /// How many the file has.
        count: usize,
    },
    /// How a statement that takes long gets on.
    StatementProgress {
        /// The database.
        database: &'a str,
        /// What the server says of it.
        progress: &'a str,
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
    /// A lock was not granted in time; the seed is tried again.
    SeedRetried {
        /// The database.
        database: &'a str,
        /// The file.
        file: &'a str,
        /// Why.
        reason: &'a str,
    },
    /// Rows refer to another database, which holds none of those they name.
    ParentsMissing {
        /// The database.
        database: &'a str,
        /// The table with the rows.
        table: &'a str,
        /// How many rows refer.
        rows: u64,
        /// The table that they refer to.
        parents: &'a str,
        /// The database it should stand in.
        other: &'a str,
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
