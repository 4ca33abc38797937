//! SQLite's way to change a table that others refer to.

use atriz_db::Engine;
use atriz_testing::{TestFleet, Workspace, execute, number, run};

use crate::support::{NEXT, failure, history, id, refused, thing, workspace};

const REBUILD: &str =
    "CREATE TABLE things_new (id BLOB NOT NULL CONSTRAINT pk_things PRIMARY KEY, code TEXT NOT NULL, \
    amount INTEGER NOT NULL, note TEXT) STRICT;
INSERT INTO things_new SELECT id, code, amount, NULL FROM things WHERE amount < 100;
DROP TABLE things;
ALTER TABLE things_new RENAME TO things;";

/// A database with two things and a part of each; `cascade` says what a deleted thing does to its parts.
async fn fleet(workspace: &Workspace, cascade: bool) -> TestFleet {
    let test = TestFleet::migrated(Engine::Sqlite, vec![workspace.descriptor("core")]).await;
    let session = test.session("core").await;
    if cascade {
        let sql = "DROP TABLE parts; CREATE TABLE parts (thing_id BLOB NOT NULL REFERENCES things (id) ON DELETE CASCADE, \
                   label TEXT NOT NULL) STRICT";
        execute(&session.connection, sql).await.unwrap();
    }
    for number in [1, 200] {
        execute(&session.connection, &thing(test.engine, number)).await.unwrap();
        let part = format!("INSERT INTO parts (thing_id, label) VALUES ({}, 'a part')", id(test.engine, number));
        execute(&session.connection, &part).await.unwrap();
    }
    session.close().await;
    test
}

#[test]
fn rows_of_children_stay() {
    run(Engine::Sqlite, "rebuild::stay", async |engine| {
        let workspace = workspace();
        let test = fleet(&workspace, true).await;
        let up = format!("-- atriz: rebuild\n{}", REBUILD.replace("WHERE amount < 100", ""));
        workspace.migration_only(engine, "core", NEXT, &up, "SELECT 1;");
        test.migrate_all().await;
        let session = test.session("core").await;
        assert_eq!(number(&session.connection, "SELECT count(*) FROM parts").await, 2);
        assert_eq!(number(&session.connection, "PRAGMA foreign_keys").await, 1);
    });
}

/// Without foreign keys off they would go with the old table, so the directive is demanded before anything runs.
#[test]
fn the_directive_is_demanded() {
    run(Engine::Sqlite, "rebuild::demanded", async |engine| {
        let workspace = workspace();
        let test = fleet(&workspace, true).await;
        for (text, words) in [
            (REBUILD.to_owned(), "line 4: `things` is rebuilt, and the file does not say so"),
            (REBUILD.replace("TABLE things;", "TABLE IF EXISTS \"things\";"), "`things` is rebuilt"),
            (
                format!("PRAGMA foreign_keys = OFF;\n{REBUILD}"),
                "line 2: `PRAGMA foreign_keys` does nothing inside a migration",
            ),
        ] {
            workspace.migration_only(engine, "core", NEXT, &text, "SELECT 1;");
            let error = refused(&test).await;
            assert!(error.to_string().contains(words) && error.hint().contains("-- atriz: rebuild"), "{error}");
        }
        let session = test.session("core").await;
        assert_eq!(number(&session.connection, "SELECT count(*) FROM parts").await, 2);
    });
}

#[test]
fn rows_that_refer_to_nothing_undo_it() {
    run(Engine::Sqlite, "rebuild::dangling", async |engine| {
        let workspace = workspace();
        let test = fleet(&workspace, false).await;
        workspace.migration_only(engine, "core", NEXT, &format!("-- atriz: rebuild\n{REBUILD}"), "SELECT 1;");
        let (error, hint) = failure(&test.migrate().await.unwrap());
        assert!(error.contains("after the rebuild 1 rows of `parts` refer to rows that are gone"), "{error}");
        assert!(hint.contains("nothing of this migration stays"), "{hint}");
        let session = test.session("core").await;
        assert_eq!(number(&session.connection, "SELECT count(*) FROM things").await, 2);
        assert!(!history(&session).await.contains(&NEXT.to_owned()));
        // The connection that failed must not go on without foreign keys: the next migration in the same run would see it.
        workspace.migration_only(engine, "core", NEXT, "DELETE FROM things WHERE amount = 200;", "SELECT 1;");
        let (error, _) = failure(&test.migrate().await.unwrap());
        assert!(error.contains("FOREIGN KEY"), "{error}");
    });
}

#[test]
fn the_next_migration_of_the_same_run_has_foreign_keys_again() {
    run(Engine::Sqlite, "rebuild::next", async |engine| {
        let workspace = workspace();
        let test = fleet(&workspace, false).await;
        let up = format!("-- atriz: rebuild\n{}", REBUILD.replace("WHERE amount < 100", ""));
        workspace.migration_only(engine, "core", NEXT, &up, "SELECT 1;");
        let orphan = format!("INSERT INTO parts (thing_id, label) VALUES ({}, 'of nothing');", id(engine, 99));
        workspace.migration_only(engine, "core", "20260101000400_add_orphan", &orphan, "SELECT 1;");
        let (error, _) = failure(&test.migrate().await.unwrap());
        assert!(error.contains("add_orphan") && error.contains("FOREIGN KEY"), "{error}");
        let session = test.session("core").await;
        assert_eq!(history(&session).await.last().unwrap(), NEXT);
    });
}
