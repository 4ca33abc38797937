//! Empties a database: every user table and the record of seeds; structure, history, journal and mark stay.

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, Statement};
use serde::Serialize;

use super::LifecycleError;
use crate::Engine;
use crate::connect::Session;
use crate::destructive::DestructiveToken;
use crate::lock::commit_held;
use crate::sql::{quote, tracking_table};
use crate::tracking::{TRACKING_TABLES, make_seed_history};
use crate::triggers::SetAside;

/// What was emptied.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CleanReport {
    /// The tables that held rows, and how many.
    pub tables: Vec<(String, u64)>,
}

impl CleanReport {
    /// All rows.
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|(_, rows)| rows).sum()
    }
}

/// A table that holds users' rows.
struct UserTable {
    /// As messages call it.
    name: String,
    /// As SQL writes it.
    sql: String,
    kind: Kind,
}

/// What stands in a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Rows of its own.
    Rows,
    /// A full-text index over the rows of another table; they are not counted twice.
    Index,
}

const POSTGRES_TABLES: &str = "SELECT n.nspname::text AS schema, c.relname::text AS name, 0 AS indexes \
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition \
    AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' \
    AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') \
    ORDER BY 1, 2";

/// Shadow tables belong to virtual ones; a full-text index over another table's content follows that table.
const SQLITE_TABLES: &str = "SELECT '' AS schema, l.name AS name, \
    (l.type = 'virtual' AND replace(s.sql, ' ', '') LIKE '%content=%') AS indexes \
    FROM pragma_table_list l JOIN sqlite_schema s ON s.name = l.name AND s.type = 'table' \
    WHERE l.schema = 'main' AND l.type IN ('table', 'virtual') AND l.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY l.name";

async fn user_tables(connection: &impl ConnectionTrait, engine: Engine) -> Result<Vec<UserTable>, DbErr> {
    let query = match engine {
        Engine::Postgres => POSTGRES_TABLES,
        Engine::Sqlite => SQLITE_TABLES,
    };
    let rows = connection.query_all_raw(Statement::from_string(engine.backend(), query)).await?;
    let mut tables = Vec::with_capacity(rows.len());
    for row in rows {
        let (schema, name): (String, String) = (row.try_get("", "schema")?, row.try_get("", "name")?);
        if TRACKING_TABLES.contains(&name.as_str()) && (schema == "public" || schema.is_empty()) {
            continue;
        }
        let sql = if schema.is_empty() { quote(&name) } else { format!("{}.{}", quote(&schema), quote(&name)) };
        let kind = if row.try_get::<i32>("", "indexes")? == 0 { Kind::Rows } else { Kind::Index };
        tables.push(UserTable { name, sql, kind });
    }
    Ok(tables)
}

/// How many rows each user table holds, in one round trip; tables without rows are left out.
///
/// # Errors
///
/// What the engine says.
pub(crate) async fn user_rows(session: &Session) -> Result<Vec<(String, u64)>, DbErr> {
    if session.engine == Engine::Postgres {
        // Whoever asks waits for no lock without end, and in silence.
        session.connection.execute_unprepared("SET lock_timeout = '3s'").await?;
    }
    let tables = user_tables(&session.connection, session.engine).await?;
    count(&session.connection, session.engine, &tables).await
}

/// As [`user_rows`], of the tables for which `loses` holds. A partition counts where its table does not.
///
/// # Errors
///
/// What the engine says, among it that row security hides rows: what the owner does not see is lost all the same.
pub(crate) async fn lost_rows(session: &Session, loses: impl Fn(&str) -> bool) -> Result<Vec<(String, u64)>, DbErr> {
    let connection = &session.connection;
    if session.engine == Engine::Sqlite {
        return Ok(user_rows(session).await?.into_iter().filter(|(table, _)| loses(table)).collect());
    }
    connection.execute_unprepared("SET lock_timeout = '3s'; SET row_security = off").await?;
    let counted = async {
        let mut tables = user_tables(connection, session.engine).await?;
        tables.retain(|table| loses(&table.name));
        tables.extend(partitions(connection, &loses).await?);
        count(connection, session.engine, &tables).await
    }
    .await;
    connection.execute_unprepared("RESET row_security").await?;
    counted
}

/// The partitions that lose rows, of tables that do not.
async fn partitions(connection: &impl ConnectionTrait, loses: impl Fn(&str) -> bool) -> Result<Vec<UserTable>, DbErr> {
    const PARTITIONS: &str = "SELECT n.nspname::text AS schema, c.relname::text AS name, p.relname::text AS parent \
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
        JOIN pg_catalog.pg_inherits i ON i.inhrelid = c.oid JOIN pg_catalog.pg_class p ON p.oid = i.inhparent \
        WHERE c.relispartition AND c.relkind IN ('r', 'p') ORDER BY 1, 2";
    let mut found = Vec::new();
    for row in connection.query_all_raw(Statement::from_string(Engine::Postgres.backend(), PARTITIONS)).await? {
        let text = |column: &str| row.try_get::<String>("", column);
        let (schema, name) = (text("schema")?, text("name")?);
        if loses(&name) && !loses(&text("parent")?) {
            let sql = format!("{}.{}", quote(&schema), quote(&name));
            found.push(UserTable { name, sql, kind: Kind::Rows });
        }
    }
    Ok(found)
}

async fn count(
    connection: &impl ConnectionTrait,
    engine: Engine,
    tables: &[UserTable],
) -> Result<Vec<(String, u64)>, DbErr> {
    let mut counted = Vec::new();
    let tables: Vec<_> = tables.iter().filter(|table| table.kind == Kind::Rows).collect();
    // SQLite allows 500 terms in a compound SELECT.
    for chunk in tables.chunks(400) {
        let parts = chunk
            .iter()
            .enumerate()
            .map(|(index, table)| format!("SELECT {index} AS n, count(*) AS c FROM {}", table.sql));
        let query = parts.collect::<Vec<_>>().join(" UNION ALL ");
        for row in connection.query_all_raw(Statement::from_string(engine.backend(), query)).await? {
            let (index, rows) = (row.try_get::<i32>("", "n")?, row.try_get::<i64>("", "c")?);
            let table = usize::try_from(index).ok().and_then(|index| chunk.get(index));
            if let (Some(table), Ok(rows @ 1..)) = (table, u64::try_from(rows)) {
                counted.push((table.name.clone(), rows));
            }
        }
    }
    Ok(counted)
}

/// Empties the database in one transaction.
pub(crate) async fn clean(session: &Session, _: &DestructiveToken) -> Result<CleanReport, LifecycleError> {
    let cleaned = async {
        let transaction = session.begin().await?;
        if session.engine == Engine::Postgres {
            transaction.execute_unprepared("SET LOCAL lock_timeout = '3s'").await?;
        }
        let tables = user_tables(&transaction, session.engine).await?;
        let counted = count(&transaction, session.engine, &tables).await?;
        let triggers = SetAside::for_emptying(session.engine);
        let aside = statements(&transaction, &triggers.aside).await?;
        let back = statements(&transaction, &triggers.back).await?;
        run(&transaction, &aside).await?;
        match session.engine {
            Engine::Postgres => clean_postgres(&transaction, &tables).await?,
            Engine::Sqlite => clean_sqlite(&transaction, &tables).await?,
        }
        run(&transaction, &back).await?;
        make_seed_history(&transaction, session.engine).await?;
        let seeds = tracking_table(session.engine, "seed_history");
        transaction.execute_unprepared(&format!("DELETE FROM {seeds}")).await?;
        commit_held(session, transaction).await?;
        Ok(CleanReport { tables: counted })
    };
    cleaned.await.map_err(|error: DbErr| LifecycleError::of_db(&session.place, &error))
}

/// Statements that a query answers.
async fn statements(transaction: &DatabaseTransaction, query: &str) -> Result<Vec<String>, DbErr> {
    let query = Statement::from_string(transaction.get_database_backend(), query);
    transaction.query_all_raw(query).await?.iter().map(|row| row.try_get("", "sql")).collect()
}

async fn run(transaction: &DatabaseTransaction, statements: &[String]) -> Result<(), DbErr> {
    for statement in statements {
        transaction.execute_unprepared(statement).await?;
    }
    Ok(())
}

/// Sequences that belong to no column; those that do start again with their table.
const FREE_SEQUENCES: &str = "SELECT format('ALTER SEQUENCE %I.%I RESTART', n.nspname, c.relname) AS sql \
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
    WHERE c.relkind = 'S' AND n.nspname NOT LIKE 'pg\\_%' \
    AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('a', 'i', 'e'))";

/// One TRUNCATE names every table, so that it needs no CASCADE and cannot reach beyond them. It fires no row triggers.
async fn clean_postgres(transaction: &DatabaseTransaction, tables: &[UserTable]) -> Result<(), DbErr> {
    if !tables.is_empty() {
        let names = tables.iter().map(|table| table.sql.as_str()).collect::<Vec<_>>().join(", ");
        transaction.execute_unprepared(&format!("TRUNCATE {names} RESTART IDENTITY")).await?;
    }
    let sequences = statements(transaction, FREE_SEQUENCES).await?;
    run(transaction, &sequences).await
}

/// A full-text index over a table's content is emptied by its own command.
async fn clean_sqlite(transaction: &DatabaseTransaction, tables: &[UserTable]) -> Result<(), DbErr> {
    transaction.execute_unprepared("PRAGMA defer_foreign_keys = ON").await?;
    for table in tables {
        let sql = match table.kind {
            Kind::Rows => format!("DELETE FROM {}", table.sql),
            Kind::Index => format!("INSERT INTO {0} ({0}) VALUES ('delete-all')", table.sql),
        };
        transaction.execute_unprepared(&sql).await?;
    }
    reset_sequences(transaction).await
}

/// AUTOINCREMENT counters, the journal's aside: its order must not start again.
async fn reset_sequences(transaction: &DatabaseTransaction) -> Result<(), DbErr> {
    let query = "SELECT 'DELETE FROM sqlite_sequence WHERE name <> ' || quote('migration_history') AS sql \
                 FROM sqlite_schema WHERE name = 'sqlite_sequence'";
    let reset = statements(transaction, query).await?;
    run(transaction, &reset).await
}
