//! The first migrations of an empty database, several in one transaction.
//!
//! It holds nothing and nobody waits for it, so that its transactions may be long. One that comes after others runs ahead:
//! while those are still at work, and in a transaction that is committed when they are done. If one of them fails, nothing
//! of it has been there.

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

/// At most so many statements beside comments run this way: each table that an open transaction has made takes its place in
/// the server's memory for locks, which all of its databases share.
const MOST: usize = 100;

/// At most so many are in one transaction of a database whose turn it is, unless one migration alone has more: what is
/// committed goes to the disk while the next run.
const AT_ONCE: usize = 25;

/// What has run in one transaction, and is not committed.
pub(crate) struct Several {
    transaction: DatabaseTransaction,
    /// The versions, and how long each took.
    ran: Vec<(String, Duration)>,
    place: Place,
    /// Whether the observer knows that they began.
    told: bool,
}

/// Where migrations stand among those of the run.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// How many are done.
    done: usize,
    /// How many are pending in all.
    count: usize,
}

/// What runs in one transaction.
type Row<'a> = Vec<(&'a Migration, &'a Script)>;

impl Executor<'_> {
    /// Runs what is pending, from the first on, in one transaction that stays open; the caller holds the lock. Nothing if
    /// there is nothing that may, or if any of it fails: then none of it has happened, and the run in its turn tells why.
    pub(crate) async fn run_ahead(&self, looked: &Looked, limit: &Limit) -> Option<Several> {
        if self.session.engine != Engine::Postgres || matches!(limit, Limit::Count(_)) {
            return None;
        }
        let pending = self.pending(&looked.state, limit).await.ok()?;
        let migrations = self.those_that_may(&pending, MOST, MOST);
        if migrations.is_empty() {
            return None;
        }
        let several = self.run_several(&migrations, Place { done: 0, count: pending.len() }, false).await?;
        if several.ran.len() == migrations.len() {
            // Nobody waits for what this transaction holds, so that it may wait as long as the others take.
            let patience = "SET LOCAL idle_in_transaction_session_timeout = 0";
            if several.transaction.execute_unprepared(patience).await.is_ok() {
                return Some(several);
            }
        }
        several.take_back().await;
        None
    }

    /// Applies the first of `pending` to a database that was empty, several in one transaction, and answers how many are
    /// done. Those that fail are left: nothing of them has happened, and each by itself tells why.
    ///
    /// # Errors
    ///
    /// What the engine says to a commit.
    pub(super) async fn run_first(&self, pending: &[String], outcome: &mut Outcome) -> Result<usize, MigrationError> {
        let (mut done, mut left, count) = (0, MOST, pending.len());
        if self.session.engine != Engine::Postgres || count < 2 {
            return Ok(done);
        }
        while !self.context.stop.load(Ordering::SeqCst) {
            let migrations = self.those_that_may(&pending[done..], AT_ONCE, left);
            if migrations.is_empty() {
                break;
            }
            left -= migrations.iter().map(|(_, script)| statements(script)).sum::<usize>();
            let Some(several) = self.run_several(&migrations, Place { done, count }, true).await else { break };
            done += several.ran.len();
            several.commit(self, outcome).await?;
        }
        Ok(done)
    }

    fn those_that_may(&self, pending: &[String], at_once: usize, left: usize) -> Row<'_> {
        those_that_may(pending.iter().map_while(|version| self.folder.get(version)), at_once, left)
    }

    /// Runs the migrations in one transaction, up to where the run is stopped. Nothing if any of them fails.
    async fn run_several(&self, migrations: &Row<'_>, place: Place, told: bool) -> Option<Several> {
        let transaction = self.session.begin().await.ok()?;
        let Some(ran) = self.run_within(&transaction, migrations, place, told).await else {
            take_back(transaction).await;
            return None;
        };
        Some(Several { transaction, ran, place, told })
    }

    async fn run_within(
        &self,
        transaction: &DatabaseTransaction,
        migrations: &Row<'_>,
        place: Place,
        told: bool,
    ) -> Option<Vec<(String, Duration)>> {
        let (mut ran, mut journal) = (Vec::with_capacity(migrations.len()), Vec::new());
        for (migration, script) in migrations {
            if self.context.stop.load(Ordering::SeqCst) {
                break;
            }
            if told {
                self.tell_start(&migration.version, place.number(ran.len()));
            }
            let one = One { quiet: !told, ..One::new(self, migration, Direction::Up) };
            let lines = one.statements(script, Travel::Together, transaction).await.ok()?;
            journal.extend(one.end(transaction, lines, script.statements.len()).await.ok()?);
            if one.may_change_settings() {
                self.restore_settings_on(transaction).await.ok()?;
            }
            ran.push((migration.version.clone(), one.started.elapsed()));
        }
        if ran.is_empty() {
            return None;
        }
        append_applied(transaction, self.session.engine, &journal).await.ok()?;
        if place.done + ran.len() == place.count {
            transaction.execute_unprepared(flushing_is(true)).await.ok()?;
        }
        Some(ran)
    }

    fn tell_start(&self, version: &str, (number, count): (usize, usize)) {
        let database = self.database.name.as_str();
        self.context.observer.event(&Event::MigrationStarted { database, version, number, count });
    }
}

impl Place {
    /// The number of the migration behind `more`, and how many there are.
    fn number(self, more: usize) -> (usize, usize) {
        (self.done + more + 1, self.count)
    }
}

impl Several {
    /// Commits, and tells of what is applied with that.
    pub(crate) async fn commit(self, executor: &Executor<'_>, outcome: &mut Outcome) -> Result<(), MigrationError> {
        self.transaction.commit().await.map_err(|error| executor.failed(&error))?;
        let (database, observer) = (executor.database.name.as_str(), &executor.context.observer);
        for (index, (version, took)) in self.ran.into_iter().enumerate() {
            if !self.told {
                executor.tell_start(&version, self.place.number(index));
            }
            observer.event(&Event::MigrationFinished { database, version: &version, took });
            outcome.versions.push(version);
        }
        Ok(())
    }

    /// Whether nothing is left to do behind it.
    pub(crate) fn is_all(&self) -> bool {
        self.place.done + self.ran.len() == self.place.count
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
/// commit: settings are put back, and whatever else would stay ends the row. They have at most `at_once` statements, or are
/// one, and at most `left`.
fn those_that_may<'a>(pending: impl Iterator<Item = &'a Migration>, at_once: usize, left: usize) -> Row<'a> {
    let (mut row, mut sum) = (Row::new(), 0);
    for migration in pending {
        let Body::Sql { up, .. } = &migration.body else { break };
        sum += statements(up);
        let fits = sum <= left && (row.is_empty() || sum <= at_once);
        if !fits || up.mode != Mode::Transaction || !up.statements.iter().all(leaves_nothing) {
            break;
        }
        row.push((migration, up.as_ref()));
    }
    row
}

/// Beside comments.
fn statements(script: &Script) -> usize {
    script.statements.iter().filter(|statement| statement.word(0) != "comment").count()
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
