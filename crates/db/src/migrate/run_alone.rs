//! Migrations whose statements run alone.

use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait, DbErr, Statement as SeaStatement};

use super::MigrationError;
use super::checksum::of_statements;
use super::concurrent::ConcurrentIndex;
use super::folder::{Script, runs_alone};
use super::run_one::{Failed, One};
use super::split::Statement;
use crate::Engine;
use crate::tracking::{Event, append};

impl One<'_> {
    /// Each statement alone, its intent journaled before and its result after, so that a second run goes on behind the last
    /// one that ran.
    pub(super) async fn alone(&self, script: &Script) -> Result<(), Failed> {
        let session = self.executor.session;
        let count = script.statements.len();
        let done = self.done_before(script).await?;
        for (index, statement) in script.statements.iter().enumerate().skip(done) {
            let started = Instant::now();
            let intent = self.line(Event::Intent, Some(index), count, Some(statement), Duration::ZERO);
            append(&session.connection, session.engine, &[intent]).await.map_err(|error| self.engine(&error))?;
            self.send_alone(statement)
                .await
                .map_err(|error| Self::statement_failed(script, index, &error, index > 0))?;
            self.tell_statement(index + 1, count);
            let result = self.line(Event::Statement, Some(index), count, Some(statement), started.elapsed());
            append(&session.connection, session.engine, &[result]).await.map_err(|error| self.engine(&error))?;
        }
        let transaction = self.begin().await?;
        self.finish(transaction, Vec::new(), count).await
    }

    /// A concurrent index build that gives up waiting leaves an invalid index, so it waits without limit.
    async fn send_alone(&self, statement: &Statement) -> Result<(), DbErr> {
        let connection = &self.executor.session.connection;
        let waits = self.executor.session.engine == Engine::Postgres && runs_alone(statement, Engine::Postgres);
        if waits {
            connection.execute_unprepared("SET lock_timeout = 0").await?;
        }
        let sent = match ConcurrentIndex::of(statement).filter(|_| waits) {
            Some(index) => {
                async {
                    index.clear(connection).await?;
                    connection.execute_unprepared(&statement.text).await?;
                    index.check(connection).await
                }
                .await
            }
            None => connection.execute_unprepared(&statement.text).await.map(drop),
        };
        if waits {
            connection.execute_unprepared("SET lock_timeout = '3s'").await?;
        }
        sent
    }

    /// How many statements of a file that runs alone have run already.
    async fn done_before(&self, script: &Script) -> Result<usize, Failed> {
        let session = self.executor.session;
        let table = crate::sql::tracking_table(session.engine, "migration_history");
        let markers = match session.engine {
            Engine::Postgres => "$1",
            Engine::Sqlite => "?1",
        };
        let sql = format!(
            "SELECT direction, event, statement_number, checksum FROM {table} WHERE version = {markers} ORDER BY id"
        );
        let values = [self.migration.version.clone().into()];
        let query = SeaStatement::from_sql_and_values(session.engine.backend(), sql, values);
        let rows = session.connection.query_all_raw(query).await.map_err(|error| self.engine(&error))?;
        let mut done: Vec<String> = Vec::new();
        for row in rows {
            let read = || -> Result<(String, String, Option<String>), DbErr> {
                Ok((row.try_get("", "direction")?, row.try_get("", "event")?, row.try_get("", "checksum")?))
            };
            let (direction, event, checksum) = read().map_err(|error| self.engine(&error))?;
            match event.as_str() {
                "applied" | "reverted" => done.clear(),
                "statement" if direction == self.direction.name() => done.push(checksum.unwrap_or_default()),
                _ => {}
            }
        }
        for (index, checksum) in done.iter().enumerate() {
            let now = script.statements.get(index).map(|statement| of_statements(std::slice::from_ref(statement)));
            if now.as_ref() != Some(checksum) {
                return Err(MigrationError::ResumeEdited { path: script.path.clone(), number: index + 1 }.into());
            }
        }
        Ok(done.len())
    }
}
