//! Others in the way of a migration: deadlocks, and locks that are not granted.

use std::sync::Arc;
use std::time::{Duration, Instant};

use atriz_db::Engine;
use atriz_db::migrate::{Limit, OutOfOrder};
use atriz_testing::{TestFleet, both_engines, execute, number};

use crate::order::Told;
use crate::support::{NEXT, failure, history, refused, workspace, yes};

#[test]
fn a_deadlock_is_tried_again() {
    atriz_testing::run(Engine::Postgres, "blocked::deadlock", async |engine| {
        let workspace = workspace();
        let mut test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let blocker = test.session("core").await;
        // The server's own patience decides who of the two is ended: this one waits longer than the migration.
        execute(&blocker.connection, "SET ROLE NONE; SET deadlock_timeout = '30s'").await.unwrap();
        let transaction = blocker.begin().await.unwrap();
        execute(&transaction, "LOCK TABLE app.parts IN ACCESS SHARE MODE").await.unwrap();
        let up = "ALTER TABLE app.things ADD COLUMN note text;\nALTER TABLE app.parts ADD COLUMN note text;";
        workspace.migration("core", NEXT, up, "SELECT 1;");
        let told = Arc::new(Told::default());
        test.context.observer = told.clone();
        let cross = async {
            tokio::time::sleep(Duration::from_millis(600)).await;
            execute(&transaction, "LOCK TABLE app.things IN ACCESS SHARE MODE").await.unwrap();
            transaction.rollback().await.unwrap();
        };
        let (reports, ()) = tokio::join!(test.migrate(), cross);
        assert_eq!(reports.unwrap()[0].applied, [NEXT]);
        let retried: Vec<_> = told.lines().into_iter().filter(|line| line.starts_with("retried")).collect();
        assert_eq!(retried, [format!("retried core {NEXT} it ran into a deadlock")]);
        let session = test.session("core").await;
        assert_eq!(
            number(&session.connection, "SELECT count(things.note) + count(parts.note) FROM things, parts").await,
            0
        );
        let failed = "SELECT count(*) FROM migration_history WHERE event = 'failed'";
        assert_eq!(number(&session.connection, failed).await, 0);
    });
}

#[test]
fn nobody_waits_for_rows_to_be_counted_without_end() {
    atriz_testing::run(Engine::Postgres, "blocked::counted", async |engine| {
        let workspace = workspace();
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let blocker = test.session("core").await;
        let transaction = blocker.begin().await.unwrap();
        execute(&transaction, "LOCK TABLE app.things IN ACCESS EXCLUSIVE MODE").await.unwrap();
        let (core, yes) = (test.plan_of(&["core"]), yes());
        let cleaned = test.fleet.clean(&core, false, &yes, &test.context);
        let error = tokio::time::timeout(Duration::from_secs(20), cleaned).await.unwrap().unwrap_err();
        assert!(error.to_string().contains("lock timeout"), "{error}");
        assert!(error.hint().contains("run the same command again when they are done"), "{}", error.hint());
        let taken_back = test.fleet.rollback("core", &Limit::All, &yes, &test.context);
        let error = tokio::time::timeout(Duration::from_secs(20), taken_back).await.unwrap().unwrap_err();
        assert!(error.to_string().contains("lock timeout"), "{error}");
    });
}

#[test]
fn who_was_in_the_way_is_told_when_it_gives_up() {
    atriz_testing::run(Engine::Postgres, "blocked::gives_up", async |engine| {
        let workspace = workspace();
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let blocker = test.session("core").await;
        let pid = number(&blocker.connection, "SELECT pg_backend_pid()::bigint").await;
        let transaction = blocker.begin().await.unwrap();
        execute(&transaction, "LOCK TABLE app.things IN ACCESS SHARE MODE").await.unwrap();
        workspace.migration("core", NEXT, "ALTER TABLE {app}things ADD COLUMN note text;", "SELECT 1;");
        let since = Instant::now();
        let (error, hint) = failure(&test.migrate().await.unwrap());
        // Five tries of three seconds each, and what lies between them.
        assert!((15..40).contains(&since.elapsed().as_secs()), "it took {:?}", since.elapsed());
        let named = format!("held by `atriz db`, backend {pid}, on this machine (idle in transaction for ");
        let (_, rest) = error.split_once(&named).unwrap_or_else(|| panic!("{error}"));
        let (age, rest) = rest.split_once(" s after: ").unwrap_or_else(|| panic!("{error}"));
        assert!(age.parse::<u64>().unwrap() >= 10, "{error}");
        assert!(rest.starts_with("LOCK TABLE app.things IN ACCESS SHARE MODE)"), "{error}");
        assert!(!hint.is_empty());
        let session = test.session("core").await;
        let journaled = "SELECT count(*) FROM migration_history WHERE event = 'failed' AND error LIKE '%held by%'";
        assert_eq!(number(&session.connection, journaled).await, 1);
        transaction.rollback().await.unwrap();
        test.migrate_all().await;
    });
}

both_engines! {
    async fn unknown_migrations_are_let_stand_where_that_is_wanted(engine) {
        let ahead = workspace();
        ahead.migration("core", NEXT, "CREATE TABLE {app}newer (a {int});", "DROP TABLE {app}newer;");
        let mut test = TestFleet::migrated(engine, vec![ahead.descriptor("core")]).await;
        // The same database, as the release before saw it, which then got a mend of its own.
        let mend = "20260101000400_mend";
        for engine in Engine::ALL {
            for direction in ["up", "down"] {
                ahead.remove(&atriz_testing::Workspace::path("core", engine, NEXT, direction));
            }
        }
        ahead.migration("core", mend, "CREATE TABLE {app}mended (a {int});", "DROP TABLE {app}mended;");
        let error = refused(&test).await;
        assert!(error.to_string().contains(NEXT), "{error}");
        test.context.tolerance.ignore_unknown = true;
        assert_eq!(test.migrate_all().await[0].applied, [mend]);
        let session = test.session("core").await;
        assert_eq!(history(&session).await[3..], [NEXT, mend]);
        assert_eq!(number(&session.connection, "SELECT count(*) FROM newer").await, 0);
        assert!(test.migrate_all().await[0].applied.is_empty());
    }

    async fn a_late_migration_is_told_refused_or_let_pass(engine) {
        let workspace = workspace();
        let mut test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let late = |number| format!("202601010000{number:02}_late");
        for (number, out_of_order) in [(1, OutOfOrder::Warn), (2, OutOfOrder::Allow), (3, OutOfOrder::Refuse)] {
            let told = Arc::new(Told::default());
            test.context.observer = told.clone();
            test.context.tolerance.out_of_order = out_of_order;
            workspace.migration("core", &late(number), "SELECT 1;", "SELECT 1;");
            if out_of_order == OutOfOrder::Refuse {
                let error = refused(&test).await;
                assert!(error.to_string().contains(&late(number)), "{error}");
                assert_eq!(told.lines(), [""; 0]);
                continue;
            }
            assert_eq!(test.migrate_all().await[0].applied, [late(number)]);
            let lines: Vec<_> = told.lines().into_iter().filter(|line| line.starts_with("late")).collect();
            let expected = format!("late core {} {}", late(number), crate::support::PARTS);
            assert_eq!(lines, if out_of_order == OutOfOrder::Warn { vec![expected] } else { vec![] });
        }
    }
}
