//! New databases that run ahead of those they come after, on PostgreSQL.

use std::path::Path;
use std::time::Duration;

use atriz_db::{Descriptor, Engine, FileSet, MigrateReport, Phase, Target};
use atriz_testing::{Child, TestFleet, Workspace, execute, given, number, texts};

use crate::support::{NEXT, PARTS, SCHEMA, THINGS, base, history, journal};

/// What a child does: migrate the fleet of its errand, in which core never comes to its end.
const ERRAND: &str = "ahead::a_child_runs_ahead";

/// Another migration behind [`NEXT`].
const LAST: &str = "20260101000400_last";

fn descriptors(root: &Path) -> Vec<Descriptor> {
    let of = |name: &str| {
        Descriptor::new(name, name, name).schema("app").migrations(FileSet::folder(root.join("migrations").join(name)))
    };
    vec![of("core"), of("shop").after("core")]
}

/// core, and shop behind it; core's last migration waits until shop has run ahead, and then does `then`. It takes the login's own
/// role, since others do not see what a session does.
async fn waiting(then: &str) -> (Workspace, TestFleet) {
    let workspace = Workspace::new();
    base(&workspace, "core");
    base(&workspace, "shop");
    let test = TestFleet::created(Engine::Postgres, descriptors(workspace.root())).await;
    let wait = format!(
        "SET LOCAL ROLE NONE; DO $$ BEGIN FOR tries IN 1..500 LOOP PERFORM pg_stat_clear_snapshot(); EXIT WHEN EXISTS ({}); \
         PERFORM pg_sleep(0.02); END LOOP; END $$; CREATE TABLE app.seen AS SELECT EXISTS ({}) AS ahead; \
         GRANT SELECT ON app.seen TO PUBLIC; {then}",
        open_transaction(&test),
        open_transaction(&test),
    );
    workspace.migration("core", NEXT, &wait, "DROP TABLE app.seen;");
    (workspace, test)
}

/// A transaction on shop that has changed something and goes on with nothing.
fn open_transaction(test: &TestFleet) -> String {
    let Target::Postgres(shop) = test.target("shop") else { unreachable!("the engine is PostgreSQL") };
    format!(
        "SELECT FROM pg_stat_activity WHERE datname = '{}' AND state = 'idle in transaction' AND backend_xid IS NOT NULL \
         AND query ~ '^(RE)?SET synchronous_commit'",
        shop.database
    )
}

fn phase<'a>(reports: &'a [MigrateReport], name: &str) -> &'a Phase {
    &reports.iter().find(|report| report.database == name).unwrap().phase
}

/// Whether shop holds nothing but tracking tables, and those are empty of migrations.
async fn is_untouched(test: &TestFleet) -> bool {
    let session = test.session("shop").await;
    let schemas = "SELECT count(*) FROM pg_namespace WHERE nspname = 'app'";
    let untouched = number(&session.connection, schemas).await == 0
        && history(&session).await.is_empty()
        && journal(&session).await.is_empty();
    session.close().await;
    untouched
}

fn on_postgres<F: Future<Output = ()>>(name: &str, body: impl FnOnce() -> F) {
    atriz_testing::run(Engine::Postgres, name, |_| body());
}

#[test]
fn what_ran_ahead_counts_in_its_turn() {
    on_postgres("ahead::counts", async || {
        let (workspace, test) = waiting("").await;
        // This one waits for its turn: its constraint is checked at the commit.
        workspace.migration(
            "shop",
            NEXT,
            "CREATE TABLE app.waits (a integer CONSTRAINT uq_waits_a UNIQUE DEFERRABLE INITIALLY DEFERRED);",
            "DROP TABLE app.waits;",
        );
        workspace.migration("shop", LAST, "CREATE TABLE app.last (a integer);", "DROP TABLE app.last;");
        let reports = test.migrate().await.unwrap();
        assert!(reports.iter().all(MigrateReport::is_done), "{reports:#?}");
        assert_eq!(reports[1].applied, [SCHEMA, THINGS, PARTS, NEXT, LAST]);
        let core = test.session("core").await;
        assert_eq!(texts(&core.connection, "SELECT ahead::text FROM app.seen").await, ["true"]);
        let shop = test.session("shop").await;
        assert_eq!(history(&shop).await, reports[1].applied);
        let lines = journal(&shop).await;
        assert_eq!(lines[..2], ["statement 20260101000000 up 1", "applied 20260101000000 up"]);
        assert_eq!(lines.len(), 10, "{lines:#?}");
        // The app has its rights on a schema that was made ahead.
        let rights = "SELECT has_table_privilege(current_database() || '_app', 'app.things', 'INSERT')::text";
        assert_eq!(texts(&shop.connection, rights).await, ["true"]);
        assert_eq!(test.migrate().await.unwrap()[1].applied, [""; 0]);
    });
}

#[test]
fn what_ran_ahead_of_a_failure_has_never_been_there() {
    on_postgres("ahead::failure", async || {
        let (workspace, test) = waiting("INSERT INTO app.nowhere VALUES (1);").await;
        let reports = test.migrate().await.unwrap();
        let Phase::Failed { error, .. } = phase(&reports, "core") else { panic!("{reports:#?}") };
        assert!(error.contains("nowhere"), "{error}");
        assert!(matches!(phase(&reports, "shop"), Phase::NotStarted), "{reports:#?}");
        assert!(is_untouched(&test).await);
        workspace.migration("core", NEXT, "SELECT 1;", "SELECT 1;");
        test.migrate_all().await;
        assert_eq!(history(&test.session("shop").await).await.len(), 3);
    });
}

#[test]
fn a_connection_that_is_lost_ahead_ends_its_run() {
    on_postgres("ahead::lost", async || {
        let (workspace, test) = waiting("").await;
        let Target::Postgres(shop) = test.target("shop") else { unreachable!("the engine is PostgreSQL") };
        // The one that works and the one that holds the lock, as when the server starts anew.
        let end = format!(
            "SET LOCAL ROLE NONE; SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{}';",
            shop.database
        );
        workspace.migration("core", LAST, &end, "SELECT 1;");
        let reports = test.migrate().await.unwrap();
        assert!(matches!(phase(&reports, "core"), Phase::Done), "{reports:#?}");
        assert!(matches!(phase(&reports, "shop"), Phase::Failed { .. }), "{reports:#?}");
        assert!(is_untouched(&test).await);
        test.migrate_all().await;
        assert_eq!(history(&test.session("shop").await).await.len(), 3);
    });
}

#[test]
fn a_connection_that_is_lost_under_a_statement_ahead_ends_its_run() {
    on_postgres("ahead::under", async || {
        let (workspace, test) = waiting("").await;
        let Target::Postgres(core) = test.target("core") else { unreachable!("the engine is PostgreSQL") };
        workspace.migration("core", NEXT, "SELECT pg_sleep(4);", "SELECT 1;");
        // Both connections of shop end as long as core is at work; in its turn nothing would be in the way.
        let end = format!(
            "DO $$ BEGIN PERFORM set_config('role', 'none', true); FOR tries IN 1..100 LOOP PERFORM pg_stat_clear_snapshot(); \
             PERFORM pg_terminate_backend(mine.pid) FROM pg_stat_activity mine WHERE datname = current_database() AND EXISTS \
             (SELECT FROM pg_stat_activity WHERE datname = '{}' AND state = 'active' AND query LIKE '%pg_sleep%') \
             ORDER BY pid = pg_backend_pid(); PERFORM pg_sleep(0.02); END LOOP; END $$;",
            core.database
        );
        workspace.migration("shop", NEXT, &end, "SELECT 1;");
        let reports = test.migrate().await.unwrap();
        assert!(matches!(phase(&reports, "core"), Phase::Done), "{reports:#?}");
        let Phase::Failed { error, .. } = phase(&reports, "shop") else { panic!("{reports:#?}") };
        assert!(error.contains("the connection broke and was made anew; the lock may be gone with it"), "{error}");
        assert!(is_untouched(&test).await);
        test.migrate_all().await;
        assert_eq!(history(&test.session("shop").await).await.len(), 4);
    });
}

#[test]
fn what_fails_ahead_is_told_in_its_turn() {
    on_postgres("ahead::told", async || {
        let (workspace, test) = waiting("").await;
        workspace.migration("core", NEXT, "SELECT 1;", "SELECT 1;");
        workspace.migration("shop", NEXT, "CREATE TABLE app.things (a integer);", "SELECT 1;");
        let reports = test.migrate().await.unwrap();
        let Phase::Failed { error, .. } = phase(&reports, "shop") else { panic!("{reports:#?}") };
        assert!(error.contains("already exists"), "{error}");
        assert_eq!(reports[1].applied.len(), 3, "{reports:#?}");
        let lines = journal(&test.session("shop").await).await;
        assert_eq!(lines.last().unwrap(), "failed 20260101000300 up 1");
    });
}

#[test]
fn settings_of_one_migration_do_not_reach_the_next() {
    on_postgres("ahead::settings", async || {
        let (workspace, test) = waiting("").await;
        let sets = "SELECT set_config('lock_timeout', '1234', true), set_config('search_path', 'pg_catalog', false);";
        workspace.migration("shop", NEXT, sets, "SELECT 1;");
        let shows = "CREATE TABLE app.found AS SELECT current_setting('lock_timeout') AS patience, \
                     current_setting('search_path') AS path, current_user::text AS owner;";
        workspace.migration("shop", LAST, shows, "DROP TABLE app.found;");
        test.migrate_all().await;
        let core = test.session("core").await;
        assert_eq!(texts(&core.connection, "SELECT ahead::text FROM app.seen").await, ["true"]);
        let shop = test.session("shop").await;
        let found =
            "SELECT patience || ', ' || path || ', ' || (owner = current_database() || '_owner') FROM app.found";
        assert_eq!(texts(&shop.connection, found).await, ["3s, public, app, true"]);
    });
}

#[test]
fn a_child_runs_ahead() {
    let Some(errand) = given() else { return };
    let (root, handle) = errand.split_once('>').unwrap();
    let databases = descriptors(Path::new(root));
    atriz_testing::run(Engine::Postgres, ERRAND, async |_| {
        TestFleet::attach(databases, handle).migrate_all().await;
    });
}

#[test]
fn what_ran_ahead_of_a_killed_run_has_never_been_there() {
    on_postgres("ahead::killed", async || {
        let (workspace, test) = waiting("").await;
        workspace.migration("core", NEXT, "SELECT pg_sleep(60);", "SELECT 1;");
        let errand = format!("{}>{}", workspace.root().display(), test.handle());
        let mut child = Child::of_test(ERRAND, &errand).with_server().spawn();
        let session = test.session("core").await;
        execute(&session.connection, "SET ROLE NONE").await.unwrap();
        let open = format!("SELECT count(*) FROM ({}) AS open", open_transaction(&test));
        let mut tries = 0;
        while number(&session.connection, &open).await == 0 {
            assert!(tries < 500, "shop did not run ahead");
            tries += 1;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        session.close().await;
        // On Unix this is SIGKILL, which nothing can be done about.
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(is_untouched(&test).await);
        workspace.migration("core", NEXT, "SELECT 1;", "SELECT 1;");
        test.migrate_all().await;
        assert_eq!(history(&test.session("shop").await).await.len(), 3);
    });
}
