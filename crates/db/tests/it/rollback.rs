//! Taking migrations back.

use atriz_db::migrate::{Limit, MigrationError, Repair};
use atriz_db::{Consent, Engine, Environment, Error, Phase, Purpose, Session};
use atriz_testing::{TestFleet, both_engines, execute, number};

use crate::support::{NEXT, PARTS, SCHEMA, THINGS, history, id, inner, thing, workspace, yes};

both_engines! {
    async fn the_order_is_that_of_application(engine) {
        let workspace = workspace();
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let late = "20260101000050_come_late";
        workspace.migration("core", late, "CREATE TABLE late (a {int});", "DROP TABLE late;");
        test.migrate_all().await;
        let back = async |limit| test.fleet.rollback("core", &limit, &yes(), &test.context).await.unwrap().reverted;
        assert_eq!(back(Limit::Count(1)).await, [late]);
        test.migrate_all().await;
        assert_eq!(back(Limit::To(THINGS.to_owned())).await, [late, PARTS]);
        assert_eq!(back(Limit::All).await, [THINGS, SCHEMA]);
        assert_eq!(back(Limit::All).await, [""; 0]);
    }

    async fn a_version_that_is_not_applied_is_no_place_to_go_back_to(engine) {
        let workspace = workspace();
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        test.fleet.rollback("core", &Limit::Count(1), &yes(), &test.context).await.unwrap();
        let error = test.fleet.rollback("core", &Limit::To(PARTS.to_owned()), &yes(), &test.context).await.unwrap_err();
        assert!(matches!(inner(error), Error::Migration(MigrationError::NotApplied { .. })));
        assert_eq!(history(&test.session("core").await).await, [SCHEMA, THINGS]);
    }

    async fn rows_are_lost_only_with_consent(engine) {
        let workspace = workspace();
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let session = test.session("core").await;
        execute(&session.connection, &thing(engine, 1)).await.unwrap();
        let nobody = Consent::default();
        // parts are empty, and though their way back stands beside things, things lose nothing.
        let back = test.fleet.rollback("core", &Limit::Count(1), &nobody, &test.context).await.unwrap();
        assert_eq!(back.reverted, [PARTS]);
        let error = test.fleet.rollback("core", &Limit::Count(1), &nobody, &test.context).await.unwrap_err();
        assert_eq!(error.to_string(), "`rollback` would lose 1 row in 1 table of core, and nobody agreed");
        assert_eq!(number(&session.connection, "SELECT count(*) FROM things").await, 1);
        // Nothing holds the lock after the refusal.
        test.fleet.rollback("core", &Limit::Count(1), &yes(), &test.context).await.unwrap();
        assert_eq!(history(&session).await, [SCHEMA]);
    }

    async fn rows_are_found_by_what_refers_to_them_and_by_their_tables_name_before(engine) {
        let workspace = workspace();
        let children = "CREATE TABLE {app}children (parent {int} NOT NULL REFERENCES {app}parents (a) ON DELETE CASCADE);";
        workspace.migration("core", NEXT, &format!("CREATE TABLE {{app}}parents (a {{int}} PRIMARY KEY);{children}"), "SELECT 1;");
        let last = "20260101000900_rename";
        let way_back = "ALTER TABLE {app}parents RENAME TO elders; DELETE FROM {app}elders;";
        workspace.migration("core", last, "SELECT 1;", way_back);
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let session = test.session("core").await;
        for sql in ["INSERT INTO parents VALUES (1), (2)", "INSERT INTO children VALUES (1), (1), (2)"] {
            execute(&session.connection, sql).await.unwrap();
        }
        let error = test.fleet.rollback("core", &Limit::Count(1), &Consent::default(), &test.context).await.unwrap_err();
        assert_eq!(error.to_string(), "`rollback` would lose 5 rows in 2 tables of core, and nobody agreed");
        test.fleet.rollback("core", &Limit::Count(1), &yes(), &test.context).await.unwrap();
        assert_eq!(number(&session.connection, "SELECT count(*) FROM children").await, 0);
    }

    async fn nothing_goes_from_under_what_broke_off(engine) {
        let workspace = workspace();
        let broken = "20260101000900_break_off";
        let up = "-- atriz: no-transaction\nCREATE TABLE {app}loose (a {int});\nCREATE TABLE {app}loose (a {int});";
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        workspace.migration("core", broken, up, "DROP TABLE {app}loose;");
        let failed = test.migrate().await.unwrap();
        assert!(!failed[0].is_done(), "{failed:#?}");
        let session = test.session("core").await;
        let before = history(&session).await;
        for limit in [Limit::Count(1), Limit::All, Limit::To(THINGS.to_owned())] {
            let error = inner(test.fleet.rollback("core", &limit, &yes(), &test.context).await.unwrap_err());
            assert!(matches!(&error, Error::Migration(MigrationError::PartlyApplied { .. })), "{error}");
            assert!(error.hint().contains("db repair core 20260101000900_break_off --revert"), "{}", error.hint());
        }
        assert_eq!(history(&session).await, before);
        test.fleet.repair("core", broken, &Repair::Revert, &yes(), &test.context).await.unwrap();
        assert_eq!(test.fleet.rollback("core", &Limit::All, &yes(), &test.context).await.unwrap().reverted.len(), 3);
    }

    async fn what_went_before_a_failure_is_told(engine) {
        let workspace = workspace();
        workspace.migration("core", NEXT, "SELECT 1;", "DROP TABLE {app}nowhere;");
        workspace.migration("core", "20260101000900_last", "SELECT 1;", "SELECT 1;");
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let report = test.fleet.rollback("core", &Limit::Count(3), &yes(), &test.context).await.unwrap();
        assert_eq!(report.reverted, ["20260101000900_last"]);
        assert!(matches!(&report.phase, Phase::Failed { error, hint } if error.contains("nowhere") && !hint.is_empty()));
        assert_eq!(history(&test.session("core").await).await.last().unwrap(), NEXT);
    }

    async fn what_another_tool_applied_last_goes_first(engine) {
        let workspace = workspace();
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        workspace.migration("core", NEXT, "SELECT 1;", "SELECT 1;");
        let session = Session::open(test.target("core"), Purpose::Own).await.unwrap();
        let row = format!("INSERT INTO seaql_migrations (version, applied_at) VALUES ('{NEXT}', 9999999999)");
        execute(&session.connection, &row).await.unwrap();
        let report = test.fleet.rollback("core", &Limit::Count(1), &yes(), &test.context).await.unwrap();
        assert_eq!(report.reverted, [NEXT]);
    }

    async fn production_wants_the_name(engine) {
        let workspace = workspace();
        let mut test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let session = test.session("core").await;
        execute(&session.connection, &thing(engine, 1)).await.unwrap();
        test.fleet.mark("core", Environment::Production, Some("core"), &test.context).await.unwrap();
        test.context.environment = Environment::Production;
        test.fleet.configuration.environment = Environment::Production;
        let back = async |consent: Consent| test.fleet.rollback("core", &Limit::Count(2), &consent, &test.context).await;
        let error = back(yes()).await.unwrap_err();
        assert!(matches!(&error, Error::Consent(_)) && error.hint() == "say `--confirm core`", "{error}");
        assert_eq!(back(Consent { confirm: Some("core".into()), ..Consent::default() }).await.unwrap().reverted.len(), 2);
    }

    async fn a_closed_way_back_is_found_before_the_first_step(engine) {
        let workspace = workspace();
        workspace.migration("core", NEXT, "SELECT 1;", "SELECT 1;");
        workspace.migration("core", "20260101000250_burn", "SELECT 1;", "-- atriz: irreversible \"the ashes are gone\"\n");
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let error = inner(test.fleet.rollback("core", &Limit::All, &yes(), &test.context).await.unwrap_err());
        assert!(matches!(&error, Error::Migration(MigrationError::Irreversible { .. })), "{error}");
        assert!(error.to_string().contains("the ashes are gone"), "{error}");
        let session = test.session("core").await;
        assert_eq!(history(&session).await.len(), 5);
    }

    async fn a_way_back_that_fails_leaves_all_as_it_was(engine) {
        let workspace = workspace();
        workspace.migration("core", NEXT, "SELECT 1;", "DELETE FROM {app}parts; DROP TABLE {app}nowhere;");
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let session = Session::open(test.target("core"), Purpose::Own).await.unwrap();
        execute(&session.connection, &thing(engine, 1)).await.unwrap();
        let part = format!("INSERT INTO parts (thing_id, label) VALUES ({}, 'a')", id(engine, 1));
        execute(&session.connection, &part).await.unwrap();
        let error = test.fleet.rollback("core", &Limit::Count(1), &yes(), &test.context).await.unwrap_err();
        assert!(error.to_string().contains(".down.sql, line 1"), "{error}");
        assert_eq!(number(&session.connection, "SELECT count(*) FROM parts").await, 1);
        assert_eq!(history(&session).await.last().unwrap(), NEXT);
    }
}

#[test]
fn rows_that_are_hidden_or_in_a_partition_are_lost_all_the_same() {
    atriz_testing::run(Engine::Postgres, "rollback::hidden", async |engine| {
        let workspace = workspace();
        let parts = "CREATE TABLE app.days (at date NOT NULL) PARTITION BY RANGE (at); \
            CREATE TABLE app.days_2026 PARTITION OF app.days FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');";
        workspace.migration_only(engine, "core", NEXT, parts, "DROP TABLE app.days_2026;");
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let session = test.session("core").await;
        execute(&session.connection, "INSERT INTO app.days VALUES ('2026-02-03'), ('2026-02-04')").await.unwrap();
        let back = async || test.fleet.rollback("core", &Limit::Count(1), &Consent::default(), &test.context).await;
        let error = back().await.unwrap_err();
        assert_eq!(error.to_string(), "`rollback` would lose 2 rows in 1 table of core, and nobody agreed");

        for sql in [
            "ALTER TABLE app.days_2026 ENABLE ROW LEVEL SECURITY",
            "ALTER TABLE app.days_2026 FORCE ROW LEVEL SECURITY",
        ] {
            execute(&session.connection, sql).await.unwrap();
        }
        assert_eq!(number(&session.connection, "SELECT count(*) FROM app.days_2026").await, 0);
        let error = back().await.unwrap_err();
        assert!(error.to_string().contains("row-level security"), "{error}");
        assert_eq!(history(&session).await.last().unwrap(), NEXT);
    });
}
