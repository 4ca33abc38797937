//! `seed_history`: which file was loaded, in which state, and which rows it inserted.

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, Statement, sqlx};
use serde::Deserialize;

use super::files::SeedFile;
use super::keys::Keys;
use super::raw::Raw;
use crate::Engine;
use crate::sql::tracking_table;

/// What is to be recorded about a file.
pub(super) struct Record<'a> {
    pub(super) file: &'a SeedFile,
    pub(super) hash: &'a str,
    /// The rows that are the file's, as far as it was counted.
    pub(super) inserted: u64,
    /// Which those are; empty for seeds in SQL and Rust.
    pub(super) keys: &'a Keys,
    /// The time of the run, as SQL text.
    pub(super) now: &'a str,
    pub(super) operator: &'a str,
}

/// What is recorded about a file.
#[derive(Deserialize)]
pub(super) struct Known {
    pub(super) hash: String,
    pub(super) inserted: u64,
    /// When it was last loaded, as the engine writes it.
    pub(super) happened_at: String,
    /// One if a migration was taken back since: the rows may have gone with their table.
    stale: u8,
}

impl Known {
    pub(super) fn is_stale(&self) -> bool {
        self.stale != 0
    }
}

fn table(engine: Engine) -> String {
    tracking_table(engine, "seed_history")
}

/// The place in the journal where a migration was last taken back. Places tell what came first; clocks may stand still or
/// differ.
fn last_reverted(engine: Engine) -> String {
    let journal = tracking_table(engine, "migration_history");
    format!("(SELECT coalesce(max(id), 0) FROM {journal} WHERE event = 'reverted')")
}

/// Whether the record `h` is from before a migration was taken back.
pub(crate) fn is_stale(engine: Engine) -> String {
    format!("h.journal_position <> {}", last_reverted(engine))
}

/// What is recorded about a file.
pub(super) async fn known(raw: &mut Raw, file: &SeedFile) -> Result<Option<Known>, sqlx::Error> {
    let engine = raw.engine();
    let object = match engine {
        Engine::Postgres => "json_build_object",
        Engine::Sqlite => "json_object",
    };
    let sql = format!(
        "SELECT CAST({object}('hash', hash, 'inserted', rows_inserted, 'happened_at', happened_at, \
         'stale', CAST(({}) AS integer)) AS text) FROM {} h WHERE seed_set = $1 AND file = $2",
        is_stale(engine),
        table(engine)
    );
    let text = raw.texts(&sql, &[file.set.name(), &file.name]).await?.pop();
    text.map(|text| serde_json::from_str(&text).map_err(|error| sqlx::Error::Decode(error.into()))).transpose()
}

/// The rows that are the file's.
pub(super) async fn keys_of(raw: &mut Raw, file: &SeedFile) -> Result<Keys, sqlx::Error> {
    let sql = format!("SELECT keys_inserted FROM {} WHERE seed_set = $1 AND file = $2", table(raw.engine()));
    let bytes = raw.bytes(&sql, &[file.set.name(), &file.name]).await?;
    Keys::from_bytes(&bytes.unwrap_or_default())
}

fn record_sql(engine: Engine, record: &Record<'_>) -> String {
    format!(
        "INSERT INTO {table} (seed_set, file, hash, operator, keys_inserted, rows_inserted, happened_at, journal_position) \
         VALUES ($1, $2, $3, $4, $5, {inserted}, {now}, {position}) \
         ON CONFLICT (seed_set, file) DO UPDATE SET hash = excluded.hash, operator = excluded.operator, \
         keys_inserted = excluded.keys_inserted, rows_inserted = excluded.rows_inserted, \
         happened_at = excluded.happened_at, journal_position = excluded.journal_position",
        table = table(engine),
        inserted = record.inserted,
        now = record.now,
        position = last_reverted(engine),
    )
}

/// Writes down that a file was loaded.
pub(super) async fn record(raw: &mut Raw, record: &Record<'_>) -> Result<(), sqlx::Error> {
    let sql = record_sql(raw.engine(), record);
    let texts = [record.file.set.name(), &record.file.name, record.hash, record.operator];
    raw.execute_with(&sql, &texts, Some(record.keys.to_bytes())).await.map(drop)
}

/// As [`record`], in the transaction of a seed in Rust.
pub(super) async fn record_function(
    transaction: &DatabaseTransaction,
    engine: Engine,
    record: &Record<'_>,
) -> Result<(), DbErr> {
    let values = [record.file.set.name().into(), record.file.name.as_str().into(), record.hash.into()];
    let values = values.into_iter().chain([record.operator.into(), record.keys.to_bytes().to_vec().into()]);
    let sql = record_sql(engine, record);
    transaction.execute_raw(Statement::from_sql_and_values(engine.backend(), sql, values)).await.map(drop)
}

/// What is left of a file that was taken back: it is compared again when it is loaded next.
pub(super) struct Rest<'a> {
    pub(super) inserted: u64,
    pub(super) keys: &'a Keys,
}

fn lower_sql(engine: Engine, rest: &Rest<'_>) -> String {
    let (table, inserted) = (table(engine), rest.inserted);
    match inserted {
        0 => format!("DELETE FROM {table} WHERE seed_set = $1 AND file = $2"),
        _ => format!(
            "WITH file AS (SELECT CAST($1 AS text) AS seed_set, CAST($2 AS text) AS name) UPDATE {table} AS h \
             SET hash = '', rows_inserted = {inserted}, keys_inserted = $3 FROM file f \
             WHERE h.seed_set = f.seed_set AND h.file = f.name"
        ),
    }
}

/// Keeps what is left of a file, or forgets it where nothing is.
pub(super) async fn lower(raw: &mut Raw, file: &SeedFile, rest: &Rest<'_>) -> Result<(), sqlx::Error> {
    let keys = (rest.inserted > 0).then(|| rest.keys.to_bytes());
    let sql = lower_sql(raw.engine(), rest);
    raw.execute_with(&sql, &[file.set.name(), &file.name], keys).await.map(drop)
}

/// As [`lower`], in the transaction of a seed in Rust.
pub(super) async fn lower_function(
    transaction: &DatabaseTransaction,
    engine: Engine,
    file: &SeedFile,
    rest: &Rest<'_>,
) -> Result<(), DbErr> {
    let keys = (rest.inserted > 0).then(|| rest.keys.to_bytes().to_vec().into());
    let values = [file.set.name().into(), file.name.as_str().into()].into_iter().chain(keys);
    let sql = lower_sql(engine, rest);
    transaction.execute_raw(Statement::from_sql_and_values(engine.backend(), sql, values)).await.map(drop)
}
