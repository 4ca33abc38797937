//! `seed_history`: which file was loaded, in which state, and what it inserted.

use sea_orm::sqlx;

use super::files::SeedFile;
use super::raw::Raw;
use crate::Engine;
use crate::sql::tracking_table;

/// What is recorded about a file.
pub(super) struct Record<'a> {
    pub(super) file: &'a SeedFile,
    pub(super) hash: &'a str,
    /// Rows this run inserted.
    pub(super) inserted: u64,
    /// The primary keys of rows that were there before the file was first loaded, as one JSON array.
    pub(super) found: &'a str,
    /// The time of the run, as SQL text.
    pub(super) now: &'a str,
    pub(super) operator: &'a str,
}

fn table(engine: Engine) -> String {
    tracking_table(engine, "seed_history")
}

/// The hash a file was last loaded with.
pub(super) async fn hash_of(raw: &mut Raw, file: &SeedFile) -> Result<Option<String>, sqlx::Error> {
    let sql = format!("SELECT hash FROM {} WHERE seed_set = $1 AND file = $2", table(raw.engine()));
    Ok(raw.texts(&sql, &[file.set.name(), &file.name]).await?.pop())
}

/// The keys that were there before the file was first loaded.
pub(super) async fn found_of(raw: &mut Raw, file: &SeedFile) -> Result<Option<String>, sqlx::Error> {
    let sql = format!("SELECT CAST(rows_found AS text) FROM {} WHERE seed_set = $1 AND file = $2", table(raw.engine()));
    Ok(raw.texts(&sql, &[file.set.name(), &file.name]).await?.pop())
}

/// Writes down that a file was loaded. Loaded again, it keeps what it found the first time.
pub(super) async fn record(raw: &mut Raw, record: &Record<'_>) -> Result<(), sqlx::Error> {
    let engine = raw.engine();
    let (table, json) = (table(engine), if engine == Engine::Postgres { "::jsonb" } else { "" });
    let sql = format!(
        "INSERT INTO {table} AS h (seed_set, file, hash, rows_inserted, rows_found, happened_at, operator) \
         VALUES ($1, $2, $3, {inserted}, $4{json}, {now}, $5) \
         ON CONFLICT (seed_set, file) DO UPDATE SET hash = excluded.hash, happened_at = excluded.happened_at, \
         rows_inserted = h.rows_inserted + excluded.rows_inserted, operator = excluded.operator",
        inserted = record.inserted,
        now = record.now,
    );
    let values = [record.file.set.name(), &record.file.name, record.hash, record.found, record.operator];
    raw.execute_with(&sql, &values).await.map(drop)
}

/// Forgets a file.
pub(super) async fn forget(raw: &mut Raw, file: &SeedFile) -> Result<(), sqlx::Error> {
    let sql = format!("DELETE FROM {} WHERE seed_set = $1 AND file = $2", table(raw.engine()));
    raw.execute_with(&sql, &[file.set.name(), &file.name]).await.map(drop)
}
