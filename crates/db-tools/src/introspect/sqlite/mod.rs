//! Reads a schema from SQLite: what its pragmas say, and what stands only in the text of its statements.

mod create_table;
mod indexes;
mod keys;
mod rows;
mod tables;
mod text;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement, TransactionTrait as _};
use serde::de::DeserializeOwned;

use super::{IntrospectError, Schema};
use rows::Catalogue;

/// Tables and views of ours, as a source for the pragmas of each.
const OURS: &str = "(SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual', 'view') \
    AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\') t";

/// Reads everything in one snapshot.
pub(super) async fn read(connection: &DatabaseConnection) -> Result<Schema, IntrospectError> {
    let failed = |error: &DbErr| IntrospectError::Engine { what: "snapshot", reason: error.to_string() };
    let begun = connection.begin_with_options(sea_orm::TransactionOptions::default()).await;
    let transaction = begun.map_err(|error| failed(&error))?;
    let catalogue = catalogue(&transaction).await?;
    transaction.rollback().await.map_err(|error| failed(&error))?;
    tables::schema(catalogue)
}

async fn catalogue(connection: &impl ConnectionTrait) -> Result<Catalogue, IntrospectError> {
    let of_each =
        |pragma: &str, columns: &str| format!("SELECT t.name AS owner, {columns} FROM {OURS}, {pragma}(t.name) x");
    Ok(Catalogue {
        tables: rows(
            connection,
            "tables",
            "'name', name, 'kind', type, 'without_rowid', wr, 'strict', strict",
            "pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual', 'view') \
             AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
        )
        .await?,
        statements: rows(
            connection,
            "statements",
            "'kind', type, 'name', name, 'owner', tbl_name, 'sql', sql",
            "sqlite_schema WHERE sql IS NOT NULL",
        )
        .await?,
        columns: rows(
            connection,
            "columns",
            "'owner', owner, 'name', name, 'type', type, 'not_null', nn, 'default', value, 'key', pk, 'hidden', hidden",
            &format!(
                "({} ORDER BY t.name, x.cid)",
                of_each("pragma_table_xinfo", "x.name, x.type, x.\"notnull\" AS nn, x.dflt_value AS value, x.pk, x.hidden")
            ),
        )
        .await?,
        index_columns: rows(
            connection,
            "indexes",
            "'owner', owner, 'index', list, 'unique', uq, 'origin', origin, 'place', seqno, 'number', cid, 'name', name, \
             'descending', down, 'collation', coll",
            &format!(
                "(SELECT t.name AS owner, l.name AS list, l.\"unique\" AS uq, l.origin, x.seqno, x.cid, x.name, \
                 x.\"desc\" AS down, x.coll FROM {OURS}, pragma_index_list(t.name) l, pragma_index_xinfo(l.name) x \
                 WHERE x.key ORDER BY t.name, l.name, x.seqno)"
            ),
        )
        .await?,
        foreign_keys: rows(
            connection,
            "foreign keys",
            "'owner', owner, 'id', id, 'table', target, 'column', source, 'referenced', goal, 'on_update', on_update, \
             'on_delete', on_delete",
            &format!(
                "({} ORDER BY t.name, x.id DESC, x.seq)",
                of_each(
                    "pragma_foreign_key_list",
                    "x.id, x.\"table\" AS target, x.\"from\" AS source, x.\"to\" AS goal, x.on_update, x.on_delete"
                )
            ),
        )
        .await?,
    })
}

/// The rows of a source, by way of JSON.
async fn rows<T: DeserializeOwned>(
    connection: &impl ConnectionTrait,
    what: &'static str,
    members: &str,
    source: &str,
) -> Result<Vec<T>, IntrospectError> {
    let sql = format!("SELECT json_group_array(json_object({members})) AS rows FROM {source}");
    let row = connection.query_one_raw(Statement::from_string(DbBackend::Sqlite, sql)).await;
    let text = row.and_then(|row| match row {
        Some(row) => row.try_get::<String>("", "rows"),
        None => Err(DbErr::RecordNotFound("an aggregate has one row".to_owned())),
    });
    let text = text.map_err(|error| IntrospectError::Engine { what, reason: error.to_string() })?;
    serde_json::from_str(&text).map_err(|error| IntrospectError::Answer { what, reason: error.to_string() })
}
