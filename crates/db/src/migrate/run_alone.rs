//! Migrations whose statements run alone.
//!
//! A statement that could run in a transaction runs in one with its line of the journal, so that both are there or neither
//! is. One that cannot is announced before and reported after; if the end of it was never seen, what it left in the
//! database says whether it ran, and where nothing can say, somebody has to.

use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait, DbErr};

use super::MigrationError;
use super::building::Progress;
use super::concurrent::{self, Trace};
use super::content::runs_alone;
use super::error::Left;
use super::folder::Script;
use super::run_one::{Failed, One};
use super::split::Statement;
use crate::Engine;
use crate::failure::FailureKind;
use crate::progress::Event as Happened;
use crate::tracking::{Begun, Event, Steps, append};

impl One<'_> {
    /// Each statement alone. A second run goes on behind the last one that ran.
    pub(super) async fn alone(&self, script: &Script) -> Result<(), Failed> {
        let count = script.statements.len();
        let done = self.done_before(script).await?;
        for (index, statement) in script.statements.iter().enumerate().skip(done) {
            self.check_connection()?;
            if runs_outside(statement, self.executor.session.engine) {
                let sent = self.send_outside(index, count, statement).await;
                sent.map_err(|error| Self::outside_failed(script, index, &error))?;
            } else {
                let sent = self.send_within(index, count, statement).await;
                let left = if index > 0 { Left::Before } else { Left::Nothing };
                sent.map_err(|error| Self::statement_failed(script, index, &error, left))?;
            }
        }
        self.check_connection()?;
        let transaction = self.begin().await?;
        self.finish(transaction, Vec::new(), count).await
    }

    /// A connection that broke was not the only one: the lock may be gone as well, so nothing goes on.
    fn check_connection(&self) -> Result<(), MigrationError> {
        let session = self.executor.session;
        if !session.was_replaced() {
            return Ok(());
        }
        let message = "the connection broke and was made anew; the lock may be gone with it".to_owned();
        Err(MigrationError::Engine { place: session.place.clone(), message, kind: FailureKind::Connection })
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
        transaction.commit().await
    }

    /// One statement that no transaction can hold, between its two lines.
    async fn send_outside(&self, index: usize, count: usize, statement: &Statement) -> Result<(), DbErr> {
        let session = self.executor.session;
        let intent = self.line(Event::Intent, Some(index), count, Some(statement), Duration::ZERO);
        append(&session.connection, session.engine, &[intent]).await?;
        let started = Instant::now();
        match self.run_outside(statement).await {
            Err(error) if self.had_nothing_to_take(statement, &error) => {}
            sent => sent?,
        }
        self.tell_statement(index, count);
        let result = self.line(Event::Statement, Some(index), count, Some(statement), started.elapsed());
        append(&session.connection, session.engine, &[result]).await
    }

    /// A concurrent index build that gives up waiting leaves an invalid index, so it waits without limit.
    async fn run_outside(&self, statement: &Statement) -> Result<(), DbErr> {
        let session = self.executor.session;
        let connection = &session.connection;
        if session.engine == Engine::Sqlite {
            return connection.execute_unprepared(&statement.text).await.map(drop);
        }
        connection.execute_unprepared("SET lock_timeout = 0").await?;
        let progress = Progress::begin(session, &self.executor.context.observer, &self.executor.database.name).await;
        let sent = concurrent::run(statement, connection).await;
        drop(progress);
        connection.execute_unprepared("SET lock_timeout = '3s'").await?;
        sent
    }

    /// How many statements of the file have run already.
    async fn done_before(&self, script: &Script) -> Result<usize, Failed> {
        let session = self.executor.session;
        let steps = Steps::read(&session.connection, session.engine, &self.migration.version).await;
        let steps = steps.map_err(|error| self.engine(&error))?;
        let done = steps.done(self.direction);
        for (index, checksum) in done.iter().enumerate() {
            let now = script.statements.get(index).map(Statement::checksum);
            if now.as_deref() != Some(checksum) {
                return Err(MigrationError::ResumeEdited { path: script.path.clone(), number: index + 1 }.into());
            }
        }
        match steps.begun(self.direction) {
            Some(begun) if begun.number == done.len() + 1 => self.decide(script, begun).await,
            _ => Ok(done.len()),
        }
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
            Trace::Unknown => Err(MigrationError::Undecided {
                database: self.executor.database.name.clone(),
                path: script.path.clone(),
                line: statement.line,
                number: index + 1,
                excerpt: statement.excerpt(),
            }
            .into()),
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
