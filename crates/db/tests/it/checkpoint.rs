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
}
