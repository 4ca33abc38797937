//! Migrations whose statements run alone.
//!
//! A statement that could run in a transaction runs in one with its line of the journal, so that both are there or neither
//! is. One that cannot is announced before and reported after; if the end of it was never seen, what it left in the
//! database says whether it ran, and where nothing can say, somebody has to.

use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait, DbErr};

use super::building::Progress;
use super::concurrent::{self, Trace, leaves_no_trace};
use super::content::runs_alone;
use super::error::Left;
use super::executor::Executor;
use super::folder::Script;
use super::run_one::{Failed, One};
use super::split::Statement;
use super::{Direction, MigrationError};
use crate::Engine;
use crate::connect::of_driver;
use crate::lock::{check_held, commit_held};
use crate::progress::Event as Happened;
use crate::tracking::{Begun, Event, Steps, append};

impl One<'_> {
    /// Each statement alone. A second run goes on behind the last one that ran.
    pub(super) async fn alone(&self, script: &Script) -> Result<(), Failed> {
        let count = script.statements.len();
        let done = self.done_before(script).await?;
        for (index, statement) in script.statements.iter().enumerate().skip(done) {
            if runs_outside(statement, self.executor.session.engine) {
                self.check_connection().await?;
                self.send_outside(script, index).await?;
            } else {
                let sent = self.send_within(index, count, statement).await;
                let left = if index > 0 { Left::Before } else { Left::Nothing };
                sent.map_err(|error| Self::statement_failed(script, index, &error, left))?;
            }
        }
        self.check_connection().await?;
        let transaction = self.begin().await?;
        self.finish(transaction, Vec::new(), count).await
    }

    /// Refuses what cannot be taken back once the lock or the connection is another.
    pub(super) async fn check_connection(&self) -> Result<(), MigrationError> {
        let session = self.executor.session;
        check_held(session, &session.connection).await.map_err(|error| self.executor.failed(&error))?;
        session.is_unbroken().map_err(|error| self.executor.failed(&of_driver(error)))
    }

    /// One statement and its line in one transaction.
    async fn send_within(&self, index: usize, count: usize, statement: &Statement) -> Result<(), DbErr> {
        let session = self.executor.session;
        let started = Instant::now();
        let mut transaction = session.begin().await?;
        match self.send(statement, &transaction).await {
            Err(error) if self.had_nothing_to_take(statement, &error) => {
                transaction.rollback().await?;
                transaction = session.begin().await?;
            }
            sent => sent?,
        }
        self.tell_statement(index, count);
        let line = self.line(Event::Statement, Some(index), count, Some(statement), started.elapsed());
        append(&transaction, session.engine, &[line]).await?;
        commit_held(session, transaction).await
    }

    /// One statement that no transaction can hold, between its two lines. One that ran keeps the first as its last word
    /// until the second is written, whatever hinders that: nobody shall take it for one that failed, and run it again.
    async fn send_outside(&self, script: &Script, index: usize) -> Result<(), Failed> {
        let (statement, count) = (&script.statements[index], script.statements.len());
        let session = self.executor.session;
        let unsent = |error: &DbErr| self.engine(error).before(index);
        let intent = self.line(Event::Intent, Some(index), count, Some(statement), Duration::ZERO);
        append(&session.connection, session.engine, &[intent]).await.map_err(|error| unsent(&error))?;
        self.set_lock_timeout("0").await.map_err(|error| unsent(&error))?;
        let progress = Progress::begin(session, &self.executor.context.observer, &self.executor.database.name).await;
        session.is_unbroken().map_err(|error| unsent(&of_driver(error)))?;
        let started = Instant::now();
        let sent = match self.run_outside(statement).await {
            Err(error) if self.had_nothing_to_take(statement, &error) => Ok(()),
            sent => sent,
        };
        drop(progress);
        let limited = self.set_lock_timeout("'3s'").await;
        sent.map_err(|error| Self::outside_failed(script, index, &error))?;
        let unwritten = |error: &DbErr| self.engine(error).behind_what_ran();
        limited.map_err(|error| unwritten(&error))?;
        self.tell_statement(index, count);
        let result = self.line(Event::Statement, Some(index), count, Some(statement), started.elapsed());
        append(&session.connection, session.engine, &[result]).await.map_err(|error| unwritten(&error))
    }

    async fn run_outside(&self, statement: &Statement) -> Result<(), DbErr> {
        let connection = &self.executor.session.connection;
        match self.executor.session.engine {
            Engine::Postgres => concurrent::run(statement, connection).await,
            Engine::Sqlite => connection.execute_unprepared(&statement.text).await.map(drop),
        }
    }

    /// A concurrent index build that gives up waiting leaves an invalid index, so it waits without limit.
    async fn set_lock_timeout(&self, limit: &str) -> Result<(), DbErr> {
        if self.executor.session.engine == Engine::Postgres {
            self.executor.session.connection.execute_unprepared(&format!("SET lock_timeout = {limit}")).await?;
        }
        Ok(())
    }

    /// How many statements of the file have run already.
    async fn done_before(&self, script: &Script) -> Result<usize, Failed> {
        match self.journaled(script).await? {
            (_, Some(begun)) => self.decide(script, begun).await,
            (done, None) => Ok(done),
        }
    }

    /// How many statements of the file the journal says ran, and the next one where it was begun.
    async fn journaled(&self, script: &Script) -> Result<(usize, Option<Begun>), MigrationError> {
        let session = self.executor.session;
        let steps = Steps::read(&session.connection, session.engine, &self.migration.version).await;
        let steps = steps.map_err(|error| self.executor.failed(&error))?;
        let done = steps.done(self.direction);
        for (index, checksum) in done.iter().enumerate() {
            let now = script.statements.get(index).map(Statement::checksum);
            if now.as_deref() != Some(checksum) {
                return Err(MigrationError::ResumeEdited { path: script.path.clone(), number: index + 1 });
            }
        }
        Ok((done.len(), steps.begun(self.direction).filter(|begun| begun.number == done.len() + 1)))
    }

    /// How many statements have run, where one was begun and has no result.
    async fn decide(&self, script: &Script, begun: Begun) -> Result<usize, Failed> {
        let index = begun.number - 1;
        let Some(statement) = script.statements.get(index) else { return Ok(index) };
        let session = self.executor.session;
        let waiting = || {
            let progress = "waiting for an earlier run's build of the same index, which the server has not ended";
            let database = &self.executor.database.name;
            self.executor.context.observer.event(&Happened::StatementProgress { database, progress });
        };
        let trace = Trace::of(statement, session, &waiting).await.map_err(|error| self.engine(&error))?;
        match trace {
            Trace::Repeatable => Ok(index),
            Trace::Done => {
                let count = script.statements.len();
                let line = self.line(Event::Statement, Some(index), count, Some(statement), Duration::ZERO);
                let written = append(&session.connection, session.engine, &[line]).await;
                written.map_err(|error| self.engine(&error))?;
                Ok(index + 1)
            }
            Trace::Unknown if begun.failed => Ok(index),
            Trace::Unknown => Err(self.undecided(script, index, statement).into()),
        }
    }

    fn undecided(&self, script: &Script, index: usize, statement: &Statement) -> MigrationError {
        MigrationError::Undecided {
            database: self.executor.database.name.clone(),
            path: script.path.clone(),
            line: statement.line,
            number: index + 1,
            excerpt: statement.excerpt(),
        }
    }
}

impl Executor<'_> {
    /// How many statements of a migration that broke off on its way have run: the next run goes on behind them. Waits for
    /// nobody and writes nothing; an index whose build was begun counts as open, whatever became of it.
    ///
    /// # Errors
    ///
    /// [`MigrationError::ResumeEdited`] or [`MigrationError::Undecided`], as the next run would say.
    pub async fn ran_before(&self, version: &str) -> Result<usize, MigrationError> {
        let Some(migration) = self.folder.get(version) else { return Ok(0) };
        let Some(script) = migration.script(Direction::Up) else { return Ok(0) };
        let one = One::new(self, migration, Direction::Up);
        let (done, begun) = one.journaled(script).await?;
        match begun.and_then(|begun| script.statements.get(done).filter(|_| !begun.failed)) {
            Some(statement) if leaves_no_trace(statement, self.session.engine) => {
                Err(one.undecided(script, done, statement))
            }
            _ => Ok(done),
        }
    }
}

/// Whether code may have committed before it fails: a procedure, or a block that commits or calls one. Its text is all there
/// is to go by.
pub(super) fn may_commit(statement: &Statement) -> bool {
    let says = |word: &str| statement.text.to_ascii_lowercase().contains(word);
    match statement.word(0).as_str() {
        "call" => true,
        "do" => says("commit") || says("call"),
        _ => false,
    }
}

/// Whether a statement of such a file must not be wrapped into a transaction: what the engine refuses there, and code that
/// may end transactions itself.
fn runs_outside(statement: &Statement, engine: Engine) -> bool {
    runs_alone(statement, engine) || matches!(statement.word(0).as_str(), "call" | "do")
}
