//! When the app does not serve, and when it says that it cannot.

use atriz_api::APP;
use atriz_app::{AppError, Pools};
use atriz_db::Environment;
use atriz_db::migrate::Limit;
use atriz_testing::{TestFleet, both_engines, execute};

use crate::support::{serve, serve_over};

async fn refusal(databases: &TestFleet) -> AppError {
    let pools = Pools::open(&databases.fleet, &databases.plan()).await.unwrap();
    APP.server(&databases.fleet, &pools, databases.clock.clone()).await.err().unwrap()
}

fn catalog() -> Vec<atriz_db::Descriptor> {
    vec![atriz_core::descriptor(), (APP.descriptor)()]
}

both_engines! {
    async fn a_database_that_was_never_migrated_is_refused(engine) {
        let databases = TestFleet::created(engine, catalog()).await;
        let error = refusal(&databases).await;
        assert_eq!(error.to_string(), "database `core` was never migrated");
        assert_eq!(error.hint(APP.package), "`atriz-api migrate` applies what is pending");
    }

    async fn pending_work_is_refused_with_the_command_that_does_it(engine) {
        let databases = TestFleet::migrated(engine, catalog()).await;
        let consent = atriz_db::Consent { yes: true, ..atriz_db::Consent::default() };
        databases.fleet.rollback("atriz", &Limit::Count(2), &consent, &databases.context).await.unwrap();
        let error = refusal(&databases).await;
        let message = "database `atriz` has 2 pending migrations, the first is `20260101000700_create_outbox`";
        assert_eq!(error.to_string(), message);
        assert!(error.hint(APP.package).starts_with("`atriz-api migrate`") && !error.is_unexpected());
    }

    async fn a_database_of_another_environment_is_refused(engine) {
        let mut databases = TestFleet::migrated(engine, catalog()).await;
        databases.fleet.configuration.environment = Environment::Development;
        let message = refusal(&databases).await.to_string();
        assert!(message.ends_with("belongs to the test environment, and APP_ENV says development"), "{message}");
    }

    async fn a_database_under_another_name_is_refused(engine) {
        let mut databases = TestFleet::migrated(engine, catalog()).await;
        let core = databases.fleet.configuration.targets["core"].clone();
        databases.fleet.configuration.targets.insert("atriz".to_owned(), core);
        let message = refusal(&databases).await.to_string();
        assert!(message.contains("is marked as database `core`, not `atriz`"), "{message}");
    }

    async fn an_app_serves_from_what_a_newer_one_has_migrated(engine) {
        let databases = TestFleet::prepared(engine, catalog()).await;
        let owner = databases.session("atriz").await;
        let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('20990101000000_add_more', 1)";
        execute(&owner.connection, newer).await.unwrap();
        let refused = AppError::from(databases.migrate().await.unwrap_err());
        assert!(refused.to_string().contains("20990101000000_add_more"), "{refused}");
        let hint = "migrate with the newer program that has it; this one may go on with `atriz-api serve`";
        assert_eq!(refused.hint(APP.package), hint);
        let app = serve_over(databases).await;
        app.http.get("/api/v1/items").await;
        let report = app.http.get("/health/ready").await;
        let atriz = &report["components"][1];
        assert_eq!((&atriz["status"], &atriz["details"]["ahead"]), (&"ok".into(), &1.into()));
        assert_eq!(atriz["message"], "a newer program has migrated it; this one still serves");
    }

    async fn an_app_whose_database_falls_behind_is_not_ready(engine) {
        let app = serve(engine).await;
        let owner = app.databases.session("atriz").await;
        let one = "DELETE FROM seaql_migrations WHERE version = '20260101000800_create_sync_scopes'";
        execute(&owner.connection, one).await.unwrap();
        let report = app.http.get_expecting("/health/ready", 503).await.json();
        assert_eq!(report["components"][1]["message"], "it has pending migrations");
        assert_eq!(report["components"][1]["details"]["pending"], 1);
        app.http.get("/health/live").await;
    }
}
