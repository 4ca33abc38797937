//! Tables that PostgreSQL keeps in partitions.

use atriz_db::Engine::{Postgres, Sqlite};
use atriz_db_tools::logical::Action::NoAction;
use atriz_db_tools::logical::ColumnType::{BigInteger, Text, Timestamp};
use atriz_testing::{TestFleet, Workspace, texts};

use super::{Entities, Entity, changed, text};

const EVENTS: &str = "20260101000100_create_events";

fn workspace() -> Workspace {
    let workspace = Workspace::new();
    workspace.migration_on(
        Postgres,
        "core",
        EVENTS,
        "CREATE SCHEMA app;
         CREATE TABLE app.things (id bigint NOT NULL, CONSTRAINT pk_things PRIMARY KEY (id));
         CREATE TABLE app.events (id bigint NOT NULL, at timestamptz NOT NULL, thing_id bigint NOT NULL, note text,
            CONSTRAINT pk_events PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
         CREATE TABLE app.events_old PARTITION OF app.events FOR VALUES FROM (MINVALUE) TO ('2026-01-01 00:00:00+00');
         CREATE TABLE app.events_default PARTITION OF app.events DEFAULT;
         COMMENT ON COLUMN app.events.note IS 'What was said.';
         COMMENT ON COLUMN app.events_old.note IS 'What was said.';",
        "DROP TABLE app.events; DROP TABLE app.things; DROP SCHEMA app;",
    );
    workspace.migration_on(
        Sqlite,
        "core",
        EVENTS,
        "CREATE TABLE things (id INTEGER NOT NULL, CONSTRAINT pk_things PRIMARY KEY (id)) STRICT;
         CREATE TABLE events (id INTEGER NOT NULL,
            at TEXT NOT NULL CONSTRAINT ck_events_at_type CHECK (at GLOB '????-??-??T??:??:??*+00:00'),
            thing_id INTEGER NOT NULL, note TEXT,
            CONSTRAINT pk_events PRIMARY KEY (id, at)) STRICT, WITHOUT ROWID;",
        "DROP TABLE events; DROP TABLE things;",
    );
    workspace
}

fn events() -> Entity {
    let events = Entity::bare("events").column("id", BigInteger).column("at", Timestamp).column("thing_id", BigInteger);
    events.key(&["id", "at"])
}

fn things() -> Entity {
    Entity::bare("things").column("id", BigInteger).key(&["id"])
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_is_built_on_each_and_attached() {
    let workspace = workspace();
    let wanted = events().nullable("note", Text).indexed(&["note"]).unique(&["note", "at"]);
    let wanted = wanted.refers("thing_id", "things", NoAction);
    let change = changed(&workspace, Entities::of([wanted.clone(), things()]), "").await;
    insta::assert_snapshot!(text(&change));
    let test = TestFleet::migrated(Postgres, vec![workspace.descriptor("core")]).await;
    let session = test.session("core").await;
    let invalid = "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid";
    assert!(texts(&session.connection, invalid).await.is_empty());
    session.close().await;
    // The unique one goes again.
    let wanted = Entities::of([events().nullable("note", Text).refers("thing_id", "things", NoAction), things()]);
    let said = text(&super::generated(&workspace, wanted.logical(), "drop_unique").await);
    assert!(said.contains("DROP INDEX app.uq_events_note_at;"), "{said}");
    // And a column goes with the index on it.
    let wanted = Entities::of([events().refers("thing_id", "things", NoAction), things()]);
    super::generated(&workspace, wanted.logical(), "drop_note").await;
    let verified = crate::verify::proved(Postgres, workspace.descriptor("core")).await;
    assert!(verified.is_good(), "{verified}\n{:#?}", verified.faults().collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_goes_has_no_way_back() {
    let workspace = workspace();
    let generated = super::generated(&workspace, Entities::of([things()]).logical(), "drop_events").await;
    let said = text(&generated);
    assert!(said.contains("-- atriz: irreversible \"app.events has partitions"), "{said}");
    for engine in [Postgres, Sqlite] {
        TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_come_and_go() {
    let workspace = workspace();
    let wanted = Entities::of([events().default("kind", Text, "'x'"), things()]);
    let said = text(&changed(&workspace, wanted, "").await);
    assert!(said.contains("ALTER TABLE app.events DROP COLUMN note"), "{said}");
}
