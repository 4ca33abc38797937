//! Folders of other tools run on real databases, forth and back.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use atriz_db::migrate::{Limit, RunContext};
use atriz_db::progress::{Event, Observer};
use atriz_db::{Consent, DatabaseStatus, Descriptor, Engine, MigrateReport, MigrateRequest, Phase};
use atriz_db_tools::layout::SourceFolder;
use atriz_testing::{TestFleet, Workspace, both_engines, execute, number, texts};

use super::folders::{LAYOUTS, add, folder, write};

fn descriptor(name: &str, workspace: &Workspace) -> Descriptor {
    let folder = SourceFolder::open(&folder(workspace), None).unwrap();
    Descriptor::new(name, name, "").source(Arc::new(folder))
}

async fn migrate_each(test: &TestFleet, limit: Limit, keep_going: bool) -> Vec<MigrateReport> {
    let context = RunContext { stop: Arc::default(), ..test.context.clone() };
    let request = MigrateRequest { plan: test.plan(), limit };
    test.fleet.migrate_each(&request, keep_going, &context).await.unwrap()
}

async fn status(test: &TestFleet) -> Vec<DatabaseStatus> {
    test.fleet.status(&test.plan(), &test.context).await.unwrap()
}

both_engines! {
    async fn every_layout_goes_forth_and_back(engine) {
        for layout in LAYOUTS {
            forth_and_back(engine, layout).await;
        }
    }

    async fn a_folder_may_make_schemas_that_nobody_named(engine) {
        let workspace = Workspace::new();
        let (up, down) = match engine {
            Engine::Postgres => ("CREATE SCHEMA app; CREATE TABLE app.things (id integer);", "DROP SCHEMA app CASCADE;"),
            Engine::Sqlite => ("CREATE TABLE things (id integer);", "DROP TABLE things;"),
        };
        workspace.file("theirs/000001_things.up.sql", up);
        workspace.file("theirs/000001_things.down.sql", down);
        let test = TestFleet::created(engine, vec![descriptor("shop", &workspace)]).await;
        let reports = migrate_each(&test, Limit::All, false).await;
        assert!(reports[0].is_done(), "{reports:#?}");
    }

    async fn one_failure_leaves_the_reports_of_the_others(engine) {
        failing(engine, false).await;
        failing(engine, true).await;
    }

    async fn forty_databases_are_worked_on_four_at_a_time(engine) {
        let workspace = Workspace::new();
        write(&workspace, "up-down");
        let databases = (0..40).map(|index| descriptor(&format!("tenant{index:02}"), &workspace)).collect();
        let mut test = TestFleet::created(engine, databases).await;
        let busy = Arc::new(Busy::default());
        test.context.jobs = 4;
        test.context.observer = Arc::clone(&busy) as Arc<_>;
        let reports = migrate_each(&test, Limit::All, false).await;
        assert!(reports.iter().all(|report| report.is_done() && report.applied.len() == 3), "{reports:#?}");
        assert_eq!(reports[0].database, "tenant00");
        assert_eq!(busy.finished.load(Ordering::SeqCst), 120);
        assert!(busy.most.load(Ordering::SeqCst) <= 4);
        let statuses = status(&test).await;
        assert!(statuses.iter().all(DatabaseStatus::is_current));
        let reports = migrate_each(&test, Limit::All, false).await;
        assert!(reports.iter().all(|report| matches!(report.phase, Phase::Current)));
        // Nobody works on what is up to date.
        assert_eq!(busy.finished.load(Ordering::SeqCst), 120);
    }

    async fn another_tools_database_is_refused_with_the_way_to_adopt_it(engine) {
        let workspace = Workspace::new();
        write(&workspace, "goose");
        let test = TestFleet::created(engine, vec![descriptor("shop", &workspace)]).await;
        let session = test.session("shop").await;
        execute(&session.connection, "CREATE TABLE goose_db_version (id integer PRIMARY KEY, version_id bigint)").await.unwrap();
        session.close().await;
        let reports = migrate_each(&test, Limit::All, false).await;
        let Phase::Failed { error, hint } = &reports[0].phase else { panic!("{reports:#?}") };
        assert!(error.contains("holds tables that Atriz did not make"), "{error}");
        assert!(hint.contains("cargo xtask db adopt /") && hint.contains("--url '"), "{hint}");
        assert_eq!(status(&test).await[0].hint.as_ref(), Some(hint));
    }
}

/// Up to the second migration, then all of it, then a new file, then back as far as the folder knows the way.
async fn forth_and_back(engine: Engine, layout: &str) {
    let workspace = Workspace::new();
    write(&workspace, layout);
    let test = TestFleet::created(engine, vec![descriptor("shop", &workspace)]).await;
    let versions: Vec<String> = status(&test).await[0].migrations.iter().map(|one| one.version.clone()).collect();
    assert_eq!(versions.len(), 3, "{layout}: {versions:?}");

    let second = versions[1].split("__").next().unwrap();
    let to = if layout == "flyway" { second } else { second.split('_').next().unwrap() };
    let reports = migrate_each(&test, Limit::To(to.to_owned()), false).await;
    assert!(reports[0].is_done(), "{layout}: {reports:#?}");
    assert_eq!(reports[0].applied, versions[..2], "{layout}");
    let reports = migrate_each(&test, Limit::All, false).await;
    assert_eq!(reports[0].applied, versions[2..], "{layout}: {reports:#?}");

    let consent = Consent { yes: true, ..Consent::default() };
    if ["up-down", "engine-in-name", "goose", "sql-migrate", "diesel"].contains(&layout) {
        let back = Limit::To(versions[0].clone());
        let report = test.fleet.rollback("shop", &back, &consent, &test.context).await.unwrap();
        assert_eq!(report.reverted, [versions[2].clone(), versions[1].clone()], "{layout}");
        let reports = migrate_each(&test, Limit::All, false).await;
        assert_eq!(reports[0].applied, versions[1..], "{layout}: {reports:#?}");
    }
    let session = test.session("shop").await;
    execute(&session.connection, "INSERT INTO users (id, name) VALUES (1, 'x')").await.unwrap();
    execute(&session.connection, "INSERT INTO posts (id, user_id) VALUES (1, 1)").await.unwrap();
    let history = texts(&session.connection, "SELECT version FROM seaql_migrations ORDER BY applied_at").await;
    assert_eq!(history.len(), 3, "{layout}");
    assert!(history.iter().all(|version| versions.contains(version)), "{layout}: {history:?}");

    add(&workspace, layout);
    let mut test = test;
    test.fleet.catalog = atriz_db::Catalog::new(vec![with_name(&test, &workspace)]).unwrap();
    let reports = migrate_each(&test, Limit::All, false).await;
    assert_eq!(reports[0].applied.len(), 1, "{layout}: {reports:#?}");
    assert!(status(&test).await[0].is_current());
    assert_eq!(number(&session.connection, "SELECT count(*) FROM posts WHERE title IS NULL").await, 1);
    session.close().await;

    let error = test.fleet.rollback("shop", &Limit::Count(1), &consent, &test.context).await.unwrap_err();
    assert!(error.to_string().contains("cannot be taken back: its folder has no way back for it"), "{layout}: {error}");
}

/// The descriptor of the folder as it is now, at the same place.
fn with_name(test: &TestFleet, workspace: &Workspace) -> Descriptor {
    let mut database = descriptor("shop", workspace);
    database.default_database.clone_from(&test.fleet.catalog.get("shop").unwrap().default_database);
    database
}

async fn failing(engine: Engine, keep_going: bool) {
    let workspace = Workspace::new();
    write(&workspace, "up-down");
    let names = ["a", "b", "c", "d"];
    let mut test = TestFleet::created(engine, names.map(|name| descriptor(name, &workspace)).into()).await;
    test.context.jobs = 1;
    // Somebody made by hand what the last migration makes; the mark is there, so it is ours.
    migrate_one(&test, "b").await;
    let session = test.session("b").await;
    execute(&session.connection, "CREATE TABLE posts (id integer)").await.unwrap();
    session.close().await;
    let reports = migrate_each(&test, Limit::All, keep_going).await;
    let phases: Vec<_> = reports
        .iter()
        .map(|report| match &report.phase {
            Phase::Done => "done",
            Phase::Failed { error, .. } if error.contains("posts") => "failed",
            Phase::NotStarted => "not started",
            other => panic!("{other:?}"),
        })
        .collect();
    let rest = if keep_going { "done" } else { "not started" };
    assert_eq!(phases, ["done", "failed", rest, rest]);
}

async fn migrate_one(test: &TestFleet, name: &str) {
    let request = MigrateRequest { plan: test.plan_of(&[name]), limit: Limit::Count(2) };
    let reports = test.fleet.migrate_each(&request, false, &test.context).await.unwrap();
    assert!(reports[0].is_done(), "{reports:#?}");
}

/// Counts who works at the same time.
#[derive(Default)]
struct Busy {
    working: Mutex<Vec<String>>,
    most: AtomicUsize,
    finished: AtomicUsize,
}

impl Observer for Busy {
    fn event(&self, event: &Event<'_>) {
        let mut working = self.working.lock().unwrap();
        match event {
            Event::MigrationStarted { database, .. } => working.push((*database).to_owned()),
            Event::MigrationFinished { database, .. } => {
                working.retain(|other| other != database);
                self.finished.fetch_add(1, Ordering::SeqCst);
            }
            _ => {}
        }
        self.most.fetch_max(working.len(), Ordering::SeqCst);
    }
}

/// PostgreSQL alters tables in place, and has no switch for foreign keys.
#[test]
fn a_table_built_anew_keeps_the_rows_of_its_children() {
    atriz_testing::run(Engine::Sqlite, module_path!(), built_anew);
}

async fn built_anew(engine: Engine) {
    let workspace = Workspace::new();
    workspace.file(
        "theirs/1_a.up.sql",
        "CREATE TABLE parents (id integer PRIMARY KEY);\n\
            CREATE TABLE children (id integer PRIMARY KEY, parent integer REFERENCES parents (id) ON DELETE CASCADE);\n\
            INSERT INTO parents VALUES (1);\nINSERT INTO children VALUES (1, 1);",
    );
    workspace.file(
        "theirs/2_b.up.sql",
        "CREATE TABLE new (id integer PRIMARY KEY, name text);\n\
            INSERT INTO new (id) SELECT id FROM parents;\nDROP TABLE parents;\nALTER TABLE new RENAME TO parents;",
    );
    let test = TestFleet::created(engine, vec![descriptor("shop", &workspace)]).await;
    assert!(migrate_each(&test, Limit::All, false).await[0].is_done());
    let session = test.session("shop").await;
    assert_eq!(number(&session.connection, "SELECT count(*) FROM children").await, 1);
    session.close().await;
}
