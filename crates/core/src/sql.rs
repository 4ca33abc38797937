//! Statements that the query builder cannot write, in one text for both engines.

use sea_orm::{ConnectionTrait, DatabaseBackend, DbErr, QueryResult, Statement, Value};

/// A statement of one text, whose parameters are written `$1`, `$2`, …
pub(crate) fn statement(backend: DatabaseBackend, text: &str, values: impl IntoIterator<Item = Value>) -> Statement {
    match backend {
        DatabaseBackend::Sqlite => Statement::from_sql_and_values(backend, text.replace('$', "?"), values),
        _ => Statement::from_sql_and_values(backend, text, values),
    }
}

/// Runs a statement. How many rows it touched.
pub(crate) async fn execute(
    connection: &impl ConnectionTrait,
    text: &str,
    values: impl IntoIterator<Item = Value> + Send,
) -> Result<u64, DbErr> {
    let statement = statement(connection.get_database_backend(), text, values);
    connection.execute_raw(statement).await.map(|done| done.rows_affected())
}

/// Runs a statement that answers with one row at most.
pub(crate) async fn one(
    connection: &impl ConnectionTrait,
    text: &str,
    values: impl IntoIterator<Item = Value> + Send,
) -> Result<Option<QueryResult>, DbErr> {
    connection.query_one_raw(statement(connection.get_database_backend(), text, values)).await
}
