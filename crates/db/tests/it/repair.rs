//! Migrations that broke off, and the ways out.

use atriz_db::migrate::{Finding, Limit, MigrationError, Repair, Standing, StatementProgress};
use atriz_db::{Consent, Engine, Error, MigrateRequest, Purpose, Session, Target};
use atriz_testing::{TestFleet, Workspace, both_engines, execute, number, texts};

use crate::support::{NEXT, THINGS, failure, history, inner, journal, refused, workspace, yes};

const ALONE: &str = "-- atriz: no-transaction\nCREATE TABLE {app}one (a {int});\nINSERT INTO {app}one VALUES (1);\nINSERT INTO {app}nowhere VALUES (2);\n";

/// A database whose last migration broke off behind its second statement.
async fn broken_off(engine: Engine, workspace: &Workspace) -> TestFleet {
    workspace.migration("core", NEXT, ALONE, "DROP TABLE {app}one;");
    let test = TestFleet::created(engine, vec![workspace.descriptor("core")]).await;
    failure(&test.migrate().await.unwrap());
    test
}

async fn findings(test: &TestFleet) -> Vec<Finding> {
    test.fleet.findings(&test.plan(), &test.context).await.unwrap().remove(0).findings
}

async fn repair(test: &TestFleet, version: &str, repair: &Repair) -> Result<Vec<String>, Error> {
    test.fleet.repair("core", version, repair, &yes(), &test.context).await
}

fn progress(finding: &Finding) -> Vec<StatementProgress> {
    finding.statements.iter().map(|statement| statement.progress).collect()
}

/// Holds the lock as another process does, as long as what it answers is there.
async fn hold(test: &TestFleet) -> (Session, Option<std::fs::File>) {
    let session = Session::open(test.target("core"), Purpose::Own).await.unwrap();
    let file = match test.target("core") {
        Target::Sqlite(file) => {
            let lock = std::fs::File::open(format!("{}.migrate.lock", file.path.display())).unwrap();
            lock.lock().unwrap();
            Some(lock)
        }
        Target::Postgres(_) => {
            execute(&session.connection, "SELECT pg_advisory_lock(1635021417, 1)").await.unwrap();
            None
        }
    };
    (session, file)
}

/// Puts a line into the journal that says that a statement was begun, as a process leaves it that is killed in its middle.
async fn begin(test: &TestFleet, version: &str, number: i32, count: i32) {
    let session = test.session("core").await;
    let run = crate::support::id(test.engine, 7);
    let now = if test.engine == Engine::Postgres { "now()" } else { "'2026-01-01T00:00:00+00:00'" };
    let sql = format!(
        "INSERT INTO migration_history (run_id, version, name, direction, event, statement_number, statement_count, happened_at, \
         operator, tool_version) VALUES ({run}, '{version}', 'x', 'up', 'intent', {number}, {count}, {now}, 'nobody', '0')"
    );
    execute(&session.connection, &sql).await.unwrap();
}

both_engines! {
    async fn what_ran_is_shown_with_the_ways_out(engine) {
        let workspace = workspace();
        let test = broken_off(engine, &workspace).await;
        let found = findings(&test).await;
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].version.as_deref(), Some(NEXT));
        assert_eq!(progress(&found[0]), [StatementProgress::Ran, StatementProgress::Ran, StatementProgress::Open]);
        let ways: Vec<_> = found[0].offers.iter().map(|offer| offer.arguments.clone().unwrap()).collect();
        assert_eq!(ways, ["--resume", "--mark-applied", "--revert"].map(|way| format!("{NEXT} {way}")));
        assert!(found[0].offers[0].sql[0].contains("nowhere") && found[0].offers[2].sql[0].contains("DROP TABLE"));
        // Looking changes nothing, and status says the same.
        let status = test.fleet.status(&test.plan(), &test.context).await.unwrap();
        assert_eq!((status[0].applied, status[0].pending), (3, 1));
        assert!(status[0].migrations.last().unwrap().standing.is_odd());
        // What ran will not run again.
        let request = MigrateRequest { plan: test.plan(), limit: Limit::All };
        let pending = test.fleet.pending(&request, &test.context).await.unwrap();
        assert!(pending[0].statements.len() == 1 && pending[0].statements[0].contains("nowhere"), "{pending:#?}");
    }

    async fn what_somebody_is_at_work_on_did_not_break_off(engine) {
        let workspace = workspace();
        let test = broken_off(engine, &workspace).await;
        let holder = async || {
            let report = test.fleet.findings(&test.plan(), &test.context).await.unwrap().remove(0).worked_on_by;
            let status = test.fleet.status(&test.plan(), &test.context).await.unwrap().remove(0).worked_on_by;
            assert_eq!(report.is_some(), status.is_some());
            report
        };
        assert_eq!(holder().await, None);
        let held = hold(&test).await;
        assert!(holder().await.is_some());
        // Whoever asks has not taken it from them.
        assert!(holder().await.is_some());
        drop(held);
    }

    async fn what_is_pending_may_be_at_work_too(engine) {
        let workspace = workspace();
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let holder = async || test.fleet.status(&test.plan(), &test.context).await.unwrap().remove(0).worked_on_by;
        let held = hold(&test).await;
        // Nobody asks about what is up to date.
        assert_eq!(holder().await, None);
        workspace.migration("core", NEXT, "SELECT 1;", "SELECT 1;");
        assert!(holder().await.is_some());
        drop(held);
    }

    async fn resuming_goes_on_and_marking_does_not(engine) {
        let workspace = workspace();
        let test = broken_off(engine, &workspace).await;
        let nobody = test.fleet.repair("core", NEXT, &Repair::MarkApplied, &Consent::default(), &test.context).await;
        assert!(matches!(inner(nobody.unwrap_err()), Error::Consent(_)));
        workspace.migration("core", NEXT, &ALONE.replace("nowhere", "one"), "DROP TABLE {app}one;");
        assert_eq!(repair(&test, NEXT, &Repair::Resume { ran: false }).await.unwrap(), [NEXT]);
        let session = test.session("core").await;
        assert_eq!(texts(&session.connection, "SELECT CAST(a AS text) FROM one ORDER BY a").await, ["1", "2"]);
        assert!(findings(&test).await.is_empty());

        let second = "20260101000400_once_more";
        workspace.migration("core", second, &ALONE.replace("one", "two"), "DROP TABLE {app}two;");
        failure(&test.migrate().await.unwrap());
        repair(&test, second, &Repair::MarkApplied).await.unwrap();
        assert!(history(&session).await.contains(&second.to_owned()));
        assert_eq!(number(&session.connection, "SELECT count(*) FROM two").await, 1);
        assert!(findings(&test).await.is_empty() && test.migrate_all().await[0].applied.is_empty());
    }

    async fn reverting_undoes_what_ran(engine) {
        let workspace = workspace();
        let test = broken_off(engine, &workspace).await;
        assert_eq!(repair(&test, NEXT, &Repair::Revert).await.unwrap(), [NEXT]);
        let session = test.session("core").await;
        assert!(execute(&session.connection, "SELECT 1 FROM one").await.is_err());
        assert!(findings(&test).await.is_empty());
        workspace.migration("core", NEXT, &ALONE.replace("nowhere", "one"), "DROP TABLE {app}one;");
        assert_eq!(test.migrate_all().await[0].applied, [NEXT]);
    }

    async fn a_pending_migration_that_was_done_by_hand_is_marked(engine) {
        let workspace = workspace();
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let session = test.session("core").await;
        execute(&session.connection, "CREATE TABLE by_hand (a integer)").await.unwrap();
        workspace.migration("core", NEXT, "CREATE TABLE by_hand (a integer);", "DROP TABLE by_hand;");
        repair(&test, NEXT, &Repair::MarkApplied).await.unwrap();
        assert!(test.migrate_all().await[0].applied.is_empty());
        // It is applied like any other, and so can be taken back.
        test.fleet.rollback("core", &Limit::Count(1), &yes(), &test.context).await.unwrap();
        assert!(execute(&session.connection, "SELECT 1 FROM by_hand").await.is_err());
    }

    async fn an_edited_file_is_told_by_its_first_statement_and_accepted_with_a_reason(engine) {
        let workspace = workspace();
        workspace.migration("core", NEXT, "CREATE TABLE {app}one (a {int});\nCREATE TABLE {app}two (a {int});", "DROP TABLE {app}two;\nDROP TABLE {app}one;");
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let edited = "CREATE TABLE {app}one (a {int});\nCREATE TABLE {app}two (a text);";
        workspace.migration("core", NEXT, edited, "DROP TABLE {app}two;\nDROP TABLE {app}one;");
        let error = refused(&test).await;
        assert!(error.to_string().contains("line 2: statement 2 differs: CREATE TABLE"), "{error}");
        assert!(error.hint().contains(&format!("cargo xtask db repair core {NEXT} --accept")), "{}", error.hint());
        let status = test.fleet.status(&test.plan(), &test.context).await.unwrap();
        assert!(status[0].error.as_ref().unwrap().contains("statement 2 differs"));
        assert_eq!(findings(&test).await[0].offers.len(), 1);
        assert!(matches!(inner(repair(&test, NEXT, &Repair::Revert).await.unwrap_err()), Error::Migration(MigrationError::NothingToRepair { .. })));
        repair(&test, NEXT, &Repair::Accept { reason: "the same on this engine".to_owned() }).await.unwrap();
        assert!(test.migrate_all().await[0].applied.is_empty() && findings(&test).await.is_empty());
        let session = test.session("core").await;
        let reason = texts(&session.connection, "SELECT error FROM migration_history WHERE event = 'accepted' AND statement_number IS NULL").await;
        assert_eq!(reason, ["the same on this engine"]);
        // What is told to differ from then on differs from the accepted file.
        workspace.migration("core", NEXT, &edited.replace("one (a {int})", "one (a text)"), "DROP TABLE {app}two;\nDROP TABLE {app}one;");
        let error = refused(&test).await;
        assert!(error.to_string().contains("line 1: statement 1 differs"), "{error}");
        workspace.migration("core", NEXT, edited, "DROP TABLE {app}two;\nDROP TABLE {app}one;");
        // Its place in the order of application is the old one.
        let last = test.fleet.rollback("core", &Limit::Count(1), &yes(), &test.context).await.unwrap();
        assert_eq!(last.reverted, [NEXT]);
    }

    async fn what_was_never_made_is_passed_over_on_the_way_back(engine) {
        let back = "DROP INDEX {app}idx_two_a;\nDROP TABLE {app}two;\nDROP TABLE {app}one;";
        for back in [back.to_owned(), format!("-- atriz: no-transaction\n{back}")] {
            let workspace = workspace();
            let up = "-- atriz: no-transaction\nCREATE TABLE {app}one (a {int});\nINSERT INTO {app}nowhere VALUES (1);\n\
                      CREATE TABLE {app}two (a {int});\nCREATE INDEX idx_two_a ON {app}two (a);";
            workspace.migration("core", NEXT, up, &back);
            let test = TestFleet::created(engine, vec![workspace.descriptor("core")]).await;
            assert!(!test.migrate().await.unwrap()[0].is_done());
            repair(&test, NEXT, &Repair::Revert).await.unwrap();
            assert!(findings(&test).await.is_empty());
            let session = test.session("core").await;
            assert!(execute(&session.connection, "SELECT 1 FROM one").await.is_err());
            let applied = "SELECT count(*) FROM seaql_migrations WHERE version = ";
            assert_eq!(number(&session.connection, &format!("{applied}'{NEXT}'")).await, 0);
        }
    }

    async fn a_row_of_another_tool_behind_our_way_back_is_its_own(engine) {
        let workspace = workspace();
        workspace.migration("core", NEXT, "CREATE TABLE {app}one (a {int});", "DROP TABLE {app}one;");
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        test.fleet.rollback("core", &Limit::Count(1), &yes(), &test.context).await.unwrap();
        let session = test.session("core").await;
        let row = format!("INSERT INTO seaql_migrations (version, applied_at) VALUES ('{NEXT}', 1)");
        execute(&session.connection, &row).await.unwrap();
        let status = test.fleet.status(&test.plan(), &test.context).await.unwrap();
        let standing = status[0].migrations.iter().find(|one| one.version == NEXT).map(|one| one.standing);
        assert_eq!(standing, Some(Standing::Foreign));
    }

    async fn a_way_back_that_broke_off_is_finished_by_a_rollback(engine) {
        let workspace = workspace();
        let down = "-- atriz: no-transaction\nDROP TABLE {app}two;\nDROP TABLE {app}nowhere;\nDROP TABLE {app}one;";
        workspace.migration("core", NEXT, "CREATE TABLE {app}one (a {int});\nCREATE TABLE {app}two (a {int});", down);
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        assert!(test.fleet.rollback("core", &Limit::Count(1), &yes(), &test.context).await.is_err());
        let error = refused(&test).await;
        assert!(matches!(error, Error::Migration(MigrationError::PartlyReverted { .. })), "{error}");
        workspace.migration("core", NEXT, "CREATE TABLE {app}one (a {int});\nCREATE TABLE {app}two (a {int});", &down.replace("DROP TABLE {app}nowhere;\n", ""));
        test.fleet.rollback("core", &Limit::Count(1), &yes(), &test.context).await.unwrap();
        assert_eq!(test.migrate_all().await[0].applied, [NEXT]);
    }

    async fn a_repeatable_statement_whose_end_nobody_saw_is_run_again(engine) {
        let workspace = workspace();
        workspace.migration("core", NEXT, "-- atriz: no-transaction\nVACUUM;", "SELECT 1;");
        let test = TestFleet::created(engine, vec![workspace.descriptor("core")]).await;
        test.migrate_to(&Limit::To(THINGS.to_owned())).await.unwrap();
        begin(&test, NEXT, 1, 1).await;
        let found = findings(&test).await;
        assert_eq!(progress(&found[0]), [StatementProgress::Undecided]);
        test.migrate_all().await;
        assert!(findings(&test).await.is_empty());
    }
}

#[test]
fn only_somebody_knows_whether_code_ran() {
    atriz_testing::run(Engine::Postgres, "repair::undecided", async |engine| {
        let workspace = workspace();
        let up = "-- atriz: no-transaction\nDO $$ BEGIN CREATE TABLE app.made (a integer); END $$;\nCREATE TABLE app.behind (a integer);";
        workspace.migration_only(engine, "core", NEXT, up, "DROP TABLE app.behind; DROP TABLE app.made;");
        let test = TestFleet::created(engine, vec![workspace.descriptor("core")]).await;
        test.migrate_to(&Limit::Count(3)).await.unwrap();
        begin(&test, NEXT, 1, 2).await;
        let (error, hint) = failure(&test.migrate().await.unwrap());
        assert!(error.contains("statement 1 was begun by an earlier run, and nothing tells whether it ran"), "{error}");
        assert!(hint.contains("db repair core"), "{hint}");
        let found = findings(&test).await;
        assert_eq!(progress(&found[0]), [StatementProgress::Undecided, StatementProgress::Open]);
        assert_eq!(found[0].offers[1].arguments.as_deref(), Some(format!("{NEXT} --resume --ran").as_str()));
        let session = test.session("core").await;
        execute(&session.connection, "CREATE TABLE app.made (a integer)").await.unwrap();
        repair(&test, NEXT, &Repair::Resume { ran: true }).await.unwrap();
        assert_eq!(number(&session.connection, "SELECT count(*) FROM app.behind").await, 0);
        let lines = journal(&session).await;
        assert_eq!(lines.last().unwrap(), "applied 20260101000300 up");
    });
}

#[test]
fn code_that_commits_and_fails_is_in_doubt() {
    atriz_testing::run(Engine::Postgres, "repair::committed", async |engine| {
        let workspace = workspace();
        let up = "-- atriz: no-transaction\nCREATE TABLE app.kept (a integer);\n\
                  DO $$ BEGIN INSERT INTO app.kept VALUES (1); COMMIT; PERFORM 1 / 0; END $$;";
        workspace.migration_only(engine, "core", NEXT, up, "DROP TABLE app.kept;");
        let test = TestFleet::created(engine, vec![workspace.descriptor("core")]).await;
        test.migrate_to(&Limit::Count(3)).await.unwrap();
        let (error, hint) = failure(&test.migrate().await.unwrap());
        assert!(error.contains("division by zero") && hint.contains("what it committed"), "{error}\n{hint}");
        // Nothing runs it a second time unless somebody says so.
        let (error, _) = failure(&test.migrate().await.unwrap());
        assert!(error.contains("nothing tells whether it ran"), "{error}");
        assert_eq!(progress(&findings(&test).await[0]), [StatementProgress::Ran, StatementProgress::Undecided]);
        repair(&test, NEXT, &Repair::Resume { ran: true }).await.unwrap();
        let session = test.session("core").await;
        assert_eq!(number(&session.connection, "SELECT count(*) FROM app.kept").await, 1);
        assert!(findings(&test).await.is_empty());
    });
}

#[test]
fn only_what_is_in_doubt_is_said_to_have_run() {
    atriz_testing::run(Engine::Postgres, "repair::no_doubt", async |engine| {
        let workspace = workspace();
        let up = "-- atriz: no-transaction\nCREATE TABLE app.one (a integer);\nSELECT 1 / 0;";
        workspace.migration_only(engine, "core", NEXT, up, "DROP TABLE app.one;");
        let test = TestFleet::created(engine, vec![workspace.descriptor("core")]).await;
        test.migrate_to(&Limit::Count(3)).await.unwrap();
        assert!(failure(&test.migrate().await.unwrap()).0.contains("division by zero"));
        let error = inner(repair(&test, NEXT, &Repair::Resume { ran: true }).await.unwrap_err());
        assert!(matches!(error, Error::Migration(MigrationError::NothingInDoubt { .. })), "{error}");
        let index = "CREATE INDEX CONCURRENTLY idx_things_amount ON app.things (amount);";
        workspace.migration_only(engine, "core", NEXT, index, "DROP INDEX CONCURRENTLY app.idx_things_amount;");
        let other = TestFleet::created(engine, vec![workspace.descriptor("core")]).await;
        other.migrate_to(&Limit::Count(3)).await.unwrap();
        begin(&other, NEXT, 1, 1).await;
        let error = inner(repair(&other, NEXT, &Repair::Resume { ran: true }).await.unwrap_err());
        assert!(matches!(error, Error::Migration(MigrationError::DidNotRun { .. })), "{error}");
    });
}

#[test]
fn an_index_says_itself_whether_it_was_built() {
    atriz_testing::run(Engine::Postgres, "repair::index", async |engine| {
        let workspace = workspace();
        let up = "CREATE INDEX CONCURRENTLY idx_things_amount ON app.things (amount);";
        workspace.migration_only(engine, "core", NEXT, up, "DROP INDEX CONCURRENTLY app.idx_things_amount;");
        let test = TestFleet::created(engine, vec![workspace.descriptor("core")]).await;
        test.migrate_to(&Limit::Count(3)).await.unwrap();
        let session = test.session("core").await;
        // Built, and killed before it could say so: nothing is built a second time.
        begin(&test, NEXT, 1, 1).await;
        execute(&session.connection, "CREATE INDEX idx_things_amount ON app.things (amount)").await.unwrap();
        let oid = "SELECT 'app.idx_things_amount'::regclass::oid::bigint";
        let built = number(&session.connection, oid).await;
        test.migrate_all().await;
        assert_eq!(number(&session.connection, oid).await, built);
    });
}

#[test]
fn a_broken_index_is_shown() {
    atriz_testing::run(Engine::Postgres, "repair::invalid", async |engine| {
        let workspace = workspace();
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let session = test.session("core").await;
        for number in [1, 2] {
            execute(&session.connection, &crate::support::thing(engine, number)).await.unwrap();
        }
        execute(&session.connection, "UPDATE app.things SET amount = 7").await.unwrap();
        let broken = execute(&session.connection, "CREATE UNIQUE INDEX CONCURRENTLY uq ON app.things (amount)").await;
        assert!(broken.is_err());
        // The server tells of an error before it has cleaned up behind it, and counts as building until then.
        execute(&session.connection, "SELECT 1").await.unwrap();
        let found = findings(&test).await;
        assert!(found[0].what.contains("index `app.uq` of `things` is not valid"), "{found:?}");
        assert_eq!(found[0].offers[1].sql, ["DROP INDEX CONCURRENTLY \"app\".\"uq\""]);
    });
}
