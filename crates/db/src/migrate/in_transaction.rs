//! Runs the statements of a migration within its transaction.

use std::time::Instant;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement as SeaStatement};

use super::MigrationError;
use super::error::Left;
use super::folder::Script;
use super::run_one::{Failed, One};
use super::split::Statement;
use super::together::together;
use crate::Engine;
use crate::tracking::{Event, Journal};

/// How statements travel to the server, or to the thread that has the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Travel {
    /// Those that are done at once share a message: most of what a migration says is about what it has just made, and the
    /// way there and back is a good part of what that costs.
    Together,
    /// Each in a message of its own.
    Alone,
}

impl One<'_> {
    /// All statements, the history row and the journal in one transaction.
    pub(super) async fn in_transaction(&self, script: &Script, travel: Travel) -> Result<(), Failed> {
        match self.try_in_transaction(script, travel).await {
            // Nothing of it stayed, so it runs once more in a way that tells which statement it was.
            Err(failed) if failed.hides_its_statement() => match self.try_in_transaction(script, Travel::Alone).await {
                // It could not even begin, which tells nothing of why the first one failed.
                Err(again) if again.statement.is_none() => Err(failed),
                done => done,
            },
            done => done,
        }
    }

    async fn try_in_transaction(&self, script: &Script, travel: Travel) -> Result<(), Failed> {
        let transaction = self.begin().await?;
        let lines = self.statements(script, travel, &transaction).await?;
        self.finish(transaction, lines, script.statements.len()).await
    }

    pub(super) async fn statements(
        &self,
        script: &Script,
        travel: Travel,
        connection: &impl ConnectionTrait,
    ) -> Result<Vec<Journal>, Failed> {
        let count = script.statements.len();
        let mut lines = Vec::with_capacity(count + 1);
        let rows = match travel {
            Travel::Together if !self.of_a_part => together(&script.statements),
            _ => script.statements.chunks(1).collect(),
        };
        for statements in rows {
            let (first, started) = (lines.len(), Instant::now());
            let sent = match statements {
                [statement] if self.of_a_part => self.send_of_a_part(statement, connection).await,
                [statement] => self.send(statement, connection).await,
                several => send_together(several, connection).await,
            };
            sent.map_err(|error| {
                let mut failed = Self::statement_failed(script, first, &error, Left::Nothing);
                failed.together = statements.len() > 1;
                failed
            })?;
            let each = started.elapsed() / u32::try_from(statements.len()).unwrap_or(u32::MAX);
            for (index, statement) in (first..).zip(statements) {
                lines.push(self.line(Event::Statement, Some(index), count, Some(statement), each));
                self.tell_statement(index, count);
            }
        }
        Ok(lines)
    }

    /// Sends one statement of a transaction. `VALIDATE` reads all rows under a lock that stops nobody, and waits without
    /// limit for who holds a stronger one.
    pub(super) async fn send(&self, statement: &Statement, connection: &impl ConnectionTrait) -> Result<(), DbErr> {
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

    /// As [`One::send`], for what may never have been made: then nothing of the try stays but the transaction.
    async fn send_of_a_part(&self, statement: &Statement, connection: &impl ConnectionTrait) -> Result<(), DbErr> {
        connection.execute_unprepared("SAVEPOINT of_a_part").await?;
        match self.send(statement, connection).await {
            Err(error) if self.had_nothing_to_take(statement, &error) => {
                connection.execute_unprepared("ROLLBACK TO SAVEPOINT of_a_part").await.map(drop)
            }
            Err(error) => Err(error),
            Ok(()) => connection.execute_unprepared("RELEASE SAVEPOINT of_a_part").await.map(drop),
        }
    }

    /// A rebuild of a table that others refer to: foreign keys go off before BEGIN, since SQLite ignores it inside one, and
    /// with them on the DROP of the old table would take the rows of the children along.
    pub(super) async fn rebuild(&self, script: &Script) -> Result<(), Failed> {
        let connection = &self.executor.session.connection;
        let pragma = async |value: &str| {
            let sql = format!("PRAGMA foreign_keys = {value}");
            connection.execute_unprepared(&sql).await.map(drop).map_err(|error| self.engine(&error))
        };
        pragma("OFF").await?;
        let done = async {
            let transaction = self.begin().await?;
            let lines = self.statements(script, Travel::Alone, &transaction).await?;
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
}

async fn send_together(statements: &[Statement], connection: &impl ConnectionTrait) -> Result<(), DbErr> {
    let texts: String = statements.iter().map(|statement| ended(&statement.text)).collect();
    connection.execute_unprepared(&texts).await.map(drop)
}

/// With its semicolon at once, for SQLite keeps the text of what it makes up to there; behind what may be the comment of a
/// line it stands in the next.
fn ended(text: &str) -> String {
    let last = text.lines().next_back().unwrap_or_default();
    let end = if last.contains("--") { "\n;\n" } else { ";\n" };
    format!("{text}{end}")
}

fn validates(statement: &Statement) -> bool {
    statement.word(0) == "alter" && statement.has_word("validate")
}
