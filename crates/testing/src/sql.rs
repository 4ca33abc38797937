//! Short ways to ask a database something.

use sea_orm::{ConnectionTrait, DbErr, Statement};

/// Runs statements.
///
/// # Errors
///
/// What the engine says.
pub async fn execute(connection: &impl ConnectionTrait, sql: &str) -> Result<(), DbErr> {
    connection.execute_unprepared(sql).await.map(drop)
}

/// The first column of every row; the query casts it to text.
///
/// # Panics
///
/// If the query fails: the tests that expect so use [`execute`].
pub async fn texts(connection: &impl ConnectionTrait, sql: &str) -> Vec<String> {
    let rows = connection.query_all_raw(Statement::from_string(connection.get_database_backend(), sql)).await;
    let rows = rows.unwrap_or_else(|error| panic!("{sql}: {error}"));
    let text = |row: &sea_orm::QueryResult| row.try_get_by_index::<Option<String>>(0);
    rows.iter()
        .map(|row| text(row).unwrap_or_else(|error| panic!("{sql}: {error}")).unwrap_or_else(|| "NULL".to_owned()))
        .collect()
}

/// The one number that a query answers.
///
/// # Panics
///
/// If the query fails or answers no number.
pub async fn number(connection: &impl ConnectionTrait, sql: &str) -> i64 {
    let row = connection.query_one_raw(Statement::from_string(connection.get_database_backend(), sql)).await;
    let row = row.unwrap_or_else(|error| panic!("{sql}: {error}")).unwrap_or_else(|| panic!("{sql}: no row"));
    row.try_get_by_index(0).unwrap_or_else(|error| panic!("{sql}: {error}"))
}
