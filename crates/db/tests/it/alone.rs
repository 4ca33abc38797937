//! Statements that run alone: `no-transaction` and what PostgreSQL refuses in a transaction.

use std::time::Duration;

use atriz_db::migrate::MigrationError;
use atriz_db::{Engine, Error, Purpose, Session};
use atriz_testing::{TestFleet, both_engines, execute, number, texts};

use crate::support::{NEXT, THINGS, failure, history, journal, refused, thing, workspace, yes};

const FIRST: &str = "-- atriz: no-transaction\nCREATE TABLE {app}one (a {int});\nINSERT INTO {app}one VALUES (1);\n";

both_engines! {
    async fn a_run_goes_on_behind_the_last_statement_that_ran(engine) {
        let workspace = workspace();
        workspace.migration("core", NEXT, &format!("{FIRST}INSERT INTO {{app}}nowhere VALUES (1);\n"), "DROP TABLE {app}one;");
        let test = TestFleet::created(engine, vec![workspace.descriptor("core")]).await;
        let (error, hint) = failure(&test.migrate().await.unwrap());
        assert!(error.contains("line 4:") && error.contains("statement 3 of 3"), "{error}");
        assert!(hint.contains("the statements before it stay"), "{hint}");
        let session = test.session("core").await;
        assert!(!history(&session).await.contains(&NEXT.to_owned()));
        let lines = journal(&session).await;
        let short = NEXT.split('_').next().unwrap();
        // Each stands in the journal together with what it did, so none of them is in doubt after a crash.
        let expected = ["statement 1", "statement 2", "failed 3"].map(|line| {
            let (event, number) = line.split_once(' ').unwrap();
            format!("{event} {short} up {number}")
        });
        assert_eq!(lines[lines.len() - 3..], expected);
        workspace.migration("core", NEXT, &format!("{FIRST}INSERT INTO {{app}}one VALUES (3);\n"), "DROP TABLE {app}one;");
        assert_eq!(test.migrate_all().await[0].applied, [NEXT]);
        assert_eq!(texts(&session.connection, "SELECT CAST(a AS text) FROM one ORDER BY a").await, ["1", "3"]);
        // Taken back and applied again it starts from its first statement.
        test.fleet.rollback("core", &atriz_db::migrate::Limit::Count(1), &yes(), &test.context).await.unwrap();
        assert_eq!(test.migrate_all().await[0].applied, [NEXT]);
        assert_eq!(number(&session.connection, "SELECT count(*) FROM one").await, 2);
    }

    async fn a_statement_that_ran_must_not_be_edited(engine) {
        let workspace = workspace();
        workspace.migration("core", NEXT, &format!("{FIRST}INSERT INTO {{app}}nowhere VALUES (1);\n"), "DROP TABLE {app}one;");
        let test = TestFleet::created(engine, vec![workspace.descriptor("core")]).await;
        failure(&test.migrate().await.unwrap());
        let edited = FIRST.replace("VALUES (1)", "VALUES (2)");
        workspace.migration("core", NEXT, &edited, "DROP TABLE {app}one;");
        let (error, hint) = failure(&test.migrate().await.unwrap());
        assert!(error.contains("statement 2 ran already, and has been edited since"), "{error}");
        assert!(hint.contains("restore that statement"), "{hint}");
    }
}

fn on_postgres<F: Future<Output = ()>>(name: &str, body: impl FnOnce(Engine) -> F) {
    atriz_testing::run(Engine::Postgres, name, body);
}

#[test]
fn an_index_is_built_concurrently_without_being_asked() {
    on_postgres("alone::concurrently", async |engine| {
        let workspace = workspace();
        let index = "CREATE INDEX CONCURRENTLY idx_things_amount ON app.things (amount);";
        workspace.migration_only(engine, "core", NEXT, index, "DROP INDEX CONCURRENTLY app.idx_things_amount;");
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let session = test.session("core").await;
        assert!(journal(&session).await.contains(&"intent 20260101000300 up 1".to_owned()));
        let valid = "SELECT count(*) FROM pg_index WHERE indisvalid AND indexrelid = 'app.idx_things_amount'::regclass";
        assert_eq!(number(&session.connection, valid).await, 1);
        test.fleet.rollback("core", &atriz_db::migrate::Limit::Count(1), &yes(), &test.context).await.unwrap();
    });
}

#[test]
fn a_broken_concurrent_index_is_built_again() {
    on_postgres("alone::broken_index", async |engine| {
        let workspace = workspace();
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let session = test.session("core").await;
        execute(&session.connection, &thing(engine, 1)).await.unwrap();
        execute(&session.connection, &thing(engine, 2)).await.unwrap();
        execute(&session.connection, "UPDATE app.things SET amount = 7").await.unwrap();
        let index = "CREATE UNIQUE INDEX CONCURRENTLY uq_things_amount ON app.things (amount);";
        workspace.migration_only(engine, "core", NEXT, index, "DROP INDEX app.uq_things_amount;");
        let (error, _) = failure(&test.migrate().await.unwrap());
        assert!(error.contains("could not create unique index"), "{error}");
        let invalid = "SELECT count(*) FROM pg_index WHERE NOT indisvalid";
        assert_eq!(number(&session.connection, invalid).await, 1);
        execute(&session.connection, "UPDATE app.things SET amount = 8 WHERE code = 'thing 2'").await.unwrap();
        test.migrate_all().await;
        assert_eq!(number(&session.connection, invalid).await, 0);
        assert_eq!(
            number(&session.connection, "SELECT count(*) FROM pg_indexes WHERE indexname = 'uq_things_amount'").await,
            1
        );
    });
}

#[test]
fn the_lock_timeout_is_kept_and_the_holder_does_not_wait_forever() {
    on_postgres("alone::lock_timeout", async |engine| {
        let workspace = workspace();
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let (blocker, session) = (test.session("core").await, test.session("core").await);
        let transaction = blocker.begin().await.unwrap();
        execute(&transaction, "LOCK TABLE app.things IN ACCESS SHARE MODE").await.unwrap();
        workspace.migration("core", NEXT, "ALTER TABLE {app}things ADD COLUMN note text;", "SELECT 1;");
        let retried = std::sync::Arc::new(crate::order::Told::default());
        let mut test = test;
        test.context.observer = retried.clone();
        let release = async {
            tokio::time::sleep(std::time::Duration::from_secs(7)).await;
            transaction.rollback().await.unwrap();
        };
        let (reports, ()) = tokio::join!(test.migrate(), release);
        assert_eq!(reports.unwrap()[0].applied, [NEXT]);
        let told = retried.lines();
        let retried: Vec<_> = told.iter().filter(|line| line.starts_with("retried core")).collect();
        assert!(retried.len() == 2 && retried[1].contains("held by `atriz db`, backend"), "{retried:?}");
        assert_eq!(number(&session.connection, "SELECT count(note) FROM app.things").await, 0);
    });
}

#[test]
fn the_sqlite_journal_mode_runs_alone() {
    atriz_testing::run(Engine::Sqlite, "alone::vacuum", async |engine| {
        let workspace = workspace();
        workspace.migration_only(engine, "core", NEXT, "VACUUM;", "SELECT 1;");
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let session = test.session("core").await;
        assert!(history(&session).await.contains(&NEXT.to_owned()));
        workspace.remove(&atriz_testing::Workspace::path("core", engine, THINGS, "up"));
        assert!(matches!(refused(&test).await, Error::Migration(MigrationError::Folder(_))));
    });
}

#[test]
fn a_lock_that_is_lost_ends_the_run() {
    atriz_testing::run(Engine::Postgres, "alone::lock", async |engine| {
        let workspace = workspace();
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        // Long enough for whoever ends it, also on a machine that has much else to do.
        let up = format!("{FIRST}SELECT pg_sleep(4);\nINSERT INTO {{app}}one VALUES (2);\n");
        workspace.migration("core", NEXT, &up, "DROP TABLE {app}one;");
        let session = test.session("core").await;
        // Somebody ends the connection that holds it: another run may begin from then on.
        let lose = async {
            while number(&session.connection, "SELECT count(*) FROM pg_class WHERE relname = 'one'").await == 0 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            let end = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' \
                       AND classid = 1635021417 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
            let login = Session::open(test.target("core"), Purpose::Look).await.unwrap();
            execute(&login.connection, end).await.unwrap();
        };
        let (migrated, ()) = tokio::join!(test.migrate(), lose);
        let (error, hint) = failure(&migrated.unwrap());
        assert!(error.contains("the connection that held the lock broke"), "{error}");
        assert!(hint.contains("run the same command again"), "{hint}");
        assert_eq!(texts(&session.connection, "SELECT a::text FROM app.one").await, ["1"]);
        // The next run holds a lock of its own, and goes on behind what ran.
        test.migrate_all().await;
        assert_eq!(texts(&session.connection, "SELECT a::text FROM app.one ORDER BY a").await, ["1", "2"]);
    });
}
