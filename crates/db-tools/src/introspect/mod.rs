//! Reads the schema of a database from its catalogues.
//!
//! The catalogues are read by a handful of queries for the whole database, never one per table. What SQLite keeps only in
//! the text of its statements (CHECKs, names of constraints, generated columns) is taken from that text.

mod difference;
mod error;
mod model;
mod postgres;
mod sqlite;

use atriz_db::Engine;
use sea_orm::DatabaseConnection;

pub use difference::{Difference, difference};
pub use error::IntrospectError;
pub(crate) use model::CONFLICT;
pub use model::*;

/// Reads the schema that `connection` sees.
///
/// Roles are told apart from their names: the owner of the database is `<owner>`, the app's role `<app>`, so that two
/// databases compare whatever they are called.
///
/// # Errors
///
/// [`IntrospectError`]: what the engine says, or an answer that cannot be read.
pub async fn read(connection: &DatabaseConnection) -> Result<Schema, IntrospectError> {
    match Engine::of_backend(connection.get_database_backend()) {
        Some(Engine::Postgres) => postgres::read(connection).await,
        Some(Engine::Sqlite) => sqlite::read(connection).await,
        None => Err(IntrospectError::Backend),
    }
}
