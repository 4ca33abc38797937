//! A database that is not the one it was taken for is left alone.

use atriz_db::migrate::Limit;
use atriz_db::{Engine, Environment, Error, IdentityError, SeedRequest, Target};
use atriz_testing::{TestFleet, both_engines, execute, texts};

use crate::support::{base, inner, refused, workspace, yes};

/// What stands in a database that is none of ours, so that a change shows.
async fn tables(test: &TestFleet) -> Vec<String> {
    let session = test.session("core").await;
    let sql = match test.engine {
        Engine::Postgres => {
            "SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"
        }
        Engine::Sqlite => "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1",
    };
    texts(&session.connection, sql).await
}

both_engines! {
    async fn another_database_of_ours_is_refused(engine) {
        let workspace = workspace();
        base(&workspace, "shop");
        let mut test = TestFleet::created(engine, vec![workspace.descriptor("core"), workspace.descriptor("shop")]).await;
        test.migrate_all().await;
        // As a dump restored under another name, or a URL that was copied.
        let target: Target = test.target("core").clone();
        test.fleet.configuration.targets.insert("shop".into(), target);
        let error = refused(&test).await;
        assert!(error.to_string().contains("is marked as database `core`, not `shop`"), "{error}");
        assert!(error.hint().contains("two databases must not share one place"), "{}", error.hint());
        let shop = test.plan_of(&["shop"]);
        for error in [
            test.fleet.clean(&shop, false, &yes(), &test.context).await.unwrap_err(),
            test.fleet.drop_databases(&shop, false, &yes(), &test.context).await.unwrap_err(),
            test.fleet.rollback("shop", &Limit::All, &yes(), &test.context).await.unwrap_err(),
            test.fleet.seed(&SeedRequest { plan: shop.clone(), sets: vec![], skip_known: false }, &test.context).await.unwrap_err(),
        ] {
            let error = inner(error);
            let identity = matches!(&error, Error::Identity(IdentityError::Name { .. }))
                || error.to_string().contains("is marked as database `core`");
            assert!(identity, "{error}");
        }
    }

    async fn another_environment_is_refused_until_the_mark_is_changed(engine) {
        let workspace = workspace();
        let mut test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        test.context.environment = Environment::Development;
        let error = refused(&test).await;
        assert!(error.to_string().contains("belongs to the test environment, and APP_ENV says development"), "{error}");
        assert!(error.hint().contains("set APP_ENV=test"), "{}", error.hint());
        let mark = async |confirm| test.fleet.mark("core", Environment::Development, confirm, &test.context).await;
        assert!(mark(None).await.unwrap_err().hint().contains("--confirm core"));
        assert!(mark(Some("shop")).await.is_err());
        mark(Some("core")).await.unwrap();
        test.migrate_all().await;
        let shown = test.fleet.identities(&test.plan(), &test.context).await.unwrap();
        assert_eq!(shown[0].identity.as_ref().unwrap().environment, Environment::Development);
    }

    async fn somebody_elses_tables_are_left_alone(engine) {
        let workspace = workspace();
        let test = TestFleet::created(engine, vec![workspace.descriptor("core")]).await;
        let session = test.session("core").await;
        execute(&session.connection, "CREATE TABLE customers (a integer)").await.unwrap();
        session.close().await;
        let before = tables(&test).await;
        let error = refused(&test).await;
        assert!(error.to_string().contains("holds tables that Atriz did not make, and no mark"), "{error}");
        assert!(test.fleet.rollback("core", &Limit::All, &yes(), &test.context).await.is_err());
        assert!(test.fleet.clean(&test.plan(), false, &yes(), &test.context).await.is_err());
        assert!(test.fleet.drop_databases(&test.plan(), false, &yes(), &test.context).await.is_err());
        assert_eq!(tables(&test).await, before);
    }

    async fn tables_beside_a_foreign_history_are_somebody_elses(engine) {
        let workspace = workspace();
        let test = TestFleet::created(engine, vec![workspace.descriptor("core")]).await;
        let session = test.session("core").await;
        let sql = "CREATE TABLE customers (a integer); INSERT INTO customers VALUES (1);
                   CREATE TABLE seaql_migrations (version varchar NOT NULL PRIMARY KEY, applied_at bigint NOT NULL);
                   INSERT INTO seaql_migrations VALUES ('m20220101_000001_create_table', 1)";
        execute(&session.connection, sql).await.unwrap();
        session.close().await;
        let before = tables(&test).await;
        for error in [
            test.migrate().await.unwrap_err(),
            test.fleet.rollback("core", &Limit::All, &yes(), &test.context).await.unwrap_err(),
            test.fleet.clean(&test.plan(), false, &yes(), &test.context).await.unwrap_err(),
            test.fleet.drop_databases(&test.plan(), false, &yes(), &test.context).await.unwrap_err(),
        ] {
            assert!(error.to_string().contains("holds tables that Atriz did not make, and no mark"), "{error}");
        }
        assert_eq!(tables(&test).await, before);
    }

    async fn a_database_that_lost_its_mark_is_marked_again(engine) {
        let workspace = workspace();
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let session = test.session("core").await;
        execute(&session.connection, "DROP TABLE database_identity").await.unwrap();
        let error = test.fleet.clean(&test.plan(), false, &yes(), &test.context).await.unwrap_err();
        assert!(error.hint().contains("db migrate"), "{}", error.hint());
        assert!(test.migrate_all().await[0].applied.is_empty());
        test.fleet.clean(&test.plan(), false, &yes(), &test.context).await.unwrap();
    }

    async fn a_history_of_another_projects_files_is_refused(engine) {
        let workspace = workspace();
        let test = TestFleet::created(engine, vec![workspace.descriptor("core")]).await;
        let session = test.session("core").await;
        let sql = "CREATE TABLE seaql_migrations (version varchar NOT NULL PRIMARY KEY, applied_at bigint NOT NULL);
                   INSERT INTO seaql_migrations VALUES ('m20220101_000001_create_table', 1)";
        execute(&session.connection, sql).await.unwrap();
        session.close().await;
        let error = refused(&test).await;
        assert!(error.to_string().contains("`m20220101_000001_create_table` is applied, and there is no such file"), "{error}");
        assert_eq!(tables(&test).await, ["seaql_migrations"]);
    }
}
