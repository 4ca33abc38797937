//! Rows without a value in a column that must have one.

use atriz_db::{Engine, Session};
use sea_orm::{ConnectionTrait as _, DbErr, Statement};

use super::mend::table_sql::{parsed, sql_name};
use super::report::LiveDatabase;
use crate::introspect::{Column, Schema};
use crate::scratch::quote;

/// A finding about a column that takes NULL and should not.
pub(super) struct Empty {
    /// Which finding it is.
    pub(super) place: usize,
    /// The table as paths call it.
    pub(super) table: String,
    /// The column as the folder has it.
    pub(super) column: Column,
}

/// The column of a difference in whether NULL is taken, where the folder says it is not.
pub(super) fn of(path: &[String], folder: &Schema, place: usize) -> Option<Empty> {
    let [kind, table, part, column, what] = path else { return None };
    if (kind.as_str(), part.as_str(), what.as_str()) != ("tables", "columns", "nullable") {
        return None;
    }
    let column = folder.tables.get(&parsed(table))?.column(column).filter(|column| !column.nullable)?;
    Some(Empty { place, table: table.clone(), column: column.clone() })
}

/// Counts the rows, and says with each finding how many there are and what becomes of them.
pub(super) async fn count(session: &Session, empty: &[Empty], report: &mut LiveDatabase) {
    for one in empty {
        let (table, column) = (sql_name(&parsed(&one.table)), quote(&one.column.name));
        let Some(finding) = report.findings.get_mut(one.place) else { continue };
        let rows = match rows(session, &format!("SELECT count(*) AS rows FROM {table} WHERE {column} IS NULL")).await {
            Ok(0) => continue,
            Ok(rows) => rows,
            Err(error) => {
                finding.mend.insert(0, format!("-- how many rows have no value cannot be told: {error}"));
                continue;
            }
        };
        let have = if rows == 1 { "1 row has" } else { &format!("{rows} rows have") };
        let is = finding.right.take().unwrap_or_default();
        finding.right = Some(format!("{is}, and {have} no value"));
        let fill = match &one.column.default {
            // The rebuild of SQLite does it on the way.
            Some(_) if session.engine == Engine::Sqlite => {
                vec![format!("-- {have} no value, and will have the default")]
            }
            Some(default) => vec![format!("UPDATE {table} SET {column} = {default} WHERE {column} IS NULL")],
            None => vec![
                format!("-- {have} no value, and the folder knows no default: give them one first"),
                format!("--   UPDATE {table} SET {column} = … WHERE {column} IS NULL"),
            ],
        };
        finding.mend.splice(0..0, fill);
    }
}

pub(super) async fn rows(session: &Session, query: &str) -> Result<i64, DbErr> {
    let query = Statement::from_string(session.engine.backend(), query);
    let row = session.connection.query_one_raw(query).await?;
    row.map_or(Ok(0), |row| row.try_get("", "rows"))
}
