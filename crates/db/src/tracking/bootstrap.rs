//! Makes the tracking tables, and gives the app its rights.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

use super::Identity;
use super::identity::insert as insert_identity;
use crate::Engine;
use crate::sql::{literal, quote_list};

/// `seaql_migrations` is made as SeaORM makes it, so that its own tools read and write it; the types
/// differ by engine there too. The texts of the mark have a limit, since it needs no second table for long ones then: each
/// table and index is a file, and making files is most of what a new database costs.
const POSTGRES: &str = r#"
CREATE TABLE IF NOT EXISTS public.seaql_migrations (
    "version" varchar NOT NULL PRIMARY KEY,
    "applied_at" bigint NOT NULL
);
CREATE TABLE IF NOT EXISTS public.migration_history (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_migration_history PRIMARY KEY,
    run_id uuid NOT NULL,
    version text NOT NULL,
    name text NOT NULL,
    direction text NOT NULL CONSTRAINT ck_migration_history_direction CHECK (direction IN ('up', 'down')),
    event text NOT NULL,
    statement_number integer,
    statement_count integer NOT NULL,
    checksum text,
    checksum_algorithm text,
    raw_hash text,
    happened_at timestamptz NOT NULL,
    duration_us bigint,
    error text,
    operator text NOT NULL,
    tool_version text NOT NULL
);
CREATE TABLE IF NOT EXISTS public.database_identity (
    id uuid NOT NULL,
    name varchar(255) NOT NULL,
    environment varchar(63) NOT NULL,
    created_at timestamptz NOT NULL,
    is_only boolean NOT NULL DEFAULT true CONSTRAINT pk_database_identity PRIMARY KEY
        CONSTRAINT ck_database_identity_is_only CHECK (is_only)
);
"#;

const SQLITE: &str = r#"
CREATE TABLE IF NOT EXISTS seaql_migrations (
    "version" varchar NOT NULL PRIMARY KEY,
    "applied_at" integer NOT NULL
);
CREATE TABLE IF NOT EXISTS migration_history (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id BLOB NOT NULL,
    version TEXT NOT NULL,
    name TEXT NOT NULL,
    direction TEXT NOT NULL CONSTRAINT ck_migration_history_direction CHECK (direction IN ('up', 'down')),
    event TEXT NOT NULL,
    statement_number INTEGER,
    statement_count INTEGER NOT NULL,
    checksum TEXT,
    checksum_algorithm TEXT,
    raw_hash TEXT,
    happened_at TEXT NOT NULL,
    duration_us INTEGER,
    error TEXT,
    operator TEXT NOT NULL,
    tool_version TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS database_identity (
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    environment TEXT NOT NULL,
    created_at TEXT NOT NULL,
    is_only INTEGER NOT NULL DEFAULT 1 CONSTRAINT pk_database_identity PRIMARY KEY
        CONSTRAINT ck_database_identity_is_only CHECK (is_only = 1)
) STRICT;
"#;

/// The record of seeds, which is made when it is first written or emptied.
const POSTGRES_SEEDS: &str = "
CREATE TABLE IF NOT EXISTS public.seed_history (
    seed_set text NOT NULL,
    file text NOT NULL,
    hash text NOT NULL,
    rows_inserted bigint NOT NULL,
    keys_inserted bytea NOT NULL,
    journal_position bigint NOT NULL,
    happened_at timestamptz NOT NULL,
    operator text NOT NULL,
    CONSTRAINT pk_seed_history PRIMARY KEY (seed_set, file)
);
";

const SQLITE_SEEDS: &str = "
CREATE TABLE IF NOT EXISTS seed_history (
    seed_set TEXT NOT NULL,
    file TEXT NOT NULL,
    hash TEXT NOT NULL,
    rows_inserted INTEGER NOT NULL,
    keys_inserted BLOB NOT NULL,
    journal_position INTEGER NOT NULL,
    happened_at TEXT NOT NULL,
    operator TEXT NOT NULL,
    CONSTRAINT pk_seed_history PRIMARY KEY (seed_set, file)
) STRICT;
";

/// The app's role as SQL names it, or NULL where there is none. A name of more than 63 bytes is nobody's, and would be cut.
const APP_ROLE: &str = "CASE WHEN pg_catalog.octet_length(current_database() || '_app') <= 63 \
     THEN pg_catalog.to_regrole(pg_catalog.quote_ident(current_database() || '_app')) END";

/// Lets the app's role read `tables`.
fn readable(role: Option<&str>, tables: &str) -> String {
    role.map(|role| format!("GRANT SELECT ON {tables} TO {role};")).unwrap_or_default()
}

/// Makes what is missing, and the mark where one is given. On PostgreSQL it is one message, and so all or nothing by itself;
/// on SQLite it runs inside the caller's transaction. `IF NOT EXISTS` is right here: history written by SeaORM's own tools
/// may be there already.
pub(crate) async fn bootstrap(
    connection: &impl ConnectionTrait,
    engine: Engine,
    mark: Option<&Identity>,
) -> Result<(), DbErr> {
    match (engine, mark) {
        (Engine::Postgres, _) => {
            let mark = mark.map(Identity::insertion).unwrap_or_default();
            let find = format!("SELECT {APP_ROLE}::text AS role");
            let found = connection.query_one_raw(Statement::from_string(DbBackend::Postgres, find)).await?;
            let role: Option<String> = found.map_or(Ok(None), |row| row.try_get("", "role"))?;
            let readable = readable(role.as_deref(), "public.seaql_migrations, public.database_identity");
            connection.execute_unprepared(&[POSTGRES, &readable, &mark].concat()).await.map(drop)
        }
        (Engine::Sqlite, None) => connection.execute_unprepared(SQLITE).await.map(drop),
        (Engine::Sqlite, Some(identity)) => {
            connection.execute_unprepared(SQLITE).await?;
            insert_identity(connection, engine, identity).await
        }
    }
}

/// Makes the record of seeds where it is missing.
pub(crate) async fn make_seed_history(connection: &impl ConnectionTrait, engine: Engine) -> Result<(), DbErr> {
    if engine == Engine::Sqlite {
        return connection.execute_unprepared(SQLITE_SEEDS).await.map(drop);
    }
    let find = format!(
        "SELECT pg_catalog.to_regclass('public.seed_history') IS NOT NULL AS is_there, {APP_ROLE}::text AS role"
    );
    let found = connection.query_one_raw(Statement::from_string(DbBackend::Postgres, find)).await?;
    let (is_there, role): (bool, Option<String>) = match found {
        Some(row) => (row.try_get("", "is_there")?, row.try_get("", "role")?),
        None => (false, None),
    };
    if is_there {
        return Ok(());
    }
    let script = [POSTGRES_SEEDS, &readable(role.as_deref(), "public.seed_history")].concat();
    connection.execute_unprepared(&script).await.map(drop)
}

/// Gives the app its rights on those of `schemas` that exist and are new to it: rows of all tables there now and later,
/// no DDL. A schema that has default rights for the app was given its rights before, and what a migration has taken back
/// since stays taken.
///
/// A migration that makes a schema calls this inside its transaction, so that there is no moment without the rights.
pub(crate) async fn grant_schemas(connection: &impl ConnectionTrait, schemas: &[String]) -> Result<(), DbErr> {
    // A folder of another layout names none: its databases are made by others, with rights of their own.
    if schemas.is_empty() {
        return Ok(());
    }
    let wanted = schemas.iter().map(|schema| literal(schema)).collect::<Vec<_>>().join(", ");
    let find = format!(
        "SELECT app.role::text AS role, nspname::text AS name \
         FROM (SELECT {APP_ROLE} AS role) app CROSS JOIN pg_catalog.pg_namespace n \
         WHERE app.role IS NOT NULL AND nspname IN ({wanted}) AND NOT EXISTS \
         (SELECT 1 FROM pg_catalog.pg_default_acl d CROSS JOIN LATERAL pg_catalog.aclexplode(d.defaclacl) a \
         WHERE d.defaclnamespace = n.oid AND a.grantee = app.role)"
    );
    let rows = connection.query_all_raw(Statement::from_string(DbBackend::Postgres, find)).await?;
    let found = rows.iter().map(|row| Ok((row.try_get("", "role")?, row.try_get("", "name")?)));
    let found = found.collect::<Result<Vec<(String, String)>, DbErr>>()?;
    let Some((role, _)) = found.first() else { return Ok(()) };
    let schemas = quote_list(found.iter().map(|(_, name)| name.as_str()));
    let script = format!(
        "REVOKE EXECUTE ON ALL ROUTINES IN SCHEMA {schemas} FROM PUBLIC;
         ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON ROUTINES FROM PUBLIC;
         GRANT USAGE ON SCHEMA {schemas} TO {role};
         GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schemas} TO {role};
         GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schemas} TO {role};
         GRANT EXECUTE ON ALL ROUTINES IN SCHEMA {schemas} TO {role};
         ALTER DEFAULT PRIVILEGES IN SCHEMA {schemas} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role};
         ALTER DEFAULT PRIVILEGES IN SCHEMA {schemas} GRANT USAGE, SELECT ON SEQUENCES TO {role};
         ALTER DEFAULT PRIVILEGES IN SCHEMA {schemas} GRANT EXECUTE ON ROUTINES TO {role}"
    );
    connection.execute_unprepared(&script).await.map(drop)
}
