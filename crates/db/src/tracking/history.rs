//! `seaql_migrations`: what is applied now, in SeaORM's own shape.

use sea_orm::{ConnectionTrait, DbErr, Statement, Value};

use crate::Engine;
use crate::sql::{parameters, tracking_table};

/// Says that `version` is applied, since so many seconds after 1970, as SeaORM keeps it.
pub(crate) async fn record_applied(
    connection: &impl ConnectionTrait,
    engine: Engine,
    version: &str,
    applied_at: i64,
) -> Result<(), DbErr> {
    let sql = insert_applied(engine, 1);
    let values: [Value; 2] = [version.into(), applied_at.into()];
    connection.execute_raw(Statement::from_sql_and_values(engine.backend(), sql, values)).await.map(drop)
}

/// The statement of that, with the version at the nth parameter and the time behind it.
pub(super) fn insert_applied(engine: Engine, first: usize) -> String {
    let table = tracking_table(engine, "seaql_migrations");
    format!("INSERT INTO {table} (version, applied_at) VALUES ({})", parameters(engine, first, 2))
}

/// Says that `version` is no longer applied.
pub(crate) async fn record_reverted(
    connection: &impl ConnectionTrait,
    engine: Engine,
    version: &str,
) -> Result<(), DbErr> {
    let table = tracking_table(engine, "seaql_migrations");
    let sql = format!("DELETE FROM {table} WHERE version = {}", parameters(engine, 1, 1));
    connection.execute_raw(Statement::from_sql_and_values(engine.backend(), sql, [version.into()])).await.map(drop)
}
