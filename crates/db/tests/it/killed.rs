//! A process that is killed at every statement in turn, and the run behind it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use atriz_db::migrate::Repair;
use atriz_db::progress::{Event, Observer};
use atriz_db::{Descriptor, Engine, MigrateReport, Session};
use atriz_testing::{Child, TestFleet, Workspace, both_engines, given, number};

use crate::support::{failure, journal, schema_dump, yes};

/// What a child does: migrate the fleet of its errand up to a statement, and wait there to be killed.
const ERRAND: &str = "killed::a_child_stops";

/// What a child writes when it waits, and when it came to the end.
const THERE: &str = "it stands there";
const DONE: &str = "it is done";

#[test]
fn a_child_stops() {
    let Some(errand) = given() else { return };
    let mut parts = errand.splitn(3, '>');
    let (root, stop, handle) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
    let engine = Engine::parse(handle.split('|').next().unwrap()).unwrap();
    let (databases, stop) = (vec![descriptor(Path::new(root))], stop.parse().unwrap());
    atriz_testing::run(engine, ERRAND, async |_| {
        let mut test = TestFleet::attach(databases, handle);
        test.context.observer = Arc::new(Stop { at: stop, seen: AtomicUsize::new(0) });
        test.migrate_all().await;
        say(DONE);
    });
}

fn say(word: &str) {
    let mut output = std::io::stdout();
    writeln!(output, "\n{word}").and_then(|()| output.flush()).unwrap();
}

/// Stops for ever at an event, counted from zero.
struct Stop {
    at: usize,
    seen: AtomicUsize,
}

impl Observer for Stop {
    fn event(&self, event: &Event<'_>) {
        let counts = matches!(event, Event::StatementFinished { .. } | Event::MigrationFinished { .. });
        if counts && self.seen.fetch_add(1, Ordering::SeqCst) == self.at {
            say(THERE);
            loop {
                std::thread::park();
            }
        }
    }
}

fn descriptor(root: &Path) -> Descriptor {
    let files = atriz_db::FileSet::folder(root.join("migrations/core"));
    Descriptor::new("core", "core", "core").schema("app").migrations(files)
}

/// Transactions before and after a file whose statements run alone, and some that run alone by themselves.
fn workspace() -> Workspace {
    let workspace = Workspace::new();
    let alone = "-- atriz: no-transaction\nCREATE TABLE {app}logs (a {int});\nINSERT INTO {app}logs VALUES (1);\n\
                 ALTER TABLE {app}logs ADD COLUMN b {int};\nINSERT INTO {app}logs VALUES (2, 2);";
    let things = "CREATE TABLE {app}things (a {int});\nINSERT INTO {app}things VALUES (1);\nCREATE INDEX idx_things_a ON {app}things (a);";
    workspace
        .migration_only(Engine::Postgres, "core", "20260101000000_schema", "CREATE SCHEMA app;", "DROP SCHEMA app;")
        .migration("core", "20260101000100_things", things, "DROP TABLE {app}things;")
        .migration("core", "20260101000200_logs", alone, "DROP TABLE {app}logs;")
        .migration_on(
            Engine::Postgres,
            "core",
            "20260101000300_beside",
            "CREATE INDEX CONCURRENTLY idx_logs_a ON app.logs (a);\nDROP INDEX CONCURRENTLY app.idx_things_a;\n\
             VACUUM app.logs;\nCREATE UNIQUE INDEX CONCURRENTLY uq_logs_a ON app.logs (a);\nDO $$ BEGIN PERFORM 1; END $$;",
            "DROP INDEX app.uq_logs_a;",
        )
        .migration_on(
            Engine::Sqlite,
            "core",
            "20260101000300_beside",
            "CREATE INDEX idx_logs_a ON logs (a);\nVACUUM;\nCREATE UNIQUE INDEX uq_logs_a ON logs (a);",
            "DROP INDEX uq_logs_a;",
        )
        .migration("core", "20260101000400_more", "ALTER TABLE {app}things ADD COLUMN b {int};", "SELECT 1;");
    workspace
}

/// Runs a child up to the event `stop` and kills it there. Answers whether there was such an event.
async fn kill_at(test: &TestFleet, workspace: &Workspace, stop: usize) -> bool {
    let errand = format!("{}>{stop}>{}", workspace.root().display(), test.handle());
    let child = Child::of_test(ERRAND, &errand);
    let mut child = if test.engine == Engine::Postgres { child.with_server().spawn() } else { child.spawn() };
    tokio::task::spawn_blocking(move || {
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let said: Vec<String> = lines.take_while_inclusive_of([THERE, DONE]);
        // On Unix this is SIGKILL, which nothing can be done about.
        child.kill().unwrap();
        child.wait().unwrap();
        let last = said.last().cloned().unwrap_or_default();
        assert!(last == THERE || last == DONE, "the child failed: {said:#?}");
        last == THERE
    })
    .await
    .unwrap()
}

trait TakeWhileInclusive: Iterator<Item = String> + Sized {
    /// All lines up to and with the first that is one of `ends`.
    fn take_while_inclusive_of(self, ends: [&str; 2]) -> Vec<String> {
        let mut taken = Vec::new();
        for line in self {
            let ends = ends.contains(&line.as_str());
            taken.push(line);
            if ends {
                break;
            }
        }
        taken
    }
}

impl<I: Iterator<Item = String>> TakeWhileInclusive for I {}

/// The schema, without the names of roles, which differ by database, and what the statements wrote.
async fn outcome(test: &TestFleet, session: &Session) -> Vec<String> {
    let name = test.fleet.catalog.databases()[0].default_database.clone();
    let mut outcome: Vec<String> =
        schema_dump(&session.connection, test.engine).await.iter().map(|line| line.replace(&name, "core")).collect();
    for sql in ["SELECT count(*) FROM logs", "SELECT count(*) FROM things", "SELECT coalesce(sum(b), 0) FROM logs"] {
        outcome.push(format!("{sql}: {}", number(&session.connection, sql).await));
    }
    if test.engine == Engine::Postgres {
        let invalid = "SELECT count(*) FROM pg_index WHERE NOT indisvalid";
        outcome.push(format!("broken indexes: {}", number(&session.connection, invalid).await));
    }
    outcome
}

async fn each_was_applied_once(session: &Session) {
    let lines = journal(session).await;
    let applied: Vec<_> = lines.iter().filter(|line| line.starts_with("applied")).collect();
    let distinct: std::collections::BTreeSet<_> = applied.iter().collect();
    assert_eq!(applied.len(), distinct.len(), "{lines:#?}");
    let history = number(&session.connection, "SELECT count(*) FROM seaql_migrations").await;
    assert_eq!(i64::try_from(applied.len()).unwrap(), history, "{lines:#?}");
    // No statement failed; a run that asked whether one ran is told without its number.
    assert!(!lines.iter().any(|line| line.starts_with("failed") && !line.ends_with("up")), "{lines:#?}");
    // A statement that ran alone ran once: what is journaled is not done again.
    let ran: Vec<_> = lines.iter().filter(|line| line.starts_with("statement")).collect();
    let distinct: std::collections::BTreeSet<_> = ran.iter().collect();
    assert_eq!(ran.len(), distinct.len(), "{lines:#?}");
}

/// The second run. Where nothing in the database tells whether a statement ran, it is refused until somebody says so.
async fn go_on(test: &TestFleet, doubts: &mut usize) -> Vec<MigrateReport> {
    let reports = test.migrate().await.unwrap();
    if reports.iter().all(MigrateReport::is_done) {
        return reports;
    }
    let (error, _) = failure(&reports);
    assert!(error.contains("nothing tells whether it ran") && error.contains("DO $$"), "{error}");
    *doubts += 1;
    let broken =
        test.fleet.findings(&test.plan(), &test.context).await.unwrap()[0].findings[0].version.clone().unwrap();
    let ran = Repair::Resume { ran: true };
    test.fleet.repair("core", &broken, &ran, &yes(), &test.context).await.unwrap();
    test.migrate_all().await
}

both_engines! {
    async fn at_every_statement_a_second_run_completes_what_it_left(engine) {
        let workspace = workspace();
        let whole = TestFleet::migrated(engine, vec![descriptor(workspace.root())]).await;
        let session = whole.session("core").await;
        let expected = outcome(&whole, &session).await;
        each_was_applied_once(&session).await;
        let (mut stop, mut doubts) = (0, 0);
        loop {
            let test = TestFleet::created(engine, vec![descriptor(workspace.root())]).await;
            if !kill_at(&test, &workspace, stop).await {
                break;
            }
            let reports = go_on(&test, &mut doubts).await;
            let session = test.session("core").await;
            assert_eq!(outcome(&test, &session).await, expected, "killed at {stop}, then {reports:#?}");
            each_was_applied_once(&session).await;
            assert!(test.migrate_all().await[0].applied.is_empty());
            stop += 1;
        }
        let statements = if engine == Engine::Postgres { 14 } else { 11 };
        let migrations = 5;
        assert_eq!(stop, statements + migrations, "every one of them was a place to be killed at");
        // Code that runs in no transaction, killed between its end and its line of the journal: the only doubt there is.
        assert_eq!(doubts, usize::from(engine == Engine::Postgres));
    }
}
