//! Runs one migration, one way.

use std::time::{Duration, Instant};

use sea_orm::{DatabaseTransaction, DbErr};
use sea_orm_migration::{MigrationTrait, SchemaManager};
use tokio::time::sleep;

use super::blockers::Watch;
use super::error::{Left, Values};
use super::executor::Executor;
use super::folder::{Body, Migration, Mode, Script};
use super::in_transaction::Travel;
use super::passing::Passing;
use super::run_alone::may_commit;
use super::split::Statement;
use super::{Direction, MigrationError};
use crate::Engine;
use crate::failure::{Failure, FailureKind};
use crate::lock::commit_held;
use crate::progress::Event as Progress;
use crate::tracking::{Event, Journal, append, append_applied, grant_schemas, record_reverted};

/// How often a migration is tried when others are in its way.
const ATTEMPTS: u32 = 5;

pub(super) async fn run(
    executor: &Executor<'_>,
    version: &str,
    direction: Direction,
    (number, count): (usize, usize),
) -> Result<(), MigrationError> {
    let database = executor.database.name.as_str();
    let migration = executor
        .folder
        .get(version)
        .ok_or_else(|| MigrationError::Unknown { database: database.to_owned(), version: version.to_owned() })?;
    let observer = &executor.context.observer;
    observer.event(&Progress::MigrationStarted { database, version, number, count });
    let one = One::new(executor, migration, direction);
    one.run_to_its_end().await?;
    observer.event(&Progress::MigrationFinished { database, version, took: one.started.elapsed() });
    Ok(())
}

/// One migration on its way.
pub(super) struct One<'a> {
    pub(super) executor: &'a Executor<'a>,
    pub(super) migration: &'a Migration,
    pub(super) direction: Direction,
    pub(super) started: Instant,
    /// Whether nobody is told of its statements, since it may never count.
    pub(super) quiet: bool,
    /// Whether it takes back a migration that broke off, and so also what was never made.
    pub(super) of_a_part: bool,
}

/// A failure of one try, and why trying again may help.
pub(super) struct Failed {
    error: MigrationError,
    pub(super) statement: Option<usize>,
    passing: Option<Passing>,
    /// Whether it was one of several statements in one message.
    pub(super) together: bool,
    /// Whether a statement that runs alone may still be running, since the connection broke, or ran and has no result in the
    /// journal.
    unseen: bool,
    /// Whether nothing tells how much of the statement stays.
    in_doubt: bool,
}

impl From<MigrationError> for Failed {
    fn from(error: MigrationError) -> Self {
        let passing = match &error {
            MigrationError::Engine { kind, .. } => Passing::of(*kind),
            _ => None,
        };
        Self { error, statement: None, passing, together: false, unseen: false, in_doubt: false }
    }
}

impl Failed {
    /// Whether it came of several statements in one message, and would come again: not so what passes, or a connection that
    /// is gone.
    pub(super) fn hides_its_statement(&self) -> bool {
        let gone = matches!(self.error, MigrationError::Statement { kind: FailureKind::Connection, .. });
        self.together && self.passing.is_none() && !gone
    }

    pub(super) fn into_error(self) -> MigrationError {
        self.error
    }

    /// As the failure of a statement that runs alone, and was announced at most and not sent.
    pub(super) fn before(self, statement: usize) -> Self {
        Self { statement: Some(statement), passing: None, ..self }
    }

    /// As the failure of what comes behind a statement that runs alone, and ran.
    pub(super) fn behind_what_ran(self) -> Self {
        Self { unseen: true, passing: None, ..self }
    }
}

impl<'a> One<'a> {
    pub(super) fn new(executor: &'a Executor<'a>, migration: &'a Migration, direction: Direction) -> Self {
        Self { executor, migration, direction, started: Instant::now(), quiet: false, of_a_part: false }
    }
}

impl One<'_> {
    /// All tries, and the session as it was before.
    pub(super) async fn run_to_its_end(&self) -> Result<(), MigrationError> {
        self.run_with_retries().await?;
        if self.may_change_settings() {
            self.executor.restore_settings().await?;
        }
        Ok(())
    }

    /// Whether a statement took away what was never there, which is as good as having done so.
    pub(super) fn had_nothing_to_take(&self, statement: &Statement, error: &DbErr) -> bool {
        let takes = statement.word(0) == "drop" || (statement.word(0) == "alter" && statement.has_word("drop"));
        self.of_a_part && takes && Failure::of(error).kind.is_missing()
    }

    async fn run_with_retries(&self) -> Result<(), MigrationError> {
        let mut attempt = 1;
        loop {
            // The first try takes what it needs or is refused; who is in the way is worth a connection from then on.
            let watch = if attempt > 1 { Watch::begin(self.executor.session).await } else { None };
            // Once somebody was in the way, it shall be told of which statement.
            let travel = if attempt > 1 { Travel::Alone } else { Travel::Together };
            let Err(mut failed) = self.run_once(travel).await else { return Ok(()) };
            let holder = watch.and_then(Watch::end).map(|holder| format!(", held by {holder}")).unwrap_or_default();
            let Some(passing) = failed.passing.filter(|_| attempt < ATTEMPTS) else {
                if failed.passing == Some(Passing::LockTimeout) {
                    failed.error.add_to_message(&holder);
                }
                self.journal_failure(&failed).await;
                return Err(failed.error);
            };
            self.executor.context.observer.event(&Progress::MigrationRetried {
                database: &self.executor.database.name,
                version: &self.migration.version,
                reason: &format!("{}{holder}", passing.words()),
            });
            sleep(Duration::from_millis(200 << attempt)).await;
            attempt += 1;
        }
    }

    fn is_rust_without_transaction(&self) -> bool {
        matches!(&self.migration.body, Body::Rust(migration) if migration.use_transaction() == Some(false))
    }

    async fn run_once(&self, travel: Travel) -> Result<(), Failed> {
        match &self.migration.body {
            Body::Sql { up, down } => {
                let script = if self.direction == Direction::Up { up } else { down };
                match script.mode {
                    Mode::Transaction => self.in_transaction(script, travel).await,
                    Mode::Rebuild => self.rebuild(script).await,
                    Mode::Alone => self.alone(script).await,
                }
            }
            Body::Rust(migration) if self.is_rust_without_transaction() => {
                self.check_connection().await?;
                let done = self.rust(migration.as_ref(), &self.executor.session.connection).await;
                // What it did before it failed stays, so it does not begin anew by itself.
                done.map_err(|failed| Failed { passing: None, ..failed })?;
                self.tell_statement(0, 1);
                let transaction = self.begin_to_record().await.map_err(|error| self.engine(&error))?;
                self.finish(transaction, Vec::new(), 1).await
            }
            Body::Rust(migration) => {
                let transaction = self.begin().await?;
                self.rust(migration.as_ref(), &transaction).await?;
                self.tell_statement(0, 1);
                self.finish(transaction, Vec::new(), 1).await
            }
        }
    }

    async fn rust<C>(&self, migration: &dyn MigrationTrait, connection: &C) -> Result<(), Failed>
    where
        for<'c> &'c C: sea_orm_migration::IntoSchemaManagerConnection<'c>,
    {
        let manager = SchemaManager::new(connection);
        let done = match self.direction {
            Direction::Up => migration.up(&manager).await,
            Direction::Down => migration.down(&manager).await,
        };
        done.map_err(|error| {
            let failure = Failure::of(&error);
            Failed {
                passing: Passing::of(failure.kind),
                statement: None,
                together: false,
                unseen: false,
                in_doubt: false,
                error: MigrationError::Rust {
                    version: self.migration.version.clone(),
                    direction: self.direction,
                    values: Values::of(&failure),
                    message: failure.message,
                },
            }
        })
    }

    /// Begins over whatever connection there is: the migration may have lost its own on the way, and ran all the same. That
    /// one is gone shows by the first words that go over it.
    async fn begin_to_record(&self) -> Result<DatabaseTransaction, DbErr> {
        match self.executor.session.begin_over_any().await {
            Err(error) if Failure::of_session(&error).kind == FailureKind::Connection => {
                self.executor.session.begin_over_any().await
            }
            begun => begun,
        }
    }

    pub(super) async fn begin(&self) -> Result<DatabaseTransaction, Failed> {
        self.executor.session.begin().await.map_err(|error| self.engine(&error))
    }

    pub(super) fn engine(&self, error: &DbErr) -> Failed {
        MigrationError::engine(&self.executor.session.place, error).into()
    }

    /// Tells the observer that a statement ran, before anything else is done.
    pub(super) fn tell_statement(&self, index: usize, count: usize) {
        if self.quiet {
            return;
        }
        self.executor.context.observer.event(&Progress::StatementFinished {
            database: &self.executor.database.name,
            version: &self.migration.version,
            number: index + 1,
            count,
        });
    }

    /// The journal's lines of statements that are taken as run, or as having been what ran.
    pub(super) fn lines_of(&self, event: Event, script: &Script) -> Vec<Journal> {
        let count = script.statements.len();
        let line = |(index, statement)| self.line(event, Some(index), count, Some(statement), Duration::ZERO);
        script.statements.iter().enumerate().map(line).collect()
    }

    /// As [`One::finish`], for a migration that the history may hold already.
    pub(super) async fn finish_once_more(
        &self,
        transaction: DatabaseTransaction,
        lines: Vec<Journal>,
    ) -> Result<(), Failed> {
        let (engine, count) = (self.executor.session.engine, lines.len());
        let removed = record_reverted(&transaction, engine, &self.migration.version).await;
        removed.map_err(|error| self.engine(&error))?;
        self.finish(transaction, lines, count).await
    }

    /// Writes history and journal, and commits.
    pub(super) async fn finish(
        &self,
        transaction: DatabaseTransaction,
        lines: Vec<Journal>,
        count: usize,
    ) -> Result<(), Failed> {
        let lines = self.end(&transaction, lines, count).await?;
        let engine = self.executor.session.engine;
        let written = async {
            if self.direction == Direction::Up {
                return append_applied(&transaction, engine, &lines).await;
            }
            for version in std::iter::once(&self.migration.version).chain(self.migration.replaces()) {
                record_reverted(&transaction, engine, version).await?;
            }
            append(&transaction, engine, &lines).await
        };
        written.await.map_err(|error| self.engine(&error))?;
        // No migration is in the history twice, while one that is taken back twice leaves no trace there. What is done without
        // a transaction stays done, so that this is to be written in any case.
        let committed = match self.direction {
            Direction::Down if !self.is_rust_without_transaction() => {
                commit_held(self.executor.session, transaction).await
            }
            _ => transaction.commit().await,
        };
        committed.map_err(|error| self.engine(&error))
    }

    /// What is left to do behind the last statement: gives the app its rights, and adds the line that says it is done.
    pub(super) async fn end(
        &self,
        transaction: &DatabaseTransaction,
        mut lines: Vec<Journal>,
        count: usize,
    ) -> Result<Vec<Journal>, Failed> {
        if self.executor.session.engine == Engine::Postgres && self.may_make_schema() {
            let granted = grant_schemas(transaction, &self.executor.database.schemas).await;
            granted.map_err(|error| self.engine(&error))?;
        }
        let event = if self.direction == Direction::Up { Event::Applied } else { Event::Reverted };
        let mut done = self.line(event, None, count, None, self.started.elapsed());
        if let Some((checksum, raw_hash)) = self.migration.checksum() {
            (done.checksum, done.raw_hash) = (Some(checksum.to_owned()), Some(raw_hash.to_owned()));
        }
        lines.push(done);
        Ok(lines)
    }

    /// Whether the session may be left with settings that the next migration must not inherit.
    pub(super) fn may_change_settings(&self) -> bool {
        let script = self.migration.script(self.direction);
        script.is_none_or(|script| script.statements.iter().any(changes_settings))
    }

    /// Whether the app may need rights on a schema that was not there before.
    fn may_make_schema(&self) -> bool {
        let script = self.migration.script(Direction::Up);
        self.direction == Direction::Up && script.is_none_or(|script| script.statements.iter().any(makes_schema))
    }

    pub(super) fn statement_failed(script: &Script, index: usize, error: &DbErr, left: Left) -> Failed {
        let failure = Failure::of_session(error);
        let statement = &script.statements[index];
        let skipped = failure
            .position
            .map_or(0, |position| statement.text.chars().take(position).filter(|character| *character == '\n').count());
        Failed {
            together: false,
            passing: Passing::of(failure.kind),
            statement: Some(index),
            unseen: false,
            in_doubt: false,
            error: MigrationError::Statement {
                path: script.path.clone(),
                line: statement.line + skipped,
                number: index + 1,
                count: script.statements.len(),
                values: Values::of(&failure),
                message: failure.message,
                excerpt: statement.excerpt(),
                kind: failure.kind,
                left,
            },
        }
    }

    /// As [`One::statement_failed`], for a statement that no transaction holds.
    pub(super) fn outside_failed(script: &Script, index: usize, error: &DbErr) -> Failed {
        let unseen = Failure::of_session(error).kind == FailureKind::Connection;
        let left = match &script.statements[index] {
            statement if may_commit(statement) => Left::Part,
            _ if index == 0 => Left::Trace,
            _ => Left::Before,
        };
        let in_doubt = left == Left::Part;
        Failed { unseen, in_doubt, passing: None, ..Self::statement_failed(script, index, error, left) }
    }

    /// Written after the rollback, so that it stays. A database that is gone cannot be told; the error itself is reported.
    async fn journal_failure(&self, failed: &Failed) {
        if failed.unseen {
            return;
        }
        let session = self.executor.session;
        let count = self.migration.script(self.direction).map_or(1, |script| script.statements.len());
        // A statement in doubt keeps its announcement as its last word: a line without its number settles nothing.
        let number = failed.statement.filter(|_| !failed.in_doubt);
        let mut line = self.line(Event::Failed, number, count, None, self.started.elapsed());
        line.error = Some(failed.error.without_values());
        let _ = append(&session.connection, session.engine, &[line]).await;
    }

    pub(super) fn line(
        &self,
        event: Event,
        index: Option<usize>,
        count: usize,
        statement: Option<&Statement>,
        took: Duration,
    ) -> Journal {
        let context = self.executor.context;
        Journal {
            run_id: context.run_id,
            version: self.migration.version.clone(),
            direction: self.direction,
            event,
            statement_number: index.and_then(|index| i32::try_from(index + 1).ok()),
            statement_count: i32::try_from(count).unwrap_or(i32::MAX),
            checksum: statement.map(Statement::checksum),
            raw_hash: None,
            happened_at: context.clock.now(),
            duration_us: i64::try_from(took.as_micros()).ok(),
            error: None,
            operator: context.operator.clone(),
        }
    }
}

/// `SET`, `RESET` and `set_config()`, and whatever runs code that may hold them: a function that is called for what it does.
fn changes_settings(statement: &Statement) -> bool {
    matches!(statement.word(0).as_str(), "set" | "reset" | "discard" | "do" | "call" | "select" | "with" | "execute")
        || statement.has_word("set_config")
}

fn makes_schema(statement: &Statement) -> bool {
    statement.word(0) == "create" && statement.word(1) == "schema"
}
