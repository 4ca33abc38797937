//! Runs one migration, one way.

use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, Statement as SeaStatement};
use sea_orm_migration::{MigrationTrait, SchemaManager};
use tokio::time::sleep;

use super::blockers::Watch;
use super::checksum::of_statements;
use super::executor::Executor;
use super::folder::{Body, Migration, Mode, Script};
use super::split::Statement;
use super::{Direction, MigrationError};
use crate::Engine;
use crate::failure::{Failure, FailureKind};
use crate::progress::Event as Progress;
use crate::tracking::{Event, History, Journal, append, grant_schemas, record_applied, record_reverted};

/// How often a migration is tried when a lock is not granted in time.
const LOCK_ATTEMPTS: u32 = 5;

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
    let started = Instant::now();
    let one = One { executor, migration, direction, started };
    one.run_with_retries().await?;
    observer.event(&Progress::MigrationFinished { database, version, took: started.elapsed() });
    Ok(())
}

/// One migration on its way.
pub(super) struct One<'a> {
    pub(super) executor: &'a Executor<'a>,
    pub(super) migration: &'a Migration,
    pub(super) direction: Direction,
    started: Instant,
}

/// A failure of one try, and whether trying again may help.
pub(super) struct Failed {
    error: MigrationError,
    statement: Option<usize>,
    lock_timeout: bool,
}

impl From<MigrationError> for Failed {
    fn from(error: MigrationError) -> Self {
        Self { error, statement: None, lock_timeout: false }
    }
}

impl One<'_> {
    async fn run_with_retries(&self) -> Result<(), MigrationError> {
        let mut attempt = 1;
        loop {
            // The first try takes what it needs or is refused; who is in the way is worth a connection from then on.
            let watch = if attempt > 1 { Watch::begin(self.executor.session).await } else { None };
            let Err(mut failed) = self.run_once().await else { return Ok(()) };
            let holder = watch.and_then(Watch::end).map(|holder| format!(", held by {holder}")).unwrap_or_default();
            if !failed.lock_timeout || attempt == LOCK_ATTEMPTS {
                if failed.lock_timeout {
                    failed.error.add_to_message(&holder);
                }
                self.journal_failure(&failed).await;
                return Err(failed.error);
            }
            self.executor.context.observer.event(&Progress::MigrationRetried {
                database: &self.executor.database.name,
                version: &self.migration.version,
                reason: &format!("a lock was not granted within 3 s{holder}"),
            });
            sleep(Duration::from_millis(200 << attempt)).await;
            attempt += 1;
        }
    }

    async fn run_once(&self) -> Result<(), Failed> {
        match &self.migration.body {
            Body::Sql { up, down } => {
                let script = if self.direction == Direction::Up { up } else { down };
                match script.mode {
                    Mode::Transaction => self.in_transaction(script).await,
                    Mode::Rebuild => self.rebuild(script).await,
                    Mode::Alone => self.alone(script).await,
                }
            }
            Body::Rust(migration) if migration.use_transaction() == Some(false) => {
                self.rust(migration.as_ref(), &self.executor.session.connection).await?;
                self.tell_statement(1, 1);
                let transaction = self.begin().await?;
                self.finish(transaction, Vec::new(), 1).await
            }
            Body::Rust(migration) => {
                let transaction = self.begin().await?;
                self.rust(migration.as_ref(), &transaction).await?;
                self.tell_statement(1, 1);
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
                lock_timeout: failure.kind == FailureKind::LockTimeout,
                statement: None,
                error: MigrationError::Rust {
                    version: self.migration.version.clone(),
                    direction: self.direction,
                    message: failure.message,
                },
            }
        })
    }

    /// Tells that a statement ran, before anything else is done.
    pub(super) fn tell_statement(&self, number: usize, count: usize) {
        let (database, version) = (self.executor.database.name.as_str(), self.migration.version.as_str());
        self.executor.context.observer.event(&Progress::StatementFinished { database, version, number, count });
    }

    pub(super) async fn begin(&self) -> Result<DatabaseTransaction, Failed> {
        self.executor.session.begin().await.map_err(|error| self.engine(&error))
    }

    pub(super) fn engine(&self, error: &DbErr) -> Failed {
        MigrationError::engine(&self.executor.session.place, error).into()
    }

    /// All statements, the history row and the journal in one transaction.
    async fn in_transaction(&self, script: &Script) -> Result<(), Failed> {
        let transaction = self.begin().await?;
        let lines = self.statements(script, &transaction).await?;
        self.finish(transaction, lines, script.statements.len()).await
    }

    async fn statements(&self, script: &Script, connection: &impl ConnectionTrait) -> Result<Vec<Journal>, Failed> {
        let count = script.statements.len();
        let mut lines = Vec::with_capacity(count + 1);
        for (index, statement) in script.statements.iter().enumerate() {
            let started = Instant::now();
            let sent = self.send(statement, connection).await;
            sent.map_err(|error| Self::statement_failed(script, index, &error, false))?;
            self.tell_statement(index + 1, count);
            lines.push(self.line(Event::Statement, Some(index), count, Some(statement), started.elapsed()));
        }
        Ok(lines)
    }

    /// Sends one statement of a transaction. `VALIDATE` reads all rows under a lock that stops nobody, and waits without
    /// limit for who holds a stronger one.
    async fn send(&self, statement: &Statement, connection: &impl ConnectionTrait) -> Result<(), DbErr> {
        let waits = self.executor.session.engine == Engine::Postgres && validates(statement);
        if waits {
            connection.execute_unprepared("SET LOCAL lock_timeout = 0").await?;
        }
        connection.execute_unprepared(&statement.text).await?;
        if waits {
            connection.execute_unprepared("SET LOCAL lock_timeout = '3s'").await?;
        }
        Ok(())
    }

    /// Writes history and journal, and commits.
    pub(super) async fn finish(
        &self,
        transaction: DatabaseTransaction,
        mut lines: Vec<Journal>,
        count: usize,
    ) -> Result<(), Failed> {
        let engine = self.executor.session.engine;
        let version = &self.migration.version;
        let event = if self.direction == Direction::Up { Event::Applied } else { Event::Reverted };
        let mut done = self.line(event, None, count, None, self.started.elapsed());
        if let Some((checksum, raw_hash)) = self.migration.checksum() {
            (done.checksum, done.raw_hash) = (Some(checksum.to_owned()), Some(raw_hash.to_owned()));
        }
        let now = done.happened_at.timestamp();
        lines.push(done);
        let written = async {
            if engine == Engine::Postgres && self.may_make_schema() {
                grant_schemas(&transaction, &self.executor.database.schemas).await?;
            }
            match self.direction {
                Direction::Up => record_applied(&transaction, engine, &History::from((version.as_str(), now))).await?,
                Direction::Down => record_reverted(&transaction, engine, version).await?,
            }
            append(&transaction, engine, &lines).await
        };
        written.await.map_err(|error| self.engine(&error))?;
        transaction.commit().await.map_err(|error| self.engine(&error))
    }

    /// Whether the app may need rights on a schema that was not there before.
    fn may_make_schema(&self) -> bool {
        self.direction == Direction::Up
            && match &self.migration.body {
                Body::Sql { up, .. } => up.statements.iter().any(makes_schema),
                Body::Rust(_) => true,
            }
    }

    /// A rebuild of a table that others refer to: foreign keys go off before BEGIN, since SQLite ignores it inside one, and
    /// with them on the DROP of the old table would take the rows of the children along.
    async fn rebuild(&self, script: &Script) -> Result<(), Failed> {
        let connection = &self.executor.session.connection;
        let pragma = async |value: &str| {
            let sql = format!("PRAGMA foreign_keys = {value}");
            connection.execute_unprepared(&sql).await.map(drop).map_err(|error| self.engine(&error))
        };
        pragma("OFF").await?;
        let done = async {
            let transaction = self.begin().await?;
            let lines = self.statements(script, &transaction).await?;
            self.check_foreign_keys(script, &transaction).await?;
            self.finish(transaction, lines, script.statements.len()).await
        }
        .await;
        pragma("ON").await?;
        done
    }

    async fn check_foreign_keys(&self, script: &Script, connection: &impl ConnectionTrait) -> Result<(), Failed> {
        let check = SeaStatement::from_string(DbBackend::Sqlite, "PRAGMA foreign_key_check");
        let rows = connection.query_all_raw(check).await.map_err(|error| self.engine(&error))?;
        let Some(first) = rows.first() else { return Ok(()) };
        let table: String = first.try_get("", "table").unwrap_or_default();
        Err(MigrationError::DanglingRows { path: script.path.clone(), table, rows: rows.len() }.into())
    }

    pub(super) fn statement_failed(script: &Script, index: usize, error: &DbErr, partial: bool) -> Failed {
        let failure = Failure::of(error);
        let statement = &script.statements[index];
        let skipped = failure
            .position
            .map_or(0, |position| statement.text.chars().take(position).filter(|character| *character == '\n').count());
        Failed {
            lock_timeout: failure.kind == FailureKind::LockTimeout,
            statement: Some(index),
            error: MigrationError::Statement {
                path: script.path.clone(),
                line: statement.line + skipped,
                number: index + 1,
                count: script.statements.len(),
                message: failure.message,
                excerpt: statement.excerpt(),
                kind: failure.kind,
                partial,
            },
        }
    }

    /// Written after the rollback, so that it stays. A database that is gone cannot be told; the error itself is reported.
    async fn journal_failure(&self, failed: &Failed) {
        let session = self.executor.session;
        let count = match &self.migration.body {
            Body::Sql { up, .. } if self.direction == Direction::Up => up.statements.len(),
            Body::Sql { down, .. } => down.statements.len(),
            Body::Rust(_) => 1,
        };
        let mut line = self.line(Event::Failed, failed.statement, count, None, self.started.elapsed());
        line.error = Some(failed.error.to_string());
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
            checksum: statement.map(|statement| of_statements(std::slice::from_ref(statement))),
            raw_hash: None,
            happened_at: context.clock.now(),
            duration_us: i64::try_from(took.as_micros()).ok(),
            error: None,
            operator: context.operator.clone(),
        }
    }
}

fn validates(statement: &Statement) -> bool {
    statement.word(0) == "alter" && statement.has_word("validate")
}

fn makes_schema(statement: &Statement) -> bool {
    statement.word(0) == "create" && statement.word(1) == "schema"
}
