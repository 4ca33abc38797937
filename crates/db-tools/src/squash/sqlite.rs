//! A SQLite database as statements: the catalogue's own text, in an order in which each finds what it needs.

use std::collections::BTreeSet;

use atriz_db::{Engine, TRACKING_TABLES};
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbErr, Statement};

use super::SquashError;
use super::rows::{engine, quoted, texts, values};
use crate::introspect::{Name, Schema, Table, TableKind};
use crate::scratch::quote;

/// One object of the catalogue.
struct Object {
    kind: String,
    name: String,
    sql: String,
}

/// The statements that make `schema` and its rows. Indexes and triggers come behind the rows: the one is faster, and the
/// other would do a second time what is in the rows already.
pub(super) async fn statements(connection: &DatabaseConnection, schema: &Schema) -> Result<Vec<String>, SquashError> {
    let objects = objects(connection).await.map_err(|error| engine(&error))?;
    let of_kind = |kind: &str| -> Vec<String> {
        objects.iter().filter(|object| object.kind == kind).map(|object| object.sql.clone()).collect()
    };
    let mut statements = of_kind("table");
    let rows = rows(connection, schema, &objects).await?;
    if !rows.is_empty() && schema.tables.values().any(|table| !table.foreign_keys.is_empty()) {
        // Tables may refer to each other in a circle, and a row to its own table.
        statements.insert(0, "PRAGMA defer_foreign_keys = ON".to_owned());
    }
    statements.extend(rows);
    for kind in ["index", "view", "trigger"] {
        statements.extend(of_kind(kind));
    }
    Ok(statements)
}

async fn objects(connection: &DatabaseConnection) -> Result<Vec<Object>, DbErr> {
    const QUERY: &str = "SELECT type AS kind, name, tbl_name AS owner, sql FROM sqlite_schema s WHERE sql IS NOT NULL \
        AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND NOT EXISTS (SELECT 1 FROM pragma_table_list l \
        WHERE l.schema = 'main' AND l.type = 'shadow' AND l.name = s.tbl_name) ORDER BY s.rowid";
    let rows = connection.query_all_raw(Statement::from_string(Engine::Sqlite.backend(), QUERY)).await?;
    let mut objects = Vec::new();
    for row in rows {
        let owner: String = row.try_get("", "owner")?;
        if !TRACKING_TABLES.contains(&owner.as_str()) {
            let (kind, name) = (row.try_get("", "kind")?, row.try_get("", "name")?);
            objects.push(Object { kind, name, sql: row.try_get("", "sql")? });
        }
    }
    Ok(objects)
}

async fn rows(
    connection: &DatabaseConnection,
    schema: &Schema,
    objects: &[Object],
) -> Result<Vec<String>, SquashError> {
    let mut statements = Vec::new();
    let mut behind = Vec::new();
    for object in objects.iter().filter(|object| object.kind == "table") {
        let Some(table) = schema.tables.get(&Name::bare(&object.name)) else { continue };
        if table.kind == TableKind::Virtual {
            behind.extend(virtual_rows(connection, object, table).await?);
        } else {
            statements.extend(insert(connection, &object.name, table, &order(table)).await?);
        }
    }
    statements.extend(behind);
    statements.extend(sequences(connection, schema).await?);
    Ok(statements)
}

/// By the primary key, or else in the order in which they were inserted.
fn order(table: &Table) -> String {
    match &table.primary_key {
        Some(key) => key.columns.iter().map(|column| quote(column)).collect::<Vec<_>>().join(", "),
        None => "rowid".to_owned(),
    }
}

async fn insert(
    connection: &DatabaseConnection,
    name: &str,
    table: &Table,
    order: &str,
) -> Result<Option<String>, SquashError> {
    let computed: BTreeSet<&str> = table
        .columns
        .iter()
        .filter(|column| column.generated.is_some() || column.hidden)
        .map(|column| column.name.as_str())
        .collect();
    let keep = |column: &str| !computed.contains(column);
    let columns: Vec<_> = table.columns.iter().filter(|column| keep(&column.name)).map(|c| quote(&c.name)).collect();
    let from = quoted(&Name::bare(name));
    let query = format!("SELECT {} AS line FROM {from} ORDER BY {order}", values(table, keep));
    let lines = texts(connection, &query).await.map_err(|error| engine(&error))?;
    Ok(insertion(&from, &columns.join(", "), &lines))
}

fn insertion(table: &str, columns: &str, lines: &[String]) -> Option<String> {
    let rows: Vec<String> = lines.iter().map(|line| format!("    ({line})")).collect();
    (!rows.is_empty()).then(|| format!("INSERT INTO {table} ({columns}) VALUES\n{}", rows.join(",\n")))
}

/// A full-text index over another table is built anew from that one; what keeps its rows itself gets them, with their
/// numbers.
async fn virtual_rows(
    connection: &DatabaseConnection,
    object: &Object,
    table: &Table,
) -> Result<Option<String>, SquashError> {
    let from = quoted(&Name::bare(&object.name));
    let text: String = object.sql.to_lowercase().split_whitespace().collect();
    let is_text_index = text.contains("usingfts");
    if is_text_index && (text.contains("content='',") || text.contains("content='')")) {
        let reason = format!("{} is a full-text index without content, which cannot be read back", object.name);
        return Err(SquashError::Unsayable { engine: Engine::Sqlite, reason });
    }
    let query =
        format!("SELECT CAST(rowid AS text) || ', ' || {} AS line FROM {from} ORDER BY rowid", values(table, |_| true));
    let lines = texts(connection, &query).await.map_err(|error| engine(&error))?;
    if lines.is_empty() {
        return Ok(None);
    }
    if is_text_index && text.contains("content=") {
        return Ok(Some(format!("INSERT INTO {from} ({}) VALUES ('rebuild')", quote(&object.name))));
    }
    let columns = table.columns.iter().filter(|column| !column.hidden).map(|column| quote(&column.name));
    let columns: Vec<String> = std::iter::once("rowid".to_owned()).chain(columns).collect();
    Ok(insertion(&from, &columns.join(", "), &lines))
}

/// Where AUTOINCREMENT stands, where that is not at the last row.
async fn sequences(connection: &DatabaseConnection, schema: &Schema) -> Result<Vec<String>, SquashError> {
    let counted =
        schema.tables.iter().filter(|(_, table)| table.options.iter().any(|option| option == "autoincrement"));
    let mut statements = Vec::new();
    for (name, _) in counted {
        let (text, table) = (format!("'{}'", name.name.replace('\'', "''")), quoted(name));
        let query = format!(
            "SELECT CAST(seq AS text) AS line FROM sqlite_sequence WHERE name = {text} \
             AND seq <> (SELECT coalesce(max(rowid), 0) FROM {table})"
        );
        for number in texts(connection, &query).await.map_err(|error| engine(&error))? {
            statements.push(format!("DELETE FROM sqlite_sequence WHERE name = {text}"));
            statements.push(format!("INSERT INTO sqlite_sequence (name, seq) VALUES ({text}, {number})"));
        }
    }
    Ok(statements)
}
