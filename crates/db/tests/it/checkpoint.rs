//! A checkpoint stands for the migrations that it replaces.

use atriz_db::Error;
use atriz_db::migrate::{Limit, MigrationError};
use atriz_testing::{TestFleet, Workspace, both_engines, number};

use crate::support::{NEXT, PARTS, SCHEMA, THINGS, history, refused, workspace, yes};

const CHECKPOINT: &str = "20260101000200_checkpoint";

/// Puts a checkpoint in the place of the three migrations of [`workspace`].
fn squash(workspace: &Workspace) {
    let directive = format!("-- atriz: replaces {SCHEMA}\n-- atriz: replaces {THINGS} {PARTS}\n");
    for (engine, schema, back) in
        [(atriz_db::Engine::Postgres, "CREATE SCHEMA app;", "DROP SCHEMA app;"), (atriz_db::Engine::Sqlite, "", "")]
    {
        let read = |version| {
            std::fs::read_to_string(workspace.root().join(Workspace::path("core", engine, version, "up"))).unwrap()
        };
        let up = format!("{directive}{schema}{}{}", read(THINGS), read(PARTS));
        let down = format!("DROP TABLE {{app}}parts; DROP TABLE {{app}}things; {back}");
        workspace.migration_on(engine, "core", CHECKPOINT, &up, &down);
        for version in [SCHEMA, THINGS, PARTS] {
            for direction in ["up", "down"] {
                workspace.remove(&Workspace::path("core", engine, version, direction));
            }
        }
    }
}

both_engines! {
    async fn databases_that_ran_what_it_replaces_carry_on(engine) {
        let workspace = workspace();
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        squash(&workspace);
        workspace.migration("core", NEXT, "CREATE TABLE {app}more (a {int});", "DROP TABLE {app}more;");
        assert_eq!(test.migrate_all().await[0].applied, [NEXT]);
        let status = test.fleet.status(&test.plan(), &test.context).await.unwrap();
        assert!(status[0].is_current() && status[0].migrations.len() == 2, "{status:#?}");
        let session = test.session("core").await;
        assert_eq!(history(&session).await, [SCHEMA, THINGS, PARTS, NEXT]);
        // It goes back as a whole, and what it stands for with it.
        let back = test.fleet.rollback("core", &Limit::All, &yes(), &test.context).await.unwrap();
        assert_eq!(back.reverted, [NEXT, CHECKPOINT]);
        assert_eq!(history(&session).await, [""; 0]);
        assert_eq!(test.migrate_all().await[0].applied, [CHECKPOINT, NEXT]);
    }

    async fn a_new_database_runs_it_alone(engine) {
        let workspace = workspace();
        squash(&workspace);
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let session = test.session("core").await;
        assert_eq!(history(&session).await, [CHECKPOINT]);
        assert_eq!(number(&session.connection, "SELECT count(*) FROM parts").await, 0);
        assert!(test.migrate_all().await[0].applied.is_empty());
    }

    async fn a_database_in_its_middle_is_refused(engine) {
        let workspace = workspace();
        let test = TestFleet::created(engine, vec![workspace.descriptor("core")]).await;
        test.migrate_to(&Limit::Count(1)).await.unwrap();
        squash(&workspace);
        let error = refused(&test).await;
        assert!(matches!(&error, Error::Migration(MigrationError::HalfReplaced { .. })), "{error}");
        assert!(error.hint().contains("the revision before the checkpoint"), "{}", error.hint());
    }

    async fn a_checkpoint_of_a_checkpoint_takes_either(engine) {
        const SECOND: &str = "20260101000300_checkpoint";
        let workspace = workspace();
        // One database ran what the first checkpoint replaces, one ran the first checkpoint, one is between the two.
        let old = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        squash(&workspace);
        let new = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let behind = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        workspace.migration("core", NEXT, "CREATE TABLE {app}more (a {int});", "DROP TABLE {app}more;");
        old.migrate_all().await;
        new.migrate_all().await;
        squash_again(&workspace, SECOND);
        for test in [&old, &new] {
            assert!(test.migrate_all().await[0].applied.is_empty());
            let back = test.fleet.rollback("core", &Limit::All, &yes(), &test.context).await.unwrap();
            assert_eq!(back.reverted, [SECOND]);
            assert_eq!(history(&test.session("core").await).await, [""; 0]);
        }
        let error = refused(&behind).await;
        assert!(matches!(&error, Error::Migration(MigrationError::HalfReplaced { .. })), "{error}");
    }
}

/// Puts a second checkpoint in the place of the first and of [`NEXT`].
fn squash_again(workspace: &Workspace, second: &str) {
    for engine in atriz_db::Engine::ALL {
        let read = |version, direction| {
            std::fs::read_to_string(workspace.root().join(Workspace::path("core", engine, version, direction))).unwrap()
        };
        let directive = format!("-- atriz: replaces {CHECKPOINT} ({SCHEMA} {THINGS} {PARTS}) {NEXT}\n");
        let first = read(CHECKPOINT, "up").replace("-- atriz: replaces", "-- it replaced");
        let up = format!("{directive}{first}{}", read(NEXT, "up"));
        let down = format!("{}{}", read(NEXT, "down"), read(CHECKPOINT, "down"));
        workspace.migration_on(engine, "core", second, &up, &down);
        for version in [CHECKPOINT, NEXT] {
            for direction in ["up", "down"] {
                workspace.remove(&Workspace::path("core", engine, version, direction));
            }
        }
    }
}
