//! What a migration sets for its session is gone before the next one of the same run.

use atriz_db::Engine;
use atriz_testing::{TestFleet, Workspace, texts};

use crate::support::workspace;

/// The settings as the migration saw them that this one is.
const LOOK: &str = "INSERT INTO app.seen SELECT concat_ws(' | ', current_setting('lock_timeout'), \
    replace(current_setting('search_path'), '\"', ''), replace(current_user, current_database(), 'core'), \
    current_setting('statement_timeout'), current_setting('DateStyle'), current_setting('standard_conforming_strings'));";

/// What each of them sets, for the rest of the session.
const CHANGES: &[&str] = &[
    "SET lock_timeout = '77s';",
    "SET search_path = pg_catalog; SET statement_timeout = '88s';",
    "SET ROLE NONE;",
    "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY;",
    "SELECT pg_catalog.set_config('search_path', '', false);",
    "DO $$ BEGIN SET DateStyle = 'SQL, DMY'; SET lock_timeout = 0; END $$;",
    "SELECT app.sets_in_silence();",
    "WITH called AS (SELECT app.sets_in_silence()) SELECT count(*) FROM called;",
    "-- atriz: no-transaction\nSET lock_timeout = '66s';\nSET ROLE NONE;\nSET search_path = pg_catalog;",
    "SET standard_conforming_strings = off;",
    "VACUUM app.seen;\nSET statement_timeout = '99s';",
];

const SILENT: &str = "CREATE TABLE app.seen (settings text);
CREATE FUNCTION app.sets_in_silence() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
    PERFORM set_config('lock_timeout', '55s', false), set_config('search_path', 'pg_catalog', false), set_config('role', 'none', false);
END $$;";

fn add(workspace: &Workspace, version: &str, sql: &str) {
    workspace.migration_on(Engine::Postgres, "core", version, sql, "SELECT 1;");
    workspace.migration_on(Engine::Sqlite, "core", version, "SELECT 1;", "SELECT 1;");
}

#[test]
fn no_setting_reaches_the_next_migration() {
    atriz_testing::run(Engine::Postgres, "leaks::settings", async |engine| {
        let workspace = workspace();
        add(&workspace, "20260102000000_silent", SILENT);
        add(&workspace, "20260102000100_look", LOOK);
        for (index, change) in CHANGES.iter().enumerate() {
            add(&workspace, &format!("2026010300{index:02}00_change"), change);
            add(&workspace, &format!("2026010300{index:02}01_look"), LOOK);
        }
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let session = test.session("core").await;
        let seen = texts(&session.connection, "SELECT settings FROM app.seen").await;
        assert_eq!(seen[0], "3s | public, app | core_owner | 0 | ISO, MDY | on");
        for (index, change) in CHANGES.iter().enumerate() {
            assert_eq!(seen[index + 1], seen[0], "behind {change}");
        }
        // All that was made belongs to the owner, whoever a migration took itself for.
        let owners = "SELECT DISTINCT replace(tableowner, current_database(), 'core')::text FROM pg_tables \
                      WHERE schemaname IN ('public', 'app')";
        assert_eq!(texts(&session.connection, owners).await, ["core_owner"]);
    });
}
