//! What nobody can know but who wrote the entity.

use atriz_db::Engine;
use atriz_db::migrate::Folder;
use atriz_db_tools::logical::ColumnType::{BigInteger, Bytes, Date, Double, Integer, Text, Timestamp, Uuid};
use atriz_testing::{TestFleet, Workspace, execute, texts};

use super::{Entities, Entity, changed, generated, text};

#[tokio::test(flavor = "multi_thread")]
async fn a_required_column_is_filled_by_hand() {
    let workspace = Workspace::new();
    let things = || Entity::new("things").column("code", Text);
    generated(&workspace, Entities::of([things()]).logical(), "create_things").await;
    let mut fleets = Vec::new();
    for engine in Engine::ALL {
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let session = test.session("core").await;
        let id = if engine == Engine::Postgres { "gen_random_uuid()" } else { "randomblob(16)" };
        execute(&session.connection, &format!("INSERT INTO things (id, code) VALUES ({id}, 'a')")).await.unwrap();
        session.close().await;
        fleets.push(test);
    }
    let change = generated(&workspace, Entities::of([things().column("note", Text)]).logical(), "add_note").await;
    assert!(change.is_undecided());
    insta::assert_snapshot!(text(&change));
    for engine in Engine::ALL {
        let error = Folder::read(&workspace.descriptor("core"), engine).unwrap_err();
        let (message, hint) = (error.to_string(), error.hint());
        assert!(message.contains("_add_note.up.sql, line ") && message.contains("things.note"), "{message}");
        assert!(hint.contains("-- atriz: decide"), "{hint}");
    }
    // Decided, it runs over the rows that are there.
    for file in change.files.iter().filter(|file| file.text.contains("atriz: decide")) {
        let lines = file.text.lines().filter(|line| !line.starts_with("-- atriz: decide"));
        let decided: String = lines
            .map(|line| match line.strip_prefix("-- UPDATE ") {
                Some(rest) => format!("UPDATE {}\n", rest.replace('…', "'none'")),
                None => format!("{}\n", line.replace("NULL FROM", "'none' FROM")),
            })
            .collect();
        workspace.file(&format!("migrations/core/{}", file.path), decided);
    }
    for test in &fleets {
        test.migrate_all().await;
        let session = test.session("core").await;
        assert_eq!(texts(&session.connection, "SELECT note FROM things").await, ["none"]);
        session.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_type_that_no_cast_leads_to() {
    let workspace = Workspace::new();
    generated(&workspace, Entities::of([Entity::new("things").column("code", Uuid)]).logical(), "create_things").await;
    let wanted = Entities::of([Entity::new("things").column("code", Bytes)]).logical();
    let change = generated(&workspace, wanted, "change_code").await;
    let said = text(&change);
    assert!(said.contains("how does uuid become bytea in app.things.code?"), "{said}");
    assert!(said.contains("USING NULL::bytea"), "{said}");
    assert!(change.notes.iter().any(|note| note.starts_with("decide on PostgreSQL: ")), "{:?}", change.notes);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_type_that_loses_something_in_silence() {
    let workspace = Workspace::new();
    let things = |at, rate| Entities::of([Entity::new("things").column("at", at).column("rate", rate)]).logical();
    generated(&workspace, things(Timestamp, Double), "create_things").await;
    let change = generated(&workspace, things(Date, Integer), "change_things").await;
    let said = text(&change);
    for line in [
        "-- atriz: decide \"timestamptz becomes date in app.things.at, and the time of day is lost. Is that wanted?",
        "TYPE date USING (at AT TIME ZONE 'UTC')::date",
        "-- atriz: decide \"double precision becomes integer in app.things.rate, and what stands behind the point is rounded.",
        "TYPE integer USING rate::integer",
        "-- atriz: decide \"Values of things.at become date by substr(at, 1, 10): the time of day is lost. Is that wanted?",
        "-- atriz: decide \"Values of things.rate become integer by round(rate): what stands behind the point is rounded.",
    ] {
        assert!(said.contains(line), "{line} is missing in\n{said}");
    }
    let downs: Vec<_> = change.files.iter().filter(|file| file.path.ends_with(".down.sql")).collect();
    assert!(downs.iter().all(|file| !file.text.contains("atriz: decide")), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_type_whose_conditions_nobody_can_translate() {
    let workspace = Workspace::new();
    let down = "DROP TABLE {app}things;";
    let up = "CREATE TABLE {app}things (id {uuid} NOT NULL {idtype}, code text NOT NULL, amount {int} NOT NULL, \
              CONSTRAINT pk_things PRIMARY KEY (id), CONSTRAINT ck_things_code CHECK (length(code) = 3 AND amount > 0), \
              CONSTRAINT ck_things_amount CHECK (amount < 9)){strict};";
    let spelt = |engine: Engine, text: &str| {
        let (kind, strict) = match engine {
            Engine::Postgres => ("", ""),
            Engine::Sqlite => ("CONSTRAINT ck_things_id_type CHECK (length(id) = 16)", " STRICT"),
        };
        text.replace("{idtype}", kind).replace("{strict}", strict)
    };
    workspace.migration_only(
        Engine::Postgres,
        "core",
        "20260101000000_create_schemas",
        "CREATE SCHEMA app;",
        "DROP SCHEMA app;",
    );
    for engine in Engine::ALL {
        workspace.migration_on(engine, "core", "20260101000100_create_things", &spelt(engine, up), down);
    }
    let wanted = |code| Entities::of([Entity::new("things").column("code", code).column("amount", Integer)]).logical();
    let change = generated(&workspace, wanted(Integer), "change_code").await;
    let said = text(&change);
    for line in [
        "ALTER TABLE app.things DROP CONSTRAINT ck_things_code;",
        "-- atriz: decide \"how does the condition of ck_things_code read where code is integer?",
        "-- ALTER TABLE app.things ADD CONSTRAINT ck_things_code CHECK (",
        "-- atriz: decide \"how does this condition read where things.code is integer?",
        "-- CONSTRAINT ck_things_code CHECK (length(code) = 3 AND amount > 0)",
    ] {
        assert!(said.contains(line), "{line} is missing in\n{said}");
    }
    assert!(change.is_undecided() && !said.contains("DROP CONSTRAINT ck_things_amount"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rename_is_never_guessed() {
    let workspace = Workspace::new();
    generated(&workspace, Entities::of([Entity::new("things").nullable("note", Text)]).logical(), "create_things")
        .await;
    let wanted = Entities::of([Entity::new("things").nullable("remark", Text)]).logical();
    let change = generated(&workspace, wanted, "change_things").await;
    let said = text(&change);
    assert!(said.contains("DROP COLUMN note") && said.contains("ADD COLUMN remark text"), "{said}");
    let note = "app.things.note goes and app.things.remark comes, both text. Not a rename?";
    assert!(change.notes.iter().any(|one| one.starts_with(note) && one.contains("renamed_from = \"note\"")), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hint_that_names_nothing_is_told() {
    let workspace = Workspace::new();
    generated(&workspace, Entities::of([Entity::new("things").nullable("note", Text)]).logical(), "create_things")
        .await;
    let wanted = Entities::of([Entity::new("things").nullable("remark", Text).was("notes")]).logical();
    let change = generated(&workspace, wanted, "change_things").await;
    let told = "`renamed_from = \"notes\"` names no column of app.things";
    assert!(change.notes.iter().any(|one| one.contains(told)), "{:#?}", change.notes);
}

/// A folder whose table has a CHECK over two columns, and room left on its pages.
fn guarded() -> Workspace {
    const THINGS: &str = "20260101000100_create_things";
    let workspace = Workspace::new();
    let table = |integer: &str| {
        format!(
            "(id {integer} NOT NULL, low integer NOT NULL, high integer NOT NULL,
            CONSTRAINT pk_things PRIMARY KEY (id), CONSTRAINT ck_things_low CHECK (low > 0 AND high > low))"
        )
    };
    let up = format!("CREATE SCHEMA app; CREATE TABLE app.things {} WITH (fillfactor = 70);", table("bigint"));
    workspace.migration_on(Engine::Postgres, "core", THINGS, &up, "DROP TABLE app.things; DROP SCHEMA app;");
    let up = format!("CREATE TABLE things {} STRICT;", table("INTEGER"));
    workspace.migration_on(Engine::Sqlite, "core", THINGS, &up, "DROP TABLE things;");
    workspace
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_that_goes_with_a_column_is_told() {
    let workspace = guarded();
    let things = Entity::bare("things").column("id", BigInteger).key(&["id"]).column("low", Integer);
    let change = changed(&workspace, Entities::of([things]), "").await;
    let told = "CHECK ck_things_low goes along, which guards low too: write what is left of it";
    assert!(change.notes.iter().any(|one| one.contains(told)), "{:#?}", change.notes);
    for engine in ["postgres", "sqlite"] {
        let up = change.files.iter().find(|file| file.path.starts_with(engine) && file.path.contains(".up")).unwrap();
        assert!(up.text.contains(told), "{}", up.text);
    }
    let said = text(&change);
    assert!(
        said.contains("Rows have to fit ck_things_low again") && said.contains("constraint-missing-not-valid"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_way_back_of_a_table_has_its_settings() {
    let change = changed(&guarded(), Entities::of([]), "").await;
    assert!(text(&change).contains("WITH (fillfactor=70)"), "{}", text(&change));
}
