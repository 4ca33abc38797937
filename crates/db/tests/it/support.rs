//! What several themes share: a small workspace, and questions to its database.

use atriz_db::{Consent, Engine, Error, MigrateReport, Phase, Session};
use atriz_testing::{TestFleet, Workspace, texts};
use sea_orm::ConnectionTrait;

pub(crate) const SCHEMA: &str = "20260101000000_create_schemas";
pub(crate) const THINGS: &str = "20260101000100_create_things";
pub(crate) const PARTS: &str = "20260101000200_create_parts";
pub(crate) const NEXT: &str = "20260101000300_change_things";

const THINGS_UP: &str = "CREATE TABLE {app}things (
    id {uuid} NOT NULL CONSTRAINT pk_things PRIMARY KEY,
    code text NOT NULL,
    amount {big} NOT NULL,
    CONSTRAINT uq_things_code UNIQUE (code),
    CONSTRAINT ck_things_amount CHECK (amount >= 0)
){strict};";

const PARTS_UP: &str = "CREATE TABLE {app}parts (
    thing_id {uuid} NOT NULL,
    label text NOT NULL,
    CONSTRAINT pk_parts PRIMARY KEY (thing_id, label),
    CONSTRAINT fk_parts_things FOREIGN KEY (thing_id) REFERENCES {app}things (id)
){strict};";

/// A workspace whose database `core` has a schema, `things`, and `parts` that refer to them.
pub(crate) fn workspace() -> Workspace {
    let workspace = Workspace::new();
    base(&workspace, "core");
    workspace
}

/// The three migrations of [`workspace`] for any database.
pub(crate) fn base(workspace: &Workspace, database: &str) {
    workspace
        .migration_only(Engine::Postgres, database, SCHEMA, "CREATE SCHEMA app;", "DROP SCHEMA app;")
        .migration(database, THINGS, THINGS_UP, "DROP TABLE {app}things;")
        .migration(database, PARTS, PARTS_UP, "DROP TABLE {app}parts;");
}

/// Somebody who says yes.
pub(crate) fn yes() -> Consent {
    Consent { yes: true, ..Consent::default() }
}

/// A uuid as a literal of the engine.
pub(crate) fn id(engine: Engine, number: u8) -> String {
    match engine {
        Engine::Postgres => format!("'00000000-0000-0000-0000-0000000000{number:02x}'"),
        Engine::Sqlite => format!("x'000000000000000000000000000000{number:02x}'"),
    }
}

/// Inserts a thing.
pub(crate) fn thing(engine: Engine, number: u8) -> String {
    format!("INSERT INTO things (id, code, amount) VALUES ({}, 'thing {number}', {number})", id(engine, number))
}

/// The versions in SeaORM's history.
pub(crate) async fn history(session: &Session) -> Vec<String> {
    texts(&session.connection, "SELECT version FROM seaql_migrations ORDER BY version").await
}

/// "event version statement" of the journal's lines, oldest first.
pub(crate) async fn journal(session: &Session) -> Vec<String> {
    let sql = "SELECT event || ' ' || substr(version, 1, 14) || ' ' || direction || \
               coalesce(' ' || CAST(statement_number AS text), '') FROM migration_history ORDER BY id";
    texts(&session.connection, sql).await
}

/// The error and the hint of the one report that failed.
pub(crate) fn failure(reports: &[MigrateReport]) -> (String, String) {
    let failed = reports.iter().find_map(|report| match &report.phase {
        Phase::Failed { error, hint } => Some((error.clone(), hint.clone())),
        _ => None,
    });
    failed.unwrap_or_else(|| panic!("nothing failed: {reports:#?}"))
}

/// The innermost error.
pub(crate) fn inner(error: Error) -> Error {
    match error {
        Error::In { source, .. } => inner(*source),
        other => other,
    }
}

/// Migrates and answers the error that stopped it before the first change.
pub(crate) async fn refused(test: &TestFleet) -> Error {
    inner(test.migrate().await.expect_err("it should be refused"))
}

/// The whole catalogue as text, so that two states of a schema can be compared.
pub(crate) async fn schema_dump(connection: &impl ConnectionTrait, engine: Engine) -> Vec<String> {
    match engine {
        Engine::Sqlite => {
            texts(connection, "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY 1")
                .await
        }
        Engine::Postgres => {
            let mut dump = Vec::new();
            for sql in [
                "SELECT format('%s %s %s %s %s %s', a.attrelid::regclass, a.attname, format_type(a.atttypid, a.atttypmod), \
                 a.attnotnull, pg_get_expr(d.adbin, d.adrelid), col_description(a.attrelid, a.attnum)) \
                 FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid \
                 LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (a.attrelid, a.attnum) \
                 WHERE a.attnum > 0 AND c.relnamespace::regnamespace::text NOT LIKE 'pg\\_%' \
                 AND c.relnamespace::regnamespace::text <> 'information_schema' AND NOT a.attisdropped ORDER BY 1",
                "SELECT format('%s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint ORDER BY 1",
                "SELECT indexdef FROM pg_indexes WHERE schemaname NOT LIKE 'pg\\_%' ORDER BY 1",
                "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1",
                "SELECT format('%s %s', oid::regprocedure, prosrc) FROM pg_proc WHERE pronamespace::regnamespace::text NOT LIKE 'pg\\_%' \
                 AND pronamespace::regnamespace::text <> 'information_schema' ORDER BY 1",
                "SELECT format('%s %s', nspname, nspacl) FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%' ORDER BY 1",
                "SELECT format('%s %s %s', oid::regclass, relowner::regrole, relacl) FROM pg_class WHERE relkind IN ('r', 'S', 'v') \
                 AND relnamespace::regnamespace::text NOT LIKE 'pg\\_%' ORDER BY 1",
            ] {
                dump.extend(texts(connection, sql).await);
            }
            dump
        }
    }
}
