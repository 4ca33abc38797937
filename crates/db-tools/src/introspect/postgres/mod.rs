//! Reads a schema from PostgreSQL's catalogues.

mod assemble;
mod hang;
mod queries;
mod rights;
mod rows;
mod tables;

use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, IsolationLevel, Statement, TransactionTrait as _,
};
use serde::de::DeserializeOwned;

use super::{IntrospectError, Schema};
use rows::Catalogue;

/// Reads everything in one snapshot, with an empty `search_path`, so that every name prints with its schema.
pub(super) async fn read(connection: &DatabaseConnection) -> Result<Schema, IntrospectError> {
    let failed = |error: &DbErr| IntrospectError::Engine { what: "snapshot", reason: error.to_string() };
    let begun = connection.begin_with_config(Some(IsolationLevel::RepeatableRead), Some(AccessMode::ReadOnly)).await;
    let transaction = begun.map_err(|error| failed(&error))?;
    transaction.execute_unprepared("SET LOCAL search_path = ''").await.map_err(|error| failed(&error))?;
    let catalogue = catalogue(&transaction).await?;
    transaction.rollback().await.map_err(|error| failed(&error))?;
    Ok(assemble::schema(catalogue))
}

async fn catalogue(connection: &impl ConnectionTrait) -> Result<Catalogue, IntrospectError> {
    Ok(Catalogue {
        roles: rows(connection, "roles", queries::ROLES).await?,
        namespaces: rows(connection, "namespaces", &queries::namespaces()).await?,
        default_rights: rows(connection, "default rights", &queries::default_rights()).await?,
        relations: rows(connection, "tables", &queries::relations()).await?,
        columns: rows(connection, "columns", &queries::columns()).await?,
        constraints: rows(connection, "constraints", queries::CONSTRAINTS).await?,
        indexes: rows(connection, "indexes", queries::INDEXES).await?,
        triggers: rows(connection, "triggers", queries::TRIGGERS).await?,
        policies: rows(connection, "policies", queries::POLICIES).await?,
        functions: rows(connection, "functions", &queries::functions()).await?,
        sequences: rows(connection, "sequences", &queries::sequences()).await?,
        types: rows(connection, "types", &queries::types()).await?,
        extensions: rows(connection, "extensions", queries::EXTENSIONS).await?,
        others: rows(connection, "rules", queries::OTHERS).await?,
    })
}

/// The rows of a query, by way of JSON: one value to fetch, and serde knows the columns.
async fn rows<T: DeserializeOwned>(
    connection: &impl ConnectionTrait,
    what: &'static str,
    query: &str,
) -> Result<Vec<T>, IntrospectError> {
    let sql = format!("SELECT coalesce(json_agg(t), '[]')::text AS rows FROM ({query}) t");
    let row = connection.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await;
    let text = row.and_then(|row| match row {
        Some(row) => row.try_get::<String>("", "rows"),
        None => Err(DbErr::RecordNotFound("an aggregate has one row".to_owned())),
    });
    let text = text.map_err(|error| IntrospectError::Engine { what, reason: error.to_string() })?;
    serde_json::from_str(&text).map_err(|error| IntrospectError::Answer { what, reason: error.to_string() })
}
