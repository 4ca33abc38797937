//! A transaction on the driver itself: COPY and bulk binds are not to be had through SeaORM.

use sea_orm::sqlx::query::Query;
use sea_orm::sqlx::{self, AssertSqlSafe, Executor, Postgres, QueryBuilder, Row as _, Sqlite, Transaction};

use super::SeedError;
use super::convert::{Value, copy_line, time_text};
use super::rows::{BATCH, Batches, Seen};
use crate::Engine;
use crate::connect::Session;
use crate::lock::commit_held_raw;

/// A transaction that may write.
pub(super) enum Raw {
    Postgres(Transaction<'static, Postgres>),
    Sqlite(Transaction<'static, Sqlite>),
}

/// Nobody waits for a seed that waits for somebody else (PostgreSQL; SQLite has its busy timeout).
pub(super) const LOCK_TIMEOUT: &str = "SET LOCAL lock_timeout = '3s'";
/// Most parameters of one SQLite statement (`SQLITE_MAX_VARIABLE_NUMBER`, 32,766 by default).
const SQLITE_PARAMETERS: usize = 32_000;
/// Rows per SQLite statement: more bring nothing.
const SQLITE_ROWS: usize = BATCH;
/// Bytes per message of COPY: more bring nothing.
const COPY_CHUNK: usize = 64 * 1024;

/// Rows did not come into a table.
pub(super) enum FillError {
    /// A row is none, or holds what its column cannot.
    Rows(SeedError),
    /// The engine refused them.
    Engine(sqlx::Error),
}

impl From<SeedError> for FillError {
    fn from(error: SeedError) -> Self {
        Self::Rows(error)
    }
}

impl From<sqlx::Error> for FillError {
    fn from(error: sqlx::Error) -> Self {
        Self::Engine(error)
    }
}

impl FillError {
    /// As the error of a file.
    pub(super) fn of(self, label: &str) -> SeedError {
        match self {
            Self::Rows(error) => error,
            Self::Engine(error) => SeedError::engine(label, &error),
        }
    }
}

impl Raw {
    pub(super) async fn begin(session: &Session) -> Result<Self, sqlx::Error> {
        match session.engine {
            Engine::Postgres => {
                let mut transaction = session.connection.get_postgres_connection_pool().begin().await?;
                session.is_unbroken()?;
                transaction.execute(LOCK_TIMEOUT).await?;
                Ok(Self::Postgres(transaction))
            }
            Engine::Sqlite => {
                let pool = session.connection.get_sqlite_connection_pool();
                Ok(Self::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await?))
            }
        }
    }

    pub(super) fn engine(&self) -> Engine {
        match self {
            Self::Postgres(_) => Engine::Postgres,
            Self::Sqlite(_) => Engine::Sqlite,
        }
    }

    /// Commits unless the lock of `session` is lost.
    pub(super) async fn commit(self, session: &Session) -> Result<(), sqlx::Error> {
        match self {
            Self::Postgres(transaction) => commit_held_raw(session, transaction).await,
            Self::Sqlite(transaction) => transaction.commit().await,
        }
    }

    pub(super) async fn rollback(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Postgres(transaction) => transaction.rollback().await,
            Self::Sqlite(transaction) => transaction.rollback().await,
        }
    }

    /// Runs one statement and answers how many rows it touched.
    pub(super) async fn execute(&mut self, sql: &str) -> Result<u64, sqlx::Error> {
        match self {
            Self::Postgres(transaction) => {
                (&mut **transaction).execute(AssertSqlSafe(sql)).await.map(|done| done.rows_affected())
            }
            Self::Sqlite(transaction) => {
                (&mut **transaction).execute(AssertSqlSafe(sql)).await.map(|done| done.rows_affected())
            }
        }
    }

    /// Runs one statement with text parameters, and bytes behind them.
    pub(super) async fn execute_with(
        &mut self,
        sql: &str,
        texts: &[&str],
        bytes: Option<&[u8]>,
    ) -> Result<u64, sqlx::Error> {
        match self {
            Self::Postgres(transaction) => {
                let query = texts.iter().fold(sqlx::query(AssertSqlSafe(sql)), |query, text| query.bind(*text));
                let query = bytes.into_iter().fold(query, Query::bind);
                query.execute(&mut **transaction).await.map(|done| done.rows_affected())
            }
            Self::Sqlite(transaction) => {
                let query = texts.iter().fold(sqlx::query(AssertSqlSafe(sql)), |query, text| query.bind(*text));
                let query = bytes.into_iter().fold(query, |query, bytes| query.bind(bytes.to_vec()));
                query.execute(&mut **transaction).await.map(|done| done.rows_affected())
            }
        }
    }

    /// The bytes that a query answers, if it answers a row.
    pub(super) async fn bytes(&mut self, sql: &str, texts: &[&str]) -> Result<Option<Vec<u8>>, sqlx::Error> {
        match self {
            Self::Postgres(transaction) => {
                let query = texts.iter().fold(sqlx::query(AssertSqlSafe(sql)), |query, text| query.bind(*text));
                query.fetch_optional(&mut **transaction).await?.map(|row| row.try_get(0)).transpose()
            }
            Self::Sqlite(transaction) => {
                let query = texts.iter().fold(sqlx::query(AssertSqlSafe(sql)), |query, text| query.bind(*text));
                query.fetch_optional(&mut **transaction).await?.map(|row| row.try_get(0)).transpose()
            }
        }
    }

    /// The one number that a query answers.
    pub(super) async fn number(&mut self, sql: &str) -> Result<i64, sqlx::Error> {
        match self {
            Self::Postgres(transaction) => {
                sqlx::query(AssertSqlSafe(sql)).fetch_one(&mut **transaction).await?.try_get(0)
            }
            Self::Sqlite(transaction) => {
                sqlx::query(AssertSqlSafe(sql)).fetch_one(&mut **transaction).await?.try_get(0)
            }
        }
    }

    /// Numbers of staged rows that a query answers as text, from zero.
    pub(super) async fn numbers(&mut self, sql: &str) -> Result<Vec<usize>, sqlx::Error> {
        let texts = self.texts(sql, &[]).await?;
        texts.iter().map(|text| text.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))).collect()
    }

    /// The first column of all rows of a query, as text.
    pub(super) async fn texts(&mut self, sql: &str, values: &[&str]) -> Result<Vec<String>, sqlx::Error> {
        match self {
            Self::Postgres(transaction) => {
                let query = values.iter().fold(sqlx::query(AssertSqlSafe(sql)), |query, value| query.bind(*value));
                query.fetch_all(&mut **transaction).await?.iter().map(|row| row.try_get(0)).collect()
            }
            Self::Sqlite(transaction) => {
                let query = values.iter().fold(sqlx::query(AssertSqlSafe(sql)), |query, value| query.bind(*value));
                query.fetch_all(&mut **transaction).await?.iter().map(|row| row.try_get(0)).collect()
            }
        }
    }

    /// Puts rows into `target`, a table with or without its columns, by the fastest way the engine has. Each row ends in the
    /// texts of `tail`.
    pub(super) async fn fill(&mut self, target: &str, mut rows: Batches, tail: &[&str]) -> Result<Seen, FillError> {
        match self {
            Self::Postgres(transaction) => copy(transaction, target, &mut rows, tail).await,
            Self::Sqlite(transaction) => insert(transaction, target, &mut rows, tail).await,
        }
    }
}

async fn copy(
    transaction: &mut Transaction<'static, Postgres>,
    target: &str,
    rows: &mut Batches,
    tail: &[&str],
) -> Result<Seen, FillError> {
    let mut seen = Seen::default();
    let mut copy = transaction.copy_in_raw(&format!("COPY {target} FROM STDIN")).await?;
    let mut chunk = String::with_capacity(COPY_CHUNK + 1_024);
    while let Some(batch) = rows.next().await? {
        for row in &batch {
            copy_line(row, tail, &mut chunk);
            if chunk.len() >= COPY_CHUNK {
                copy.send(chunk.as_bytes()).await?;
                chunk.clear();
            }
        }
        seen.add(&batch);
    }
    copy.send(chunk.as_bytes()).await?;
    copy.finish().await?;
    Ok(seen)
}

async fn insert(
    transaction: &mut Transaction<'static, Sqlite>,
    target: &str,
    rows: &mut Batches,
    tail: &[&str],
) -> Result<Seen, FillError> {
    let mut seen = Seen::default();
    while let Some(batch) = rows.next().await? {
        seen.add(&batch);
        let columns = batch.first().map_or(1, |row| row.values.len() + tail.len());
        let at_once = SQLITE_ROWS.min(SQLITE_PARAMETERS / columns).max(1);
        let mut batch = batch.into_iter();
        while batch.len() > 0 {
            // Whoever calls takes everything back when a row is refused. Told so, SQLite keeps no copy of each page to take
            // back the rows of this statement alone. The conflicts of a trigger's own statements then fail as well: into a
            // table with triggers the rows go the longer way, which says nothing of conflicts.
            let mut query = QueryBuilder::<Sqlite>::new(format!("INSERT OR FAIL INTO {target} "));
            query.push_values(batch.by_ref().take(at_once), |mut values, row| {
                for value in row.values {
                    match value {
                        Value::Null => values.push_bind(None::<i64>),
                        Value::Id(id) => values.push_bind(id.as_bytes().to_vec()),
                        Value::Integer(number) => values.push_bind(number),
                        Value::Float(number) => values.push_bind(number),
                        Value::Bool(truth) => values.push_bind(truth),
                        Value::Text(text) => values.push_bind(text),
                        Value::Time(time) => values.push_bind(time_text(&time)),
                        Value::Date(date) => values.push_bind(date.to_string()),
                        Value::Bytes(bytes) => values.push_bind(bytes),
                    };
                }
                for text in tail {
                    values.push_bind((*text).to_owned());
                }
            });
            query.build().execute(&mut **transaction).await?;
        }
    }
    Ok(seen)
}
