//! Each fault that was planted is found, and blamed on the right file.

use atriz_db::Engine;
use atriz_db_tools::verify::Proof;
use atriz_testing::{both_engines, for_engine};

use super::{NEXT, proved, told, workspace};

both_engines! {
    async fn a_way_back_that_forgets_an_index(engine) {
        let workspace = workspace();
        workspace.migration(
            "core",
            NEXT,
            "CREATE TABLE {app}notes (id {int} NOT NULL CONSTRAINT pk_notes PRIMARY KEY); \
             CREATE INDEX idx_things_id ON {app}things (id);",
            "DROP TABLE {app}notes;",
        );
        let verified = proved(engine, workspace.descriptor("core")).await;
        let told = told(&verified);
        assert!(told.contains(&format!("core/{engine}/{NEXT}.down.sql: the schema behind the way back")), "{told}");
        let index = for_engine(engine, "table {app}things, index idx_things_id: should be nothing, is {");
        assert!(told.contains(&index), "{told}");
        assert_eq!(verified.faults().next().unwrap().proof, Proof::ThereAndBack);
    }

    async fn a_way_back_that_leads_elsewhere(engine) {
        let workspace = workspace();
        workspace.migration(
            "core",
            NEXT,
            "ALTER TABLE {app}things ADD COLUMN note text;",
            "ALTER TABLE {app}things RENAME COLUMN note TO remark;",
        );
        let told = told(&proved(engine, workspace.descriptor("core")).await);
        let column = for_engine(engine, "table {app}things, column remark: should be nothing");
        assert!(told.contains(".down.sql") && told.contains(&column), "{told}");
    }

    async fn a_way_back_that_fails(engine) {
        let workspace = workspace();
        workspace.migration("core", NEXT, "ALTER TABLE {app}things ADD COLUMN note text;", "DROP TABLE {app}nowhere;");
        let told = told(&proved(engine, workspace.descriptor("core")).await);
        assert!(told.contains(".down.sql: it cannot be taken back: ") && told.contains("nowhere"), "{told}");
    }

    async fn a_way_there_that_works_only_once(engine) {
        let workspace = workspace();
        // The way back leaves nothing in the schema, but a row that stands in the way.
        workspace.migration(
            "core",
            NEXT,
            "INSERT INTO {app}things (id, code) VALUES (1, 'one');",
            "UPDATE {app}things SET code = 'two';",
        );
        let verified = proved(engine, workspace.descriptor("core")).await;
        let first = verified.faults().next().unwrap().to_string();
        assert!(first.contains(".up.sql: behind its way back it cannot be applied again: "), "{first}");
    }

    async fn statements_alone_recover(engine) {
        let workspace = workspace();
        workspace.migration(
            "core",
            NEXT,
            "-- atriz: no-transaction\nCREATE TABLE {app}one (a {int});\nALTER TABLE {app}things ADD COLUMN note text;",
            "-- atriz: no-transaction\nALTER TABLE {app}things DROP COLUMN note;\nDROP TABLE {app}one;",
        );
        let verified = proved(engine, workspace.descriptor("core")).await;
        assert!(verified.is_good(), "{verified:#?}");
    }

    async fn a_way_there_that_fails_ends_the_walk(engine) {
        let workspace = workspace();
        workspace.migration("core", NEXT, "DROP TABLE {app}nowhere;", "SELECT 1;");
        workspace.migration("core", "20260101000300_go_on", "SELECT 1;", "SELECT 1;");
        let verified = proved(engine, workspace.descriptor("core")).await;
        let told = told(&verified);
        assert!(told.contains(".up.sql: it cannot be applied: "), "{told}");
        assert!(verified.to_string().ends_with("1 fault, 1 not proved"), "{verified}");
    }
}

#[test]
fn an_index_built_concurrently_recovers_on_postgres() {
    atriz_testing::run(Engine::Postgres, "planted::concurrently", async |engine| {
        let workspace = workspace();
        workspace.migration_only(
            engine,
            "core",
            NEXT,
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS idx_things_id ON app.things (id);",
            "DROP INDEX CONCURRENTLY IF EXISTS app.idx_things_id;",
        );
        let verified = proved(engine, workspace.descriptor("core")).await;
        assert!(verified.is_good(), "{verified:#?}");
    });
}

/// Code may end transactions itself, so it runs in none of ours, and nobody can say after a crash whether it ran.
#[test]
fn code_alone_that_a_second_run_trips_over_on_postgres() {
    atriz_testing::run(Engine::Postgres, "planted::code", async |engine| {
        let workspace = workspace();
        workspace.migration_only(
            engine,
            "core",
            NEXT,
            "-- atriz: no-transaction\nDO $$ BEGIN ALTER TABLE app.things ADD COLUMN note text; END $$;",
            "-- atriz: no-transaction\nDO $$ BEGIN ALTER TABLE app.things DROP COLUMN note; END $$;",
        );
        let verified = proved(engine, workspace.descriptor("core")).await;
        let told = verified.faults().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        let place = format!("core/{engine}/{NEXT}.up.sql, line 3: behind a crash after statement 1 of 1 (DO");
        assert!(
            told.contains(&place)
                && told.contains("a second run fails")
                && told.contains("nothing tells whether it ran"),
            "{told}"
        );
        assert_eq!(verified.faults().next().unwrap().proof, Proof::Crash);
        let places: Vec<String> = verified.faults().map(|fault| fault.file.clone()).collect();
        assert_eq!(places.len(), 2, "{verified:#?}");
        assert!(places[0].ends_with(".up.sql") && places[1].ends_with(".down.sql"), "{places:?}");
    });
}
