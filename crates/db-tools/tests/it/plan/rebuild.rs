//! Tables that a run builds anew, and partitions.

use atriz_db::migrate::Limit;
use atriz_db::{Engine, MigrateRequest};
use atriz_db_tools::plan::{CarefulKind, Quality, Rows, plan};
use atriz_testing::{TestFleet, Workspace, execute};

const THINGS: &str = "CREATE TABLE {app}things (id {big} PRIMARY KEY, name text);";

/// The rows are copied into the new table, so that an index on it is no small matter.
#[test]
fn a_table_built_anew_on_sqlite_keeps_its_rows() {
    atriz_testing::run(
        Engine::Sqlite,
        "plan::rebuild::a_table_built_anew_on_sqlite_keeps_its_rows",
        |engine| async move {
            let workspace = Workspace::new();
            workspace.migration("shop", "20260101000000_create_things", THINGS, "DROP TABLE things;");
            let test = TestFleet::migrated(engine, vec![workspace.descriptor("shop")]).await;
            let session = test.session("shop").await;
            execute(&session.connection, "INSERT INTO things VALUES (1, 'a'), (2, 'b'), (3, 'c')").await.unwrap();
            session.close().await;
            let up = "-- atriz: rebuild
            CREATE TABLE things_new (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
            INSERT INTO things_new SELECT id, name FROM things;
            DROP TABLE things;
            ALTER TABLE things_new RENAME TO things;
            CREATE INDEX idx_things_name ON things (name);";
            workspace.migration_only(Engine::Sqlite, "shop", "20260201000000_rebuild_things", up, "SELECT 1;");
            let request = MigrateRequest { plan: test.plan(), limit: Limit::All };
            let plan = plan(&test.fleet, &request, &test.context).await.unwrap();
            insta::assert_snapshot!(plan.text(false).replace(&test.target("shop").describe(), "[SHOP]"));
        },
    );
}

#[test]
fn the_rows_of_partitions_are_summed() {
    atriz_testing::run(Engine::Postgres, "plan::rebuild::the_rows_of_partitions_are_summed", |engine| async move {
        let workspace = Workspace::new();
        let up = "CREATE SCHEMA app;
            CREATE TABLE app.measures (at date NOT NULL) PARTITION BY RANGE (at);
            CREATE TABLE app.measures_2025 PARTITION OF app.measures FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
            CREATE TABLE app.measures_2026 PARTITION OF app.measures FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');";
        workspace.migration_only(
            Engine::Postgres,
            "shop",
            "20260101000000_create_measures",
            up,
            "DROP SCHEMA app CASCADE;",
        );
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("shop")]).await;
        let session = test.session("shop").await;
        let rows = "INSERT INTO app.measures SELECT date '2025-07-01' + n FROM generate_series(1, 365) n";
        execute(&session.connection, rows).await.unwrap();
        execute(&session.connection, "ANALYZE").await.unwrap();
        session.close().await;
        let up = "CREATE INDEX idx_measures_at ON app.measures (at);";
        workspace.migration_only(Engine::Postgres, "shop", "20260201000000_index_measures", up, "SELECT 1;");
        let request = MigrateRequest { plan: test.plan(), limit: Limit::All };
        let plan = plan(&test.fleet, &request, &test.context).await.unwrap();
        let careful = &plan.summary.careful[0];
        assert_eq!(careful.kind, CarefulKind::Scan);
        assert_eq!(careful.rows, Some(Rows { number: 365, quality: Quality::Estimate }));
        assert_eq!(
            careful.message,
            "CREATE INDEX idx_measures_at ON app.measures (at) scans about 365 rows while writes wait"
        );
    });
}

/// Counting ends at a million; statistics are believed.
#[test]
fn rows_on_sqlite_are_counted_or_estimated() {
    atriz_testing::run(Engine::Sqlite, "plan::rebuild::rows_on_sqlite_are_counted_or_estimated", |engine| async move {
        let workspace = Workspace::new();
        workspace.migration("shop", "20260101000000_create_things", THINGS, "DROP TABLE things;");
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("shop")]).await;
        let up = "CREATE INDEX idx_things_name ON {app}things (name);";
        workspace.migration("shop", "20260201000000_index_things", up, "SELECT 1;");
        let request = MigrateRequest { plan: test.plan(), limit: Limit::All };
        let careful = async || plan(&test.fleet, &request, &test.context).await.unwrap().summary.careful;
        assert!(careful().await.is_empty(), "an empty table keeps nobody waiting");
        let session = test.session("shop").await;
        let rows = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 1000001) INSERT INTO things (id) SELECT n FROM n";
        execute(&session.connection, rows).await.unwrap();
        let end = |rows: &str| format!("(name) scans {rows} while writes wait");
        assert!(careful().await[0].message.ends_with(&end("1,000,000+ rows")));
        execute(&session.connection, "ANALYZE").await.unwrap();
        assert!(careful().await[0].message.ends_with(&end("about 1,000,001 rows")), "{:?}", careful().await);
        session.close().await;
    });
}
