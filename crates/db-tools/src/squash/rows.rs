//! The rows of a scratch database, so that two of them can be compared and one can be written down.

use std::collections::BTreeMap;

use atriz_db::Engine;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, Statement};

use crate::introspect::{IntrospectError, Name, Schema, Table, TableKind};
use crate::scratch::quote;

/// The rows of every table that holds some, as text and sorted.
pub(super) type Rows = BTreeMap<String, Vec<String>>;

/// Reads all rows. Scratch databases hold what migrations inserted, which is little.
pub(super) async fn read(connection: &DatabaseConnection, schema: &Schema) -> Result<Rows, IntrospectError> {
    let mut rows = Rows::new();
    for (name, table) in &schema.tables {
        if table.kind == TableKind::Foreign {
            continue;
        }
        let query = match schema.engine {
            Engine::Postgres => format!("SELECT t::text AS line FROM {} t", quoted(name)),
            Engine::Sqlite => format!("SELECT {} AS line FROM {}", values(table, |_| true), quoted(name)),
        };
        let mut lines = texts(connection, &query).await.map_err(|error| engine(&error))?;
        lines.sort();
        if !lines.is_empty() {
            rows.insert(name.to_string(), lines);
        }
    }
    Ok(rows)
}

/// How many rows each table holds.
pub(super) fn counts(rows: &Rows) -> BTreeMap<&str, usize> {
    rows.iter().map(|(table, lines)| (table.as_str(), lines.len())).collect()
}

/// The one text column of a query.
pub(super) async fn texts(connection: &DatabaseConnection, query: &str) -> Result<Vec<String>, DbErr> {
    let statement = Statement::from_string(connection.get_database_backend(), query);
    let rows = connection.query_all_raw(statement).await?;
    rows.iter().map(|row| row.try_get("", "line")).collect()
}

/// A table's name in SQL.
pub(super) fn quoted(name: &Name) -> String {
    if name.schema.is_empty() { quote(&name.name) } else { format!("{}.{}", quote(&name.schema), quote(&name.name)) }
}

/// An expression for the values of a row as SQL writes them, with commas between (SQLite).
pub(super) fn values(table: &Table, keep: impl Fn(&str) -> bool) -> String {
    let columns = table.columns.iter().filter(|column| !column.hidden && keep(&column.name));
    let quoted: Vec<String> = columns.map(|column| format!("quote({})", quote(&column.name))).collect();
    quoted.join(" || ', ' || ")
}

pub(super) fn engine(error: &DbErr) -> IntrospectError {
    IntrospectError::Engine { what: "rows", reason: error.to_string() }
}
