//! Taking seeds back: only what they inserted, nobody changed, and nothing refers to.

use std::sync::Arc;

use atriz_db::catalog::{OnErase, SeedSet};
use atriz_db::seed::{SeedContext, SeedError, SeedOutcome};
use atriz_db::{Consent, Engine, SeedReportOf, SeedRequest, Session};
use atriz_kernel::seed_id;
use atriz_testing::{TestFleet, Workspace, both_engines, execute, number, texts};
use sea_orm::{ConnectionTrait, DatabaseTransaction};

use crate::entities::{descriptor, workspace};
use crate::support::id;

const THINGS: &str = "code*,name,parent:code\nroot,Root,\nbranch,Branch,root\nleaf,Leaf,branch\nalone,Alone,\n";

async fn fleet(engine: Engine, workspace: &Workspace) -> (TestFleet, Session) {
    let test = TestFleet::migrated(engine, vec![descriptor(workspace)]).await;
    let session = test.session("core").await;
    (test, session)
}

async fn take_back(test: &TestFleet) -> Vec<SeedReportOf> {
    let request = SeedRequest { plan: test.plan(), sets: Vec::new(), skip_known: false };
    test.fleet.take_back_seeds(&request, &Consent { yes: true, ..Consent::default() }, &test.context).await.unwrap()
}

async fn codes(session: &Session) -> Vec<String> {
    texts(&session.connection, "SELECT code FROM things ORDER BY code").await
}

both_engines! {
    async fn all_goes_that_nobody_touched(engine) {
        let workspace = workspace();
        workspace.seed("core", "reference/01_things.csv", THINGS);
        workspace.seed("core", "demo/01_parts.csv", "thing:code,label\nroot,one\nleaf,two\n");
        let (test, session) = fleet(engine, &workspace).await;
        test.seed().await.unwrap();
        let reports = take_back(&test).await;
        assert_eq!((reports[0].total.inserted, reports[0].total.unchanged), (6, 0), "{reports:#?}");
        assert_eq!(codes(&session).await, [""; 0]);
        assert_eq!(number(&session.connection, "SELECT count(*) FROM seed_history").await, 0);
        assert!(take_back(&test).await[0].files.is_empty());
        assert_eq!(test.seed().await.unwrap()[0].total.inserted, 6);
    }

    async fn what_was_changed_referred_to_or_there_before_stays(engine) {
        let workspace = workspace();
        workspace.seed("core", "reference/01_things.csv", &format!("{THINGS}before,Before,\nused,Used,\nchanged,Changed,\n"));
        let (test, session) = fleet(engine, &workspace).await;
        let before = match engine {
            Engine::Postgres => format!("'{}'", seed_id("things", "before")),
            Engine::Sqlite => format!("x'{}'", seed_id("things", "before").simple()),
        };
        let time = "'2026-01-01T00:00:00+00:00'";
        let insert = format!("INSERT INTO things (id, code, name, version, created_at, updated_at) VALUES ({before}, 'before', 'Before', 1, {time}, {time})");
        execute(&session.connection, &insert).await.unwrap();
        test.seed().await.unwrap();
        execute(&session.connection, "UPDATE things SET name = 'mine' WHERE code = 'changed'").await.unwrap();
        execute(&session.connection, "INSERT INTO parts (thing_id, label) SELECT id, 'mine' FROM things WHERE code = 'used'").await.unwrap();
        let reports = take_back(&test).await;
        assert_eq!(codes(&session).await, ["before", "changed", "used"]);
        // Of what the file inserted: the row that was there before is none of it.
        assert_eq!((reports[0].total.inserted, reports[0].total.unchanged), (4, 2), "{reports:#?}");
        // What stays is still known, so that it goes once nothing keeps it.
        execute(&session.connection, "DELETE FROM parts").await.unwrap();
        take_back(&test).await;
        assert_eq!(codes(&session).await, ["before", "changed"]);
    }

    async fn what_another_database_refers_to_stays(engine) {
        let workspace = workspace();
        workspace.seed("core", "reference/01_things.csv", "code*,name\none,One\ntwo,Two\n");
        workspace.migration_only(Engine::Postgres, "shop", "20260101000000_create_schemas", "CREATE SCHEMA app;", "DROP SCHEMA app;");
        workspace.migration("shop", "20260101000100_create_parts",
            "CREATE TABLE {app}parts (thing_id {uuid} NOT NULL, label text NOT NULL, note text, PRIMARY KEY (thing_id, label)){strict};", "DROP TABLE {app}parts;");
        let shop = workspace.descriptor("shop").after("core").entity::<crate::entities::parts::Entity>();
        let shop = shop.reference("parts", "thing_id", ("core", "things"), OnErase::Erase);
        let test = TestFleet::migrated(engine, vec![descriptor(&workspace), shop]).await;
        test.seed().await.unwrap();
        let other = test.session("shop").await;
        let one = match engine {
            Engine::Postgres => format!("'{}'", seed_id("things", "one")),
            Engine::Sqlite => format!("x'{}'", seed_id("things", "one").simple()),
        };
        execute(&other.connection, &format!("INSERT INTO parts (thing_id, label) VALUES ({one}, 'a')")).await.unwrap();
        take_back(&test).await;
        assert_eq!(codes(&test.session("core").await).await, ["one"]);
    }

    async fn rows_of_append_only_tables_go_and_the_guard_stays(engine) {
        let workspace = workspace();
        workspace.seed("core", "demo/01_events.csv", "text*,created_at\nfirst,2026-01-31T08:00:00Z\nsecond,2026-01-31T09:00:00Z\n");
        let (test, session) = fleet(engine, &workspace).await;
        test.seed().await.unwrap();
        assert_eq!(take_back(&test).await[0].total.inserted, 2);
        assert_eq!(number(&session.connection, "SELECT count(*) FROM events").await, 0);
        let insert = format!("INSERT INTO events VALUES ({}, 'mine', '2026-01-31T08:00:00+00:00')", id(engine, 1));
        execute(&session.connection, &insert).await.unwrap();
        for sql in ["DELETE FROM events", "UPDATE events SET text = 'other'"] {
            assert!(execute(&session.connection, sql).await.unwrap_err().to_string().contains("append only"), "{sql}");
        }
    }

    async fn a_key_of_two_parts_is_not_taken_for_its_reverse(engine) {
        let workspace = workspace();
        workspace.seed("core", "reference/01_parts.csv", "thing_id,label\n00000000-0000-0000-0000-000000000001,x\n");
        let (test, session) = fleet(engine, &workspace).await;
        let time = "'2026-01-01T00:00:00+00:00'";
        for (number, code) in [(1, "a"), (2, "b")] {
            let sql = format!("INSERT INTO things (id, code, name, version, created_at, updated_at) VALUES ({}, '{code}', 'n', 1, {time}, {time})", id(engine, number));
            execute(&session.connection, &sql).await.unwrap();
        }
        execute(&session.connection, &format!("INSERT INTO parts (thing_id, label) VALUES ({}, 'x')", id(engine, 1))).await.unwrap();
        assert_eq!(test.seed().await.unwrap()[0].total.unchanged, 1);
        let more = "thing_id,label\n00000000-0000-0000-0000-000000000001,x\n00000000-0000-0000-0000-000000000002,x\n";
        workspace.seed("core", "reference/01_parts.csv", more);
        assert_eq!(test.seed().await.unwrap()[0].total.inserted, 1);
        let reports = take_back(&test).await;
        assert_eq!((reports[0].total.inserted, reports[0].total.unchanged), (1, 0), "{reports:#?}");
        assert_eq!(number(&session.connection, "SELECT count(*) FROM parts").await, 1);
    }

    async fn a_seed_in_rust_has_a_way_back_too(engine) {
        async fn add(transaction: &DatabaseTransaction, _: &SeedContext) -> Result<SeedOutcome, SeedError> {
            let sql = "INSERT INTO parts (thing_id, label) SELECT id, 'computed' FROM things WHERE true ON CONFLICT DO NOTHING";
            let done = transaction.execute_unprepared(sql).await.map_err(|error| SeedError::function("parts", &error))?;
            Ok(SeedOutcome { inserted: done.rows_affected(), ..SeedOutcome::default() })
        }
        async fn remove(transaction: &DatabaseTransaction, _: &SeedContext) -> Result<SeedOutcome, SeedError> {
            let sql = "DELETE FROM parts WHERE label = 'computed'";
            let done = transaction.execute_unprepared(sql).await.map_err(|error| SeedError::function("parts", &error))?;
            Ok(SeedOutcome { inserted: done.rows_affected(), ..SeedOutcome::default() })
        }
        let workspace = workspace();
        workspace.seed("core", "demo/01_things.csv", "code*,name\na,A\nb,B\n");
        let database = descriptor(&workspace)
            .seed_function(SeedSet::Demo, "02_parts", Arc::new(|transaction, context| Box::pin(add(transaction, context))))
            .seed_function_back(Arc::new(|transaction, context| Box::pin(remove(transaction, context))));
        let test = TestFleet::migrated(engine, vec![database]).await;
        assert_eq!(test.seed().await.unwrap()[0].total.inserted, 4);
        assert_eq!(take_back(&test).await[0].total.inserted, 4);
        assert_eq!(codes(&test.session("core").await).await, [""; 0]);
    }
}
