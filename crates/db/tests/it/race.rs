//! Many at once, and one that is killed.

use std::sync::Arc;
use std::time::Duration;

use atriz_db::migrate::Limit;
use atriz_db::{Engine, Error, LockError, MigrateReport};
use atriz_testing::{Child, TestFleet, Workspace, both_engines, execute, given, number};

use crate::order::Told;
use crate::support::{NEXT, base, history, inner, journal, workspace};

/// What a child does: migrate the fleet of its errand, which names the workspace too.
const ERRAND: &str = "race::a_child_migrates";

#[test]
fn a_child_migrates() {
    let Some(errand) = given() else { return };
    let (root, handle) = errand.split_once('>').unwrap();
    let engine = Engine::parse(handle.split('|').next().unwrap()).unwrap();
    let databases = databases(std::path::Path::new(root));
    atriz_testing::run(engine, ERRAND, async |_| {
        let test = TestFleet::attach(databases, handle);
        wait_for_the_start(std::path::Path::new(root)).await;
        test.fleet.create(&test.plan(), &test.context).await.unwrap();
        let applied: usize = test.migrate_all().await.iter().map(|report| report.applied.len()).sum();
        println!("\napplied {applied}");
    });
}

/// The file that all children wait for, where a test wants them to begin at the same moment.
const GO: &str = "go";

/// Says that this child is ready, and waits until the file is there.
async fn wait_for_the_start(root: &std::path::Path) {
    std::fs::write(root.join(format!("ready-{}", std::process::id())), "").unwrap();
    for _ in 0..20_000 {
        if root.join(GO).exists() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    panic!("nobody said go");
}

/// Starts `count` children at the same moment, waits for all of them, and answers how many migrations each applied.
async fn race(test: &TestFleet, workspace: &Workspace, count: usize) -> Vec<String> {
    let root = workspace.root();
    let children: Vec<_> = (0..count).map(|_| child(test, workspace)).collect();
    let ready = || {
        let files = std::fs::read_dir(root).unwrap().flatten();
        files.filter(|file| file.file_name().to_string_lossy().starts_with("ready-")).count()
    };
    let since = std::time::Instant::now();
    while ready() < count && since.elapsed() < Duration::from_secs(20) {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    workspace.file(GO, "");
    let mut applied = Vec::new();
    for child in children {
        let said = wait(child).await;
        let line = said.lines().find_map(|line| line.strip_prefix("applied "));
        applied.push(line.unwrap_or_else(|| panic!("{said}")).to_owned());
    }
    applied.sort();
    applied
}

fn databases(root: &std::path::Path) -> Vec<atriz_db::Descriptor> {
    let files = |name: &str| atriz_db::FileSet::folder(root.join("migrations").join(name));
    let database = |name: &str| atriz_db::Descriptor::new(name, name, name).schema("app").migrations(files(name));
    vec![database("core"), database("shop").after("core")]
}

fn child(test: &TestFleet, workspace: &Workspace) -> std::process::Child {
    let errand = format!("{}>{}", workspace.root().display(), test.handle());
    let child = Child::of_test(ERRAND, &errand);
    if test.engine == Engine::Postgres { child.with_server().spawn() } else { child.spawn() }
}

async fn wait(child: std::process::Child) -> String {
    let output = tokio::task::spawn_blocking(|| child.wait_with_output()).await.unwrap().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
    said
}

async fn each_was_applied_once(test: &TestFleet, name: &str, count: i64) {
    let session = test.session(name).await;
    let sql = "SELECT count(*) FROM migration_history WHERE event = 'applied'";
    assert_eq!(number(&session.connection, sql).await, count);
    assert_eq!(number(&session.connection, "SELECT count(*) FROM seaql_migrations").await, count);
    assert_eq!(number(&session.connection, "SELECT count(*) FROM database_identity").await, 1);
    let again = "SELECT count(*) FROM (SELECT version FROM migration_history WHERE event IN ('applied', 'statement') \
                 GROUP BY version, event, statement_number HAVING count(*) > 1) AS again";
    assert_eq!(number(&session.connection, again).await, 0);
    assert_eq!(number(&session.connection, "SELECT count(*) FROM migration_history WHERE event = 'failed'").await, 0);
    if test.engine == Engine::Postgres {
        let deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
        assert_eq!(number(&session.connection, deadlocks).await, 0);
        let invalid = "SELECT count(*) FROM pg_index WHERE NOT indisvalid";
        assert_eq!(number(&session.connection, invalid).await, 0);
    }
}

both_engines! {
    async fn eight_processes_apply_each_migration_once(engine) {
        for round in 0..5 {
            let workspace = workspace();
            base(&workspace, "shop");
            for name in ["core", "shop"] {
                // On PostgreSQL it waits for every transaction that began before it: those that wait for a lock as well.
                let index = "CREATE INDEX CONCURRENTLY idx_things_amount ON app.things (amount);";
                workspace.migration_on(Engine::Postgres, name, NEXT, index, "DROP INDEX app.idx_things_amount;");
                let index = "CREATE INDEX idx_things_amount ON things (amount);";
                workspace.migration_on(Engine::Sqlite, name, NEXT, index, "DROP INDEX idx_things_amount;");
            }
            let test = TestFleet::new(engine, databases(workspace.root()));
            let applied = race(&test, &workspace, 8).await;
            assert_eq!(applied, ["0", "0", "0", "0", "0", "0", "0", "8"], "round {round}");
            for name in ["core", "shop"] {
                each_was_applied_once(&test, name, 4).await;
            }
        }
    }

    async fn sixteen_tasks_apply_each_migration_once(engine) {
        let workspace = workspace();
        base(&workspace, "shop");
        let test = Arc::new(TestFleet::created(engine, databases(workspace.root())).await);
        let tasks: Vec<_> = (0..16)
            .map(|_| {
                let test = Arc::clone(&test);
                tokio::spawn(async move { test.migrate().await })
            })
            .collect();
        for task in tasks {
            let reports = task.await.unwrap().unwrap();
            assert!(reports.iter().all(MigrateReport::is_done), "{reports:#?}");
        }
        each_was_applied_once(&test, "core", 3).await;
        each_was_applied_once(&test, "shop", 3).await;
    }

    async fn a_killed_process_leaves_nothing_to_clean_up(engine) {
        let workspace = workspace();
        let long = match engine {
            Engine::Postgres => "CREATE TABLE app.half (a integer); SELECT pg_sleep(60);",
            Engine::Sqlite => {
                "CREATE TABLE half (a integer); WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000000000) \
                 INSERT INTO half SELECT max(i) FROM n;"
            }
        };
        workspace.migration_only(engine, "core", NEXT, long, "DROP TABLE half;");
        base(&workspace, "shop");
        let test = TestFleet::created(engine, databases(workspace.root())).await;
        workspace.file(GO, "");
        let mut child = child(&test, &workspace);
        let session = test.session("core").await;
        let parts = crate::support::PARTS.to_owned();
        for _ in 0..400 {
            let there = sea_orm::ConnectionTrait::execute_unprepared(&session.connection, "SELECT 1 FROM seaql_migrations").await.is_ok();
            if there && history(&session).await.contains(&parts) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        child.kill().unwrap();
        child.wait().unwrap();
        workspace.migration("core", NEXT, "CREATE TABLE {app}whole (a {int});", "DROP TABLE {app}whole;");
        test.migrate_all().await;
        assert!(journal(&session).await.iter().all(|line| !line.starts_with("failed")));
        assert_eq!(number(&session.connection, "SELECT count(*) FROM whole").await, 0);
        assert!(execute(&session.connection, "SELECT count(*) FROM half").await.is_err());
    }

    async fn who_waits_too_long_is_told_who_holds_the_lock(engine) {
        let workspace = workspace();
        let slow = match engine {
            Engine::Postgres => "SELECT pg_sleep(3);",
            Engine::Sqlite => "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000000) SELECT max(i) FROM n;",
        };
        workspace.migration_only(engine, "core", NEXT, slow, "SELECT 1;");
        let mut test = TestFleet::created(engine, vec![workspace.descriptor("core")]).await;
        let told = Arc::new(Told::default());
        let mut hurried = test.context.clone();
        hurried.lock_wait = Duration::from_millis(300);
        hurried.observer = told.clone();
        let request = atriz_db::MigrateRequest { plan: test.plan(), limit: Limit::All };
        let fleet = test.fleet.clone();
        let second = async {
            tokio::time::sleep(Duration::from_millis(400)).await;
            fleet.migrate(&request, &hurried).await
        };
        test.context.lock_wait = Duration::from_secs(30);
        let (first, second) = tokio::join!(test.migrate(), second);
        assert!(first.unwrap()[0].is_done());
        let error = inner(second.unwrap_err());
        let held = match &error {
            Error::Lock(LockError::Held { holder, .. })
            | Error::Migration(atriz_db::MigrationError::Lock(LockError::Held { holder, .. })) => holder.clone(),
            other => panic!("{other}"),
        };
        assert!(held.contains(&format!("process {}", std::process::id())), "{held}");
        assert!(error.hint().contains("--lock-wait"), "{}", error.hint());
        assert!(told.lines().iter().any(|line| line.starts_with("waiting core")), "{:?}", told.lines());
    }
}

#[test]
fn what_the_server_still_makes_for_a_killed_run_is_waited_for() {
    atriz_testing::run(Engine::Postgres, "race::making", async |engine| {
        let workspace = workspace();
        let test = TestFleet::created(engine, vec![workspace.descriptor("core")]).await;
        // What the server had begun for a run that is gone, and whose lock is free.
        let killed = test.session("core").await;
        let making = killed.begin().await.unwrap();
        let table =
            "CREATE TABLE public.seaql_migrations (version varchar NOT NULL PRIMARY KEY, applied_at bigint NOT NULL)";
        execute(&making, table).await.unwrap();
        let other = test.session("core").await;
        // The owner does not see what others do.
        execute(&other.connection, "SET ROLE NONE").await.unwrap();
        let waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                     AND wait_event_type = 'Lock' AND query LIKE '%seaql_migrations%'";
        let ends = async {
            let mut tries = 0;
            while number(&other.connection, waits).await == 0 {
                assert!(tries < 500, "the run did not wait");
                tries += 1;
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            making.commit().await.unwrap();
        };
        let (reports, ()) = tokio::join!(test.migrate(), ends);
        assert!(reports.unwrap().iter().all(MigrateReport::is_done));
        assert_eq!(history(&other).await.len(), 3);
    });
}
