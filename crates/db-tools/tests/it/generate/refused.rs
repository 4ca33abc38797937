//! What cannot be generated is said, and nothing is written.

use std::collections::BTreeSet;

use atriz_db::Engine;
use atriz_db_tools::generate::{GenerateError, Keep};
use atriz_db_tools::logical::Action::NoAction;
use atriz_db_tools::logical::ColumnType::{self, Integer, Text, Timestamp, Uuid};
use atriz_testing::Workspace;

use super::{Entities, Entity, folder, generated, text, tried, tried_keeping};

const THINGS: &str = "20260101000100_create_things";

async fn refused(workspace: &Workspace, entities: Entities) -> GenerateError {
    let error = tried(workspace, entities.logical(), "change_things").await.unwrap_err();
    assert!(!error.hint().is_empty());
    assert!(!error.is_unexpected());
    error
}

fn things() -> Entity {
    Entity::new("things").column("code", Text)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_type_that_an_engine_cannot_hold() {
    let kinds = [
        (ColumnType::Array(Box::new(Integer)), "integer[]"),
        (ColumnType::Decimal(Some((10, 2))), "numeric(10,2)"),
        (ColumnType::Interval, "interval"),
        (ColumnType::Other("app.mood".to_owned()), "app.mood"),
    ];
    for (kind, name) in kinds {
        let error = refused(&Workspace::new(), Entities::of([things().column("odd", kind)])).await.to_string();
        assert_eq!(error, format!("SQLite cannot hold `things.odd`, which the entity says is {name}"));
    }
    let time = Entities::of([things().default("made_at", Timestamp, "now()")]);
    let error = refused(&Workspace::new(), time).await.to_string();
    assert!(error.contains("`things.made_at` takes the time from a default"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_no_engine_keeps() {
    let long = "x".repeat(64);
    for entities in [Entities::of([Entity::new(&long)]), Entities::of([things().column(&long, Text)])] {
        let error = refused(&Workspace::new(), entities).await.to_string();
        assert!(error.contains(&long) && error.contains("has 64 bytes"), "{error}");
    }
    let lost = Entities::of([things().column("owner_id", Uuid).refers("owner_id", "users", NoAction)]);
    let error = refused(&Workspace::new(), lost).await.to_string();
    assert_eq!(error, "the entity of `things` refers to `users`, which is no table of this database");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_does_not_replay() {
    let workspace = Workspace::new();
    workspace.migration("core", THINGS, "CREATE TABLE {app}things (id {int}); SELECT nothing;", "SELECT 1;");
    let error = refused(&workspace, Entities::of([things()])).await.to_string();
    assert!(error.contains("the migrations that there are do not run on "), "{error}");
    assert!(error.contains(&format!("{THINGS}.up.sql, line 1")), "{error}");
}

/// A function that PostgreSQL has read stands in the way of the column.
#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_stand_its_proof() {
    let workspace = Workspace::new();
    generated(&workspace, Entities::of([things().column("note", Text)]).logical(), "create_things").await;
    workspace.migration_only(
        Engine::Postgres,
        "core",
        "20270101000000_create_notes",
        "CREATE FUNCTION app.notes() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(note) FROM app.things; END;",
        "DROP FUNCTION app.notes();",
    );
    let before = names(&workspace);
    let error = refused(&workspace, Entities::of([things()])).await;
    assert!(matches!(error, GenerateError::Unproved { .. }), "{error}");
    assert!(error.to_string().contains("does not stand its proof") && error.to_string().contains("note"), "{error}");
    assert_eq!(names(&workspace), before);
}

fn names(workspace: &Workspace) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder(workspace).join("sqlite")).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_there_is_not_overwritten() {
    let workspace = Workspace::new();
    let first = tried(&workspace, Entities::of([things()]).logical(), "create_things").await.unwrap();
    let last = &first.files.last().unwrap().path;
    workspace.file(&format!("migrations/core/{last}"), "-- mine");
    let error = first.write().unwrap_err().to_string();
    assert!(error.contains(last.as_str()) && error.contains("cannot be written"), "{error}");
    assert_eq!(names(&workspace).len(), 1, "what was written before is taken away");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_declared_or_stands_on_one_engine_alone_stays() {
    let workspace = Workspace::new();
    generated(&workspace, Entities::of([things(), Entity::new("notes").column("body", Text)]).logical(), "create_all")
        .await;
    workspace.migration_only(
        Engine::Sqlite,
        "core",
        "20270101000000_add_search",
        "CREATE VIRTUAL TABLE things_search USING fts5 (code); CREATE TABLE only_here (a INTEGER PRIMARY KEY) STRICT;",
        "DROP TABLE only_here; DROP TABLE things_search;",
    );
    let wanted = Entities::of([Entity::new("things")]).logical();
    let declared = "[[difference]]\nobject = \"table notes\"\nkind = \"table_missing\"\nwhy = \"of another app\"\n\
                    [[difference]]\nobject = \"column things.code\"\nkind = \"column_missing\"\nwhy = \"computed\"\n";
    workspace.file("migrations/core/differences.toml", declared);
    let keep = Keep::declared(&workspace.descriptor("core").migrations).unwrap();
    let generated = tried_keeping(&workspace, wanted.clone(), "again", keep).await.unwrap();
    assert!(generated.files.is_empty(), "{}", text(&generated));
    let generated = tried(&workspace, wanted, "again").await.unwrap();
    let said = text(&generated);
    assert!(
        said.contains("DROP TABLE notes") && said.contains("DROP COLUMN code") && !said.contains("only_here"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_columns_that_change_their_names_are_told() {
    let workspace = Workspace::new();
    let before = things().nullable("low", Text).nullable("high", Text);
    generated(&workspace, Entities::of([before]).logical(), "create_things").await;
    let swapped = things().nullable("low", Text).was("high").nullable("high", Text).was("low");
    let again = tried(&workspace, Entities::of([swapped]).logical(), "swap").await.unwrap();
    assert!(again.files.is_empty());
    assert_eq!(again.notes.len(), 1, "{:?}", again.notes);
    assert!(
        again.notes[0].starts_with("things.high and things.low each say that they were the other"),
        "{:?}",
        again.notes
    );
    // By way of a third name it is two renames, each of which is sure.
    let first = things().nullable("middle", Text).was("low").nullable("high", Text);
    generated(&workspace, Entities::of([first]).logical(), "set_low_aside").await;
    let second = things().nullable("low", Text).was("high").nullable("high", Text).was("middle");
    let said = text(&generated(&workspace, Entities::of([second]).logical(), "swap").await);
    assert!(said.contains("RENAME COLUMN high TO low") && said.contains("RENAME COLUMN middle TO high"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_moved_is_told() {
    let workspace = Workspace::new();
    generated(&workspace, Entities::of([things()]).logical(), "create_things").await;
    let moved = tried(&workspace, Entities::of([things().of("other")]).logical(), "move_things").await.unwrap();
    assert!(moved.files.is_empty());
    assert_eq!(moved.notes, ["app.things stands in schema app, and its entity in other: move it by hand"]);
}
