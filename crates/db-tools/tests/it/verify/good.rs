//! Migrations that stand every proof.

use std::time::Duration;

use atriz_db::Engine;
use atriz_db_tools::cluster::test_server_url;
use atriz_db_tools::scratch::{Scratch, Server};
use atriz_testing::both_engines;
use tokio::time::timeout;

use super::{NEXT, proved, workspace};

both_engines! {
    async fn good_migrations_are_good(engine) {
        let workspace = workspace();
        workspace.migration(
            "core",
            NEXT,
            "ALTER TABLE {app}things ADD COLUMN note text; INSERT INTO {app}things (id, code) VALUES (1, 'one');",
            "DELETE FROM {app}things WHERE id = 1; ALTER TABLE {app}things DROP COLUMN note;",
        );
        let verified = proved(engine, workspace.descriptor("core")).await;
        assert!(verified.is_good(), "{verified:#?}");
        // There and back: a schema on PostgreSQL, things and their index, and what changes them.
        let crashes = if engine == Engine::Postgres { 2 + 3 + 4 } else { 3 + 4 };
        let told = format!("core {engine}: 3 migrations, {crashes} statements: there and back, crash after each, run twice: all the same");
        assert_eq!(verified.to_string(), told);
    }

    async fn a_way_back_that_is_closed_is_named_and_left_out(engine) {
        let workspace = workspace();
        let closed = "-- atriz: irreversible \"the codes are gone\"\n";
        workspace.migration("core", NEXT, "UPDATE {app}things SET code = 'x'; DROP INDEX {app}idx_things_code_id;", closed);
        let verified = proved(engine, workspace.descriptor("core")).await;
        assert!(verified.is_good(), "{verified:#?}");
        let last = verified.migrations.last().unwrap();
        assert_eq!(last.irreversible.as_deref(), Some("the codes are gone"));
        assert_eq!(last.crashes, 2);
    }

    async fn statements_that_run_alone_may_be_safe_to_repeat(engine) {
        let workspace = workspace();
        workspace.migration(
            "core",
            NEXT,
            "-- atriz: no-transaction\nCREATE TABLE IF NOT EXISTS {app}one (a {int});\nCREATE INDEX IF NOT EXISTS idx_one_a ON {app}one (a);",
            "DROP TABLE {app}one;",
        );
        let verified = proved(engine, workspace.descriptor("core")).await;
        assert!(verified.is_good(), "{verified:#?}");
    }

    async fn nothing_is_left_behind(engine) {
        let server = match engine {
            Engine::Postgres => Some(Server::of_tests().await.unwrap()),
            Engine::Sqlite => None,
        };
        let workspace = workspace();
        let scratch = Scratch::create(&workspace.descriptor("core"), server.as_ref()).await.unwrap();
        scratch.save("kept").await.unwrap();
        let (name, folder) = (scratch.database(), scratch.folder().to_owned());
        drop(scratch);
        assert!(!folder.exists());
        if engine == Engine::Postgres {
            let url = tokio::task::spawn_blocking(test_server_url).await.unwrap().unwrap();
            let sql = format!(
                "SELECT ((SELECT count(*) FROM pg_database WHERE starts_with(datname, '{name}')) \
                 + (SELECT count(*) FROM pg_roles WHERE starts_with(rolname, '{name}')))::text"
            );
            assert_eq!(crate::support::ask(&url, &sql).await, "0");
        }
    }

    async fn a_proof_that_is_given_up_leaves_nothing(engine) {
        let mut database = workspace().descriptor("core");
        "given_up".clone_into(&mut database.name);
        // Its files are gone with the workspace, so those of core stand in.
        database.migrations = atriz_testing::atriz_core::descriptor().migrations;
        database.schemas = vec!["auth".to_owned()];
        // At any moment, also while the server makes a database.
        for patience in [25, 45, 65, 85, 105, 125, 145, 165, 185, 700] {
            let proof = proved(engine, database.clone());
            assert!(timeout(Duration::from_millis(patience), proof).await.is_err(), "it takes longer than {patience} ms");
        }
        if engine == Engine::Postgres {
            let url = tokio::task::spawn_blocking(test_server_url).await.unwrap().unwrap();
            // What went on behind the drop would be there by now.
            tokio::time::sleep(Duration::from_millis(300)).await;
            let sql = "SELECT count(*)::text FROM pg_database WHERE starts_with(datname, 'scratch_given_up')";
            assert_eq!(crate::support::ask(&url, sql).await, "0");
        }
    }
}
