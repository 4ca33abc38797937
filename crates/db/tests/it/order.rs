//! Several databases: order, dependencies, and what becomes of the others when one fails.

use std::sync::{Mutex, PoisonError};

use atriz_db::migrate::Limit;
use atriz_db::progress::{Event, Observer};
use atriz_db::{Error, MigrateReport, MigrateRequest, Phase};
use atriz_testing::{TestFleet, Workspace, both_engines};

use crate::support::{NEXT, base, inner};

/// Remembers what it was told.
#[derive(Default)]
pub(crate) struct Told(Mutex<Vec<String>>);

impl Told {
    pub(crate) fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Observer for Told {
    fn event(&self, event: &Event<'_>) {
        let line = match event {
            Event::LockWaiting { database, holder } => format!("waiting {database} {holder}"),
            Event::MigrationStarted { database, version, .. } => format!("started {database} {version}"),
            Event::MigrationRetried { database, version, reason } => format!("retried {database} {version} {reason}"),
            Event::OutOfOrder { database, version, applied } => format!("late {database} {version} {applied}"),
            _ => return,
        };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }
}

/// core; shop and fleet after it; more after shop.
fn four() -> (Workspace, Vec<atriz_db::Descriptor>) {
    let workspace = Workspace::new();
    for name in ["core", "shop", "fleet", "more"] {
        base(&workspace, name);
    }
    let databases = vec![
        workspace.descriptor("core"),
        workspace.descriptor("shop").after("core"),
        workspace.descriptor("fleet").after("core"),
        workspace.descriptor("more").after("shop"),
    ];
    (workspace, databases)
}

fn phase<'a>(reports: &'a [MigrateReport], name: &str) -> &'a Phase {
    &reports.iter().find(|report| report.database == name).unwrap().phase
}

both_engines! {
    async fn nothing_behind_a_failure_is_begun(engine) {
        let (workspace, databases) = four();
        let test = TestFleet::created(engine, databases).await;
        workspace.migration("shop", NEXT, "INSERT INTO {app}nowhere VALUES (1);", "SELECT 1;");
        let reports = test.migrate().await.unwrap();
        assert_eq!(reports.iter().map(|report| report.database.as_str()).collect::<Vec<_>>(), ["core", "shop", "fleet", "more"]);
        assert!(matches!(phase(&reports, "core"), Phase::Done), "{reports:#?}");
        assert!(matches!(phase(&reports, "shop"), Phase::Failed { .. }), "{reports:#?}");
        assert!(matches!(phase(&reports, "fleet"), Phase::Done | Phase::Stopped), "{reports:#?}");
        assert!(matches!(phase(&reports, "more"), Phase::NotStarted), "{reports:#?}");
        assert_eq!(reports[1].applied.len(), 3);
        workspace.migration("shop", NEXT, "SELECT 1;", "SELECT 1;");
        test.migrate_all().await;
    }

    async fn a_database_waits_for_those_it_comes_after_through_others(engine) {
        let (workspace, databases) = four();
        let test = TestFleet::migrated(engine, databases).await;
        // shop is up to date, so that only core and more take part in this run.
        workspace.migration("core", NEXT, "INSERT INTO {app}nowhere VALUES (1);", "SELECT 1;");
        workspace.migration("more", NEXT, "SELECT 1;", "SELECT 1;");
        let reports = test.migrate().await.unwrap();
        assert!(matches!(phase(&reports, "core"), Phase::Failed { .. }), "{reports:#?}");
        assert!(matches!(phase(&reports, "more"), Phase::NotStarted), "{reports:#?}");
    }

    async fn a_dependency_that_is_behind_is_told(engine) {
        let (workspace, databases) = four();
        let test = TestFleet::created(engine, databases).await;
        let request = |plan| MigrateRequest { plan, limit: Limit::All };
        let error = inner(test.fleet.migrate(&request(test.plan_of(&["shop"])), &test.context).await.unwrap_err());
        assert_eq!(error.to_string(), "`shop` comes after `core`, which has 3 pending migrations");
        assert_eq!(error.hint(), "`cargo xtask db migrate core` first, or add `--with-dependencies`");
        let plan = test.fleet.catalog.plan_with_dependencies(&["shop".to_owned()]).unwrap();
        let reports = test.fleet.migrate(&request(plan), &test.context).await.unwrap();
        assert!(reports.len() == 2 && reports.iter().all(MigrateReport::is_done), "{reports:#?}");
        // One that is behind further off counts too.
        workspace.migration("core", NEXT, "SELECT 1;", "SELECT 1;");
        let error = inner(test.fleet.migrate(&request(test.plan_of(&["more"])), &test.context).await.unwrap_err());
        assert!(matches!(&error, Error::Behind { dependency, .. } if dependency == "core"), "{error}");
    }

    async fn a_dependency_that_is_not_there_is_to_be_made_first(engine) {
        let (_workspace, databases) = four();
        let test = TestFleet::new(engine, databases);
        test.fleet.create(&test.plan_of(&["shop"]), &test.context).await.unwrap();
        let request = MigrateRequest { plan: test.plan_of(&["shop"]), limit: Limit::All };
        let error = test.fleet.migrate(&request, &test.context).await.unwrap_err();
        assert!(error.to_string().contains("core") && error.to_string().contains("does not exist"), "{error}");
        assert_eq!(error.hint(), "`cargo xtask db create` makes it");
    }

    async fn nothing_is_changed_when_one_database_does_not_fit(engine) {
        let (workspace, databases) = four();
        let test = TestFleet::created(engine, databases).await;
        test.migrate_to(&Limit::Count(2)).await.unwrap();
        let path = Workspace::path("fleet", engine, "20260101000100_create_things", "up");
        workspace.file(&path, "CREATE TABLE other (a integer);");
        let error = test.migrate().await.unwrap_err().to_string();
        assert!(error.contains("fleet") && error.contains("has changed since"), "{error}");
        let status = test.fleet.status(&test.plan(), &test.context).await.unwrap();
        assert_eq!(status.iter().map(|one| one.applied).collect::<Vec<_>>(), [2, 2, 2, 2]);
    }
}
