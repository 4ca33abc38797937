//! A folder with a bit of everything.

use std::fs;

use atriz_db::Engine;
use atriz_db::Engine::{Postgres, Sqlite};
use atriz_db::migrate::Limit;
use atriz_testing::{TestFleet, Workspace, number, texts};

use super::{folder, names, squash_to, squashed, text};

pub(super) const SCHEMA: &str = "20260101000000_create_schemas";
pub(super) const THINGS: &str = "20260101000100_create_things";
pub(super) const EVENTS: &str = "20260101000200_create_events";
pub(super) const SEARCH: &str = "20260101000300_add_search";
pub(super) const ROWS: &str = "20260101000400_insert_things";
pub(super) const CHANGE: &str = "20260101000500_change_things";
pub(super) const LATER: &str = "20260101000600_create_more";

/// A schema, tables that refer to themselves and each other, a trigger, a view, partitions, full-text search, an index
/// built alone, rows, a table built anew, and one more table.
pub(super) fn workspace() -> Workspace {
    let workspace = Workspace::new();
    workspace.migration_only(
        Postgres,
        "core",
        SCHEMA,
        "CREATE SCHEMA app; COMMENT ON SCHEMA app IS 'all';",
        "DROP SCHEMA app;",
    );
    things(&workspace);
    partitions(&workspace);
    search(&workspace);
    rows(&workspace);
    change(&workspace);
    workspace.migration(
        "core",
        LATER,
        "CREATE TABLE {app}more (a {int}); INSERT INTO {app}more SELECT count(*) FROM {app}things;
         CREATE INDEX idx_more_a ON {app}more (a);",
        "DROP TABLE {app}more;",
    );
    workspace
}

fn things(workspace: &Workspace) {
    let table = "CREATE TABLE {app}things (
            id {int} NOT NULL CONSTRAINT pk_things PRIMARY KEY,
            parent_id {int} CONSTRAINT fk_things_things REFERENCES {app}things (id),
            code text NOT NULL CONSTRAINT uq_things_code UNIQUE,
            touched {int} NOT NULL DEFAULT 0,
            CONSTRAINT ck_things_code CHECK (length(code) > 0) -- never; empty
        );
        CREATE INDEX idx_things_parent_id ON {app}things (parent_id) WHERE parent_id IS NOT NULL;
        CREATE VIEW {app}codes AS SELECT code FROM {app}things;";
    let back = "DROP VIEW {app}codes; DROP TABLE {app}things;";
    let postgres = "
        CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.touched := NEW.touched + 1; RETURN NEW; END; $$;
        REVOKE ALL ON FUNCTION app.touch() FROM PUBLIC;
        CREATE TRIGGER trg_things_touch BEFORE INSERT ON app.things FOR EACH ROW EXECUTE FUNCTION app.touch();
        COMMENT ON COLUMN app.things.code IS 'it''s; a code';";
    let sqlite = "
        CREATE TRIGGER trg_things_touch AFTER INSERT ON things BEGIN
            UPDATE things SET touched = touched + 1 WHERE id = NEW.id; END;";
    workspace.migration_on(
        Postgres,
        "core",
        THINGS,
        &format!("{table}{postgres}"),
        &format!("{back} DROP FUNCTION app.touch();"),
    );
    workspace.migration_on(Sqlite, "core", THINGS, &format!("{table}{sqlite}"), back);
}

fn partitions(workspace: &Workspace) {
    workspace.migration_on(
        Postgres,
        "core",
        EVENTS,
        "CREATE TABLE app.events (id bigint GENERATED ALWAYS AS IDENTITY, at timestamptz NOT NULL, note text,
             CONSTRAINT pk_events PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
         CREATE TABLE app.events_old PARTITION OF app.events FOR VALUES FROM (MINVALUE) TO ('2026-01-01 00:00:00+00');
         CREATE TABLE app.events_new PARTITION OF app.events FOR VALUES FROM ('2026-01-01 00:00:00+00') TO (MAXVALUE);
         CREATE INDEX idx_events_note ON app.events (note);
         INSERT INTO app.events (at, note) VALUES ('2025-05-05 00:00:00+00', 'old'), ('2026-05-05 00:00:00+00', NULL);",
        "DROP TABLE app.events;",
    );
    workspace.migration_on(
        Sqlite,
        "core",
        EVENTS,
        "CREATE TABLE events (id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, note TEXT) STRICT;
         CREATE INDEX idx_events_note ON events (note);
         INSERT INTO events (at, note) VALUES ('2025-05-05', 'old'), ('2026-05-05', NULL), ('2026-05-06', 'gone');
         DELETE FROM events WHERE note = 'gone';",
        "DROP TABLE events;",
    );
}

fn search(workspace: &Workspace) {
    workspace.migration_only(
        Sqlite,
        "core",
        SEARCH,
        "CREATE VIRTUAL TABLE things_search USING fts5(code, content='things', content_rowid='id');
         CREATE TRIGGER trg_things_search AFTER INSERT ON things BEGIN
            INSERT INTO things_search (rowid, code) VALUES (NEW.id, NEW.code); END;",
        "DROP TRIGGER trg_things_search; DROP TABLE things_search;",
    );
}

fn rows(workspace: &Workspace) {
    // The parent comes behind its child, and quotes and ends of lines are in it.
    workspace.migration(
        "core",
        ROWS,
        "INSERT INTO {app}things (id, parent_id, code) VALUES (1, 2, 'one; it''s -- one'), (2, NULL, 'two\n-- atriz: nothing\n');",
        "UPDATE {app}things SET parent_id = NULL; DELETE FROM {app}things;",
    );
}

fn change(workspace: &Workspace) {
    workspace.migration_on(
        Postgres,
        "core",
        CHANGE,
        "ALTER TABLE app.things ADD COLUMN size bigint NOT NULL DEFAULT 7;
         CREATE INDEX CONCURRENTLY idx_things_size ON app.things (size);",
        "DROP INDEX CONCURRENTLY app.idx_things_size; ALTER TABLE app.things DROP COLUMN size;",
    );
    workspace.migration_on(
        Sqlite,
        "core",
        CHANGE,
        "ALTER TABLE things ADD COLUMN size INTEGER NOT NULL DEFAULT 7; CREATE INDEX idx_things_size ON things (size);",
        "DROP INDEX idx_things_size; ALTER TABLE things DROP COLUMN size;",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn in_the_middle() {
    let workspace = workspace();
    let (mut old, mut behind) = (Vec::new(), Vec::new());
    for engine in Engine::ALL {
        old.push(TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await);
        let test = TestFleet::created(engine, vec![workspace.descriptor("core")]).await;
        test.migrate_to(&Limit::To(CHANGE.to_owned())).await.unwrap();
        behind.push(test);
    }
    let squashed = squash_to(&workspace, CHANGE).await;
    assert_eq!(squashed.checkpoint, "20260101000500_checkpoint");
    assert_eq!(squashed.replaces, [SCHEMA, THINGS, EVENTS, SEARCH, ROWS, CHANGE]);
    assert_eq!(squashed.removed.len(), 24);
    let left = ["20260101000500_checkpoint", LATER];
    let files: Vec<String> =
        left.iter().flat_map(|stem| [format!("{stem}.down.sql"), format!("{stem}.up.sql")]).collect();
    for (old, behind) in old.iter().zip(&behind) {
        assert_eq!(names(&workspace, old.engine), files);
        // Old databases carry on, wherever behind the checkpoint they stand.
        assert!(old.migrate_all().await[0].applied.is_empty());
        assert_eq!(behind.migrate_all().await[0].applied, [LATER]);
        let new = TestFleet::migrated(old.engine, vec![workspace.descriptor("core")]).await;
        same_rows(old, &new).await;
    }
}

async fn same_rows(old: &TestFleet, new: &TestFleet) {
    let (engine, old, new) = (new.engine, old.session("core").await, new.session("core").await);
    let at = if engine == Postgres { "at::text" } else { "at" };
    let things = "SELECT id || code || touched || size FROM things ORDER BY id".to_owned();
    for query in [things, format!("SELECT id || {at} FROM events ORDER BY id")] {
        let rows = texts(&new.connection, &query).await;
        assert_eq!(rows.len(), 2);
        assert_eq!(rows, texts(&old.connection, &query).await);
    }
    if engine == Sqlite {
        let found = "SELECT count(*) FROM things_search WHERE things_search MATCH 'one'";
        assert_eq!(number(&new.connection, found).await, 1);
        assert_eq!(number(&new.connection, "SELECT seq FROM sqlite_sequence WHERE name = 'events'").await, 3);
    } else {
        assert_eq!(number(&new.connection, "SELECT last_value FROM app.events_id_seq").await, 2);
    }
}

#[tokio::test]
async fn at_the_end_and_as_it_is_written() {
    let workspace = workspace();
    let squashed = squash_to(&workspace, "20260101000600").await;
    for engine in [Postgres, Sqlite] {
        assert_eq!(
            names(&workspace, engine),
            ["20260101000600_checkpoint.down.sql", "20260101000600_checkpoint.up.sql"]
        );
    }
    insta::assert_snapshot!("postgres-up", text(&squashed, Postgres, "up"));
    insta::assert_snapshot!("postgres-down", text(&squashed, Postgres, "down"));
    insta::assert_snapshot!("sqlite-up", text(&squashed, Sqlite, "up"));
    insta::assert_snapshot!("sqlite-down", text(&squashed, Sqlite, "down"));
    assert!(squashed.proofs.iter().all(|proof| proof.crashes > 20 && proof.rows == 5), "{:?}", squashed.proofs);
}

#[tokio::test]
async fn an_engine_on_which_nothing_was_made_says_so() {
    let workspace = workspace();
    workspace.migration_only(
        Postgres,
        "core",
        "20260101000050_create_extra",
        "CREATE SCHEMA extra;",
        "DROP SCHEMA extra;",
    );
    let squashed = squash_to(&workspace, "20260101000050").await;
    for direction in ["up", "down"] {
        let text = text(&squashed, Sqlite, direction);
        assert!(text.contains("-- atriz: only postgres \"nothing of this is on SQLite\""), "{text}");
    }
    assert_eq!(squashed.proofs[1].statements, 0);
}

#[tokio::test]
async fn nothing_changes_before_it_is_agreed_to() {
    let workspace = workspace();
    let before = names(&workspace, Sqlite);
    fs::create_dir_all(workspace.root().join("migrations/.core.squash/sqlite")).unwrap();
    workspace.file("migrations/core/README.md", "kept");
    let squashed = squashed(&workspace, CHANGE).await.unwrap();
    assert_eq!(names(&workspace, Sqlite), before);
    let consent = atriz_db::Consent { yes: true, ..Default::default() };
    let token = atriz_db::DestructiveToken::for_files("squash", "core", 24, &consent).unwrap();
    squashed.apply(&token).unwrap();
    // What an earlier run left is cleared away, and what is no migration stays.
    let mut left: Vec<_> =
        fs::read_dir(workspace.root().join("migrations")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["core"]);
    assert_eq!(fs::read_to_string(folder(&workspace).join("README.md")).unwrap(), "kept");
}
