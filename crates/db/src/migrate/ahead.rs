//! Migrations of a new database that run ahead: while those it comes after are still at work, and in one transaction that
//! is committed when they are done.
//!
//! A new database holds nothing and nobody waits for it, so that its transaction may stay open. If one of those it comes
//! after fails, nothing of it has been there.

use std::sync::atomic::Ordering;
use std::time::Duration;

use sea_orm::{ConnectionTrait, DatabaseTransaction};

use super::executor::{Executor, Limit, Looked, Outcome, flushing_is};
use super::folder::{Body, Migration, Mode, Script};
use super::in_transaction::Travel;
use super::run_one::One;
use super::split::Statement;
use super::{Direction, MigrationError};
use crate::Engine;
use crate::progress::Event;
use crate::tracking::append_applied;

/// At most so many statements beside comments: each table that an open transaction has made takes its place in the
/// server's memory for locks, which all of its databases share.
const STATEMENTS: usize = 100;

/// Nobody waits for what this transaction holds, so that it may take as long as all of its migrations, and wait as long as
/// the others.
const PATIENCE: &str = "SET LOCAL idle_in_transaction_session_timeout = 0; \
    SELECT pg_catalog.set_config('transaction_timeout', '0', true) \
    WHERE pg_catalog.current_setting('server_version_num')::integer >= 170000";

/// What has run ahead, and is not committed.
pub(crate) struct Ahead {
    transaction: DatabaseTransaction,
    /// The versions, and how long each took.
    ran: Vec<(String, Duration)>,
    /// How many are pending in all.
    count: usize,
}

impl Executor<'_> {
    /// Runs what is pending, from the first on, in one transaction that stays open; the caller holds the lock. Nothing if
    /// there is nothing that may, or if any of it fails: then none of it has happened, and the run in its turn tells why.
    pub(crate) async fn run_ahead(&self, looked: &Looked, limit: &Limit) -> Option<Ahead> {
        if self.session.engine != Engine::Postgres || matches!(limit, Limit::Count(_)) {
            return None;
        }
        let pending = self.pending(&looked.state, limit).await.ok()?;
        let migrations = those_that_may(pending.iter().map_while(|version| self.folder.get(version)));
        if migrations.is_empty() {
            return None;
        }
        let transaction = self.session.begin().await.ok()?;
        let is_all = migrations.len() == pending.len();
        if let Some(ran) = self.run_within(&transaction, &migrations, is_all).await {
            return Some(Ahead { transaction, ran, count: pending.len() });
        }
        take_back(transaction).await;
        None
    }

    async fn run_within(
        &self,
        transaction: &DatabaseTransaction,
        migrations: &[(&Migration, &Script)],
        is_all: bool,
    ) -> Option<Vec<(String, Duration)>> {
        let (mut ran, mut journal) = (Vec::with_capacity(migrations.len()), Vec::new());
        transaction.execute_unprepared(PATIENCE).await.ok()?;
        for (migration, script) in migrations {
            if self.context.stop.load(Ordering::SeqCst) {
                return None;
            }
            let one = One { quiet: true, ..One::new(self, migration, Direction::Up) };
            let lines = one.statements(script, Travel::Together, transaction).await.ok()?;
            journal.extend(one.end(transaction, lines, script.statements.len()).await.ok()?);
            if one.may_change_settings() {
                self.restore_settings_on(transaction).await.ok()?;
                transaction.execute_unprepared(PATIENCE).await.ok()?;
            }
            ran.push((migration.version.clone(), one.started.elapsed()));
        }
        append_applied(transaction, self.session.engine, &journal).await.ok()?;
        transaction.execute_unprepared(flushing_is(is_all)).await.ok()?;
        Some(ran)
    }
}

impl Ahead {
    /// Commits, and tells of what is applied with that.
    pub(crate) async fn commit(self, executor: &Executor<'_>, outcome: &mut Outcome) -> Result<(), MigrationError> {
        self.transaction.commit().await.map_err(|error| executor.failed(&error))?;
        let (database, observer) = (executor.database.name.as_str(), &executor.context.observer);
        for (index, (version, took)) in self.ran.into_iter().enumerate() {
            let (number, count, told) = (index + 1, self.count, version.as_str());
            observer.event(&Event::MigrationStarted { database, version: told, number, count });
            observer.event(&Event::MigrationFinished { database, version: told, took });
            outcome.versions.push(version);
        }
        Ok(())
    }

    /// Whether nothing is left to do behind it.
    pub(crate) fn is_all(&self) -> bool {
        self.ran.len() == self.count
    }

    /// Takes all of it back.
    pub(crate) async fn take_back(self) {
        take_back(self.transaction).await;
    }
}

async fn take_back(transaction: DatabaseTransaction) {
    // A connection that cannot roll back is gone, and the server rolls back by itself.
    let _ = transaction.rollback().await;
}

/// The first of the migrations, as far as they leave nothing in the transaction that the next would not find behind a
/// commit: settings are put back, and whatever else would stay ends the row.
fn those_that_may<'a>(pending: impl Iterator<Item = &'a Migration>) -> Vec<(&'a Migration, &'a Script)> {
    let mut left = STATEMENTS;
    let may = |migration: &'a Migration| match &migration.body {
        Body::Sql { up, .. } if up.mode == Mode::Transaction && up.statements.iter().all(leaves_nothing) => {
            let statements = up.statements.iter().filter(|statement| statement.word(0) != "comment").count();
            left = left.checked_sub(statements)?;
            Some((migration, up.as_ref()))
        }
        _ => None,
    };
    pending.map_while(may).collect()
}

/// Whether the end of the transaction changes nothing about what this statement did, but that it stays.
fn leaves_nothing(statement: &Statement) -> bool {
    const KNOWN: [&str; 13] = [
        "alter", "comment", "create", "delete", "do", "drop", "grant", "insert", "refresh", "revoke", "select",
        "update", "with",
    ];
    // Constraints that wait for the commit, and tables that end with it.
    const WAITING: [&str; 5] = ["deferrable", "deferred", "local", "temp", "temporary"];
    KNOWN.contains(&statement.word(0).as_str()) && !WAITING.iter().any(|word| statement.has_word(word))
}
