//! Emptying databases.

use atriz_db::catalog::OnErase;
use atriz_db::{Consent, Engine, Environment, Session};
use atriz_testing::{TestFleet, Workspace, both_engines, execute, number, texts};

use crate::entities::{descriptor, workspace};
use crate::support::{history, inner, journal, schema_dump, yes};

const THINGS: &str = "code*,name,parent:code\nroot,Root words,\nleaf,Leaf words,root\n";

async fn seeded(engine: Engine) -> (Workspace, TestFleet, Session) {
    let workspace = workspace();
    workspace.seed("core", "reference/01_things.csv", THINGS).seed(
        "core",
        "demo/01_parts.csv",
        "thing:code,label\nroot,one\n",
    );
    workspace.seed("core", "demo/02_events.csv", "text*\nfirst\n");
    let shop = shop(&workspace);
    let test = TestFleet::migrated(engine, vec![descriptor(&workspace), shop]).await;
    test.seed().await.unwrap();
    let session = test.session("core").await;
    (workspace, test, session)
}

/// A database that comes after `core`, with one table.
fn shop(workspace: &Workspace) -> atriz_db::Descriptor {
    let up = "CREATE TABLE sales (a {int}){strict};";
    workspace.migration("shop", "20260101000100_create_sales", up, "DROP TABLE sales;");
    workspace.descriptor("shop").after("core").reference("sales", "a", ("core", "things"), OnErase::Anonymise)
}

both_engines! {
    async fn rows_go_and_everything_else_stays(engine) {
        let (_workspace, test, session) = seeded(engine).await;
        for _ in 0..3 {
            execute(&session.connection, "INSERT INTO counted (a) VALUES (1)").await.unwrap();
        }
        let before = (schema_dump(&session.connection, engine).await, history(&session).await, journal(&session).await);
        let reports = test.fleet.clean(&test.plan_of(&["core"]), false, &yes(), &test.context).await.unwrap();
        let mut tables = reports[0].report.tables.clone();
        tables.sort();
        let expected = [("counted", 3), ("events", 1), ("parts", 1), ("sync_scopes", 1), ("things", 2)];
        assert_eq!(tables, expected.map(|(table, rows)| (table.to_owned(), rows)));
        let after = (schema_dump(&session.connection, engine).await, history(&session).await, journal(&session).await);
        assert_eq!(after, before);
        for table in ["things", "parts", "events", "counted", "sync_scopes", "seed_history"] {
            assert_eq!(number(&session.connection, &format!("SELECT count(*) FROM {table}")).await, 0, "{table}");
        }
        assert_eq!(number(&session.connection, "SELECT count(*) FROM database_identity").await, 1);
        // Counting starts again, and what guards the table is on guard.
        execute(&session.connection, "INSERT INTO counted (a) VALUES (1)").await.unwrap();
        assert_eq!(texts(&session.connection, "SELECT CAST(n AS text) FROM counted").await, ["1"]);
        assert!(test.seed().await.unwrap()[0].total.inserted > 0);
        assert!(execute(&session.connection, "DELETE FROM events").await.unwrap_err().to_string().contains("append only"));
    }

    async fn a_second_time_there_is_nothing(engine) {
        let (_workspace, test, _session) = seeded(engine).await;
        let core = test.plan_of(&["core"]);
        test.fleet.clean(&core, false, &yes(), &test.context).await.unwrap();
        assert_eq!(test.fleet.clean(&core, false, &yes(), &test.context).await.unwrap()[0].report.rows(), 0);
    }

    async fn nobody_agreed(engine) {
        let (_workspace, test, session) = seeded(engine).await;
        let core = test.plan_of(&["core"]);
        let error = test.fleet.clean(&core, false, &Consent::default(), &test.context).await.unwrap_err();
        assert_eq!(error.to_string(), "`clean` would lose 5 rows in 4 tables of core, and nobody agreed");
        assert_eq!(number(&session.connection, "SELECT count(*) FROM things").await, 2);
    }

    async fn production_is_refused_whoever_says_so(engine) {
        let (_workspace, mut test, session) = seeded(engine).await;
        let core = test.plan_of(&["core"]);
        let confirmed = Consent { yes: true, confirm: Some("core".into()), ask: None };
        test.fleet.mark("core", Environment::Production, Some("core"), &test.context).await.unwrap();
        assert!(test.fleet.clean(&core, false, &confirmed, &test.context).await.is_err(), "by the mark alone");
        test.fleet.mark("shop", Environment::Production, Some("shop"), &test.context).await.unwrap();
        test.context.environment = Environment::Production;
        test.fleet.configuration.environment = Environment::Production;
        let error = inner(test.fleet.clean(&core, false, &confirmed, &test.context).await.unwrap_err());
        assert!(error.to_string().contains("`clean` is refused in production"), "{error}");
        assert!(test.fleet.drop_databases(&core, true, &confirmed, &test.context).await.is_err());
        test.fleet.mark("core", Environment::Test, Some("core"), &test.context).await.unwrap();
        assert!(test.fleet.clean(&core, false, &confirmed, &test.context).await.is_err(), "by APP_ENV alone");
        assert_eq!(number(&session.connection, "SELECT count(*) FROM things").await, 2);
    }

    async fn those_that_come_after_are_left_or_included(engine) {
        let (_workspace, test, session) = seeded(engine).await;
        let shop = test.session("shop").await;
        execute(&shop.connection, "INSERT INTO sales VALUES (1), (2)").await.unwrap();
        let core = test.plan_of(&["core"]);
        for error in [
            test.fleet.clean(&core, false, &yes(), &test.context).await.unwrap_err(),
            test.fleet.drop_databases(&core, false, &yes(), &test.context).await.unwrap_err(),
        ] {
            assert!(error.to_string().contains("shop (2 rows)"), "{error}");
            assert!(error.hint().contains("--with-dependants"), "{}", error.hint());
        }
        assert_eq!(number(&session.connection, "SELECT count(*) FROM things").await, 2);
        // The other way round nothing is in the way, and core is not touched.
        test.fleet.clean(&test.plan_of(&["shop"]), false, &yes(), &test.context).await.unwrap();
        assert_eq!(number(&session.connection, "SELECT count(*) FROM things").await, 2);
        execute(&shop.connection, "INSERT INTO sales VALUES (1)").await.unwrap();
        let reports = test.fleet.clean(&core, true, &yes(), &test.context).await.unwrap();
        assert_eq!(reports.iter().map(|one| one.database.as_str()).collect::<Vec<_>>(), ["shop", "core"]);
        assert_eq!(number(&shop.connection, "SELECT count(*) FROM sales").await, 0);
    }
}

#[test]
fn a_full_text_index_follows_its_table() {
    atriz_testing::run(Engine::Sqlite, "clean::full_text", async |engine| {
        let (_workspace, test, session) = seeded(engine).await;
        let found = async |word: &str| {
            number(
                &session.connection,
                &format!("SELECT count(*) FROM things_search WHERE things_search MATCH '{word}'"),
            )
            .await
        };
        assert_eq!((found("words").await, found("root").await), (2, 1));
        test.fleet.clean(&test.plan_of(&["core"]), false, &yes(), &test.context).await.unwrap();
        assert_eq!(found("words").await, 0);
        execute(&session.connection, "INSERT INTO things_search (things_search, rank) VALUES ('integrity-check', 1)")
            .await
            .unwrap();
        test.seed().await.unwrap();
        assert_eq!((found("words").await, found("root").await), (2, 1));
    });
}

#[test]
fn a_sequence_of_its_own_starts_again_and_a_trigger_keeps_its_state() {
    atriz_testing::run(Engine::Postgres, "clean::sequences", async |engine| {
        let (_workspace, test, session) = seeded(engine).await;
        execute(&session.connection, "ALTER TABLE app.events ENABLE ALWAYS TRIGGER trg_events_append_only_truncate")
            .await
            .unwrap();
        assert_eq!(number(&session.connection, "SELECT nextval('app.free') + nextval('app.free')").await, 3);
        test.fleet.clean(&test.plan_of(&["core"]), false, &yes(), &test.context).await.unwrap();
        assert_eq!(number(&session.connection, "SELECT nextval('app.free')").await, 1);
        let state = "SELECT tgenabled::text FROM pg_trigger WHERE tgname = 'trg_events_append_only_truncate'";
        assert_eq!(texts(&session.connection, state).await, ["A"]);
    });
}
