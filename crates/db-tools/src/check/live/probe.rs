//! The two ends of a reference: the keys that a column holds, and which of them are there on the other side.

use std::collections::HashSet;

use atriz_db::Engine;
use sea_orm::{ConnectionTrait as _, DatabaseTransaction, DbErr, Statement, Value};

use super::keys::Key;
use super::mend::table_sql::sql_name;
use crate::introspect::Name;
use crate::scratch::quote;

/// How many keys are held at a time.
const CHUNK: usize = 5_000;
/// SQLite takes so many parameters in every build.
const PARAMETERS: usize = 500;

/// A key and how many rows have it.
pub(super) type Held = (Key, u64);

/// The distinct keys of a column, a chunk at a time: by a cursor on PostgreSQL, which reads the table once, and by the
/// last key on SQLite, which has no cursor beside other queries.
pub(super) struct Keys<'a> {
    transaction: &'a DatabaseTransaction,
    engine: Engine,
    table: String,
    column: String,
    last: Option<Key>,
    ended: bool,
}

impl<'a> Keys<'a> {
    pub(super) async fn open(
        transaction: &'a DatabaseTransaction,
        engine: Engine,
        table: &Name,
        column: &str,
    ) -> Result<Self, DbErr> {
        let keys =
            Self { transaction, engine, table: sql_name(table), column: quote(column), last: None, ended: false };
        if engine == Engine::Postgres {
            let (table, column) = (&keys.table, &keys.column);
            let declare = format!(
                "DECLARE held NO SCROLL CURSOR FOR SELECT {column}::text AS key, count(*) AS rows FROM {table} \
                 WHERE {column} IS NOT NULL GROUP BY {column}"
            );
            transaction.execute_unprepared(&declare).await?;
        }
        Ok(keys)
    }

    /// The next chunk; empty at the end.
    pub(super) async fn next(&mut self) -> Result<Vec<Held>, DbErr> {
        if self.ended {
            return Ok(Vec::new());
        }
        let chunk = match self.engine {
            Engine::Postgres => self.fetch().await?,
            Engine::Sqlite => self.seek().await?,
        };
        self.ended = chunk.len() < CHUNK;
        self.last = chunk.last().map(|(key, _)| key.clone());
        Ok(chunk)
    }

    async fn fetch(&self) -> Result<Vec<Held>, DbErr> {
        let fetch = Statement::from_string(self.engine.backend(), format!("FETCH {CHUNK} FROM held"));
        let rows = self.transaction.query_all_raw(fetch).await?;
        rows.iter()
            .map(|row| Ok((Key::of_postgres(row.try_get("", "key")?), count(row.try_get("", "rows")?))))
            .collect()
    }

    async fn seek(&self) -> Result<Vec<Held>, DbErr> {
        let (table, column) = (&self.table, &self.column);
        let behind = if self.last.is_some() { format!("{column} > ?1") } else { format!("{column} IS NOT NULL") };
        let query = format!(
            "SELECT typeof({column}) AS kind, {column} AS key, count(*) AS rows FROM {table} WHERE {behind} \
             GROUP BY {column} ORDER BY {column} LIMIT {CHUNK}"
        );
        let values: Vec<Value> = self.last.iter().map(Key::value).collect();
        let rows = self.transaction.query_all_raw(Statement::from_sql_and_values(self.engine.backend(), query, values));
        rows.await?.iter().map(|row| Ok((Key::of_sqlite(row)?, count(row.try_get("", "rows")?)))).collect()
    }
}

fn count(rows: i64) -> u64 {
    rows.unsigned_abs()
}

/// Which of these are the `id` of no row of `table`; only they come back. On PostgreSQL `id` is of the type `kind`.
pub(super) async fn absent(
    transaction: &DatabaseTransaction,
    engine: Engine,
    table: &Name,
    kind: &str,
    keys: &[Held],
) -> Result<HashSet<Key>, DbErr> {
    let (table, backend) = (sql_name(table), engine.backend());
    let mut absent = HashSet::new();
    if engine == Engine::Postgres {
        let texts: Vec<String> = keys.iter().map(|(key, _)| key.text()).collect();
        let query = format!(
            "SELECT k AS key FROM pg_catalog.json_array_elements_text($1::json) k \
             WHERE NOT EXISTS (SELECT FROM {table} t WHERE t.id = k::{kind})"
        );
        let json = serde_json::to_string(&texts).map_err(|error| DbErr::Custom(error.to_string()))?;
        for row in transaction.query_all_raw(Statement::from_sql_and_values(backend, query, [json.into()])).await? {
            absent.insert(Key::of_postgres(row.try_get("", "key")?));
        }
        return Ok(absent);
    }
    for some in keys.chunks(PARAMETERS) {
        let marks: Vec<String> = (1..=some.len()).map(|number| format!("(?{number})")).collect();
        let query = format!(
            "SELECT typeof(k.column1) AS kind, k.column1 AS key FROM (VALUES {}) k \
             WHERE NOT EXISTS (SELECT 1 FROM {table} t WHERE t.id = k.column1)",
            marks.join(", ")
        );
        let values: Vec<Value> = some.iter().map(|(key, _)| key.value()).collect();
        for row in transaction.query_all_raw(Statement::from_sql_and_values(backend, query, values)).await? {
            absent.insert(Key::of_sqlite(&row)?);
        }
    }
    Ok(absent)
}
