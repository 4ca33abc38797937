//! Progress: as lines for somebody who waits, or as entries of the log for a program that is about to serve.

use atriz_db::progress::{Event, Observer};

use super::print::narrate;

/// Tells progress on stderr.
pub(super) struct Narrator;

impl Observer for Narrator {
    fn event(&self, event: &Event<'_>) {
        match *event {
            Event::LockWaiting { database, holder } => narrate(format_args!("{database}: waiting for {holder}")),
            Event::MigrationStarted { .. } | Event::StatementFinished { .. } | Event::SeedStarted { .. } => {}
            Event::MigrationFinished { database, version, took } => {
                narrate(format_args!("{database}: {version} ({} ms)", took.as_millis()));
            }
            Event::MigrationRetried { database, version, reason } => {
                narrate(format_args!("{database}: {version} is tried again: {reason}"));
            }
            Event::SeedFinished { database, file, rows } => {
                narrate(format_args!("{database}: {file} ({rows} rows written)"));
            }
        }
    }
}

/// Tells progress in the log.
pub(super) struct Logger;

impl Observer for Logger {
    fn event(&self, event: &Event<'_>) {
        match *event {
            Event::LockWaiting { database, holder } => tracing::info!(database, holder, "waiting for the lock"),
            Event::MigrationStarted { .. } | Event::StatementFinished { .. } | Event::SeedStarted { .. } => {}
            Event::MigrationFinished { database, version, .. } => tracing::info!(database, version, "migrated"),
            Event::MigrationRetried { database, version, reason } => {
                tracing::warn!(database, version, reason, "the migration is tried again");
            }
            Event::SeedFinished { database, file, rows } => tracing::info!(database, file, rows, "seeded"),
        }
    }
}
