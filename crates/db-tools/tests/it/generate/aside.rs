//! What reads a column that changes or goes: it is made anew around the change, or its place is left to somebody.

use atriz_db::Engine::{self, Postgres, Sqlite};
use atriz_db_tools::generate::Generated;
use atriz_db_tools::logical::ColumnType::{BigInteger, Integer, Text, Varchar};
use atriz_testing::{TestFleet, Workspace, execute, texts};

use super::{Entities, Entity, changed, generated, text};

const THINGS: &str = "20260101000100_create_things";

/// A table of things with `more` behind its columns, and what comes `behind` it.
pub(super) fn folder(more: &str, behind: [&str; 2], gone: [&str; 2]) -> Workspace {
    let workspace = Workspace::new();
    let table = format!(
        "CREATE TABLE {{app}}things (id {{big}} NOT NULL, code text NOT NULL, amount {{int}} NOT NULL{more},
            CONSTRAINT pk_things PRIMARY KEY (id)){{strict}};"
    );
    let down = "DROP TABLE {app}things;";
    let up = format!("CREATE SCHEMA app; {table} {}", behind[0]);
    workspace.migration_on(Postgres, "core", THINGS, &up, &format!("{} {down} DROP SCHEMA app;", gone[0]));
    workspace.migration_on(Sqlite, "core", THINGS, &format!("{table} {}", behind[1]), &format!("{} {down}", gone[1]));
    workspace
}

pub(super) fn things() -> Entity {
    Entity::bare("things").column("id", BigInteger).key(&["id"])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_computed_column_of_another_type() {
    let wanted = |amount, double| {
        Entities::of([things().column("code", Text).column("amount", amount).nullable("double", double)])
    };
    for amount in [Integer, BigInteger] {
        let change = changed(&folder(DOUBLE, [""; 2], [""; 2]), wanted(amount, BigInteger), ROW).await;
        assert!(!change.is_undecided());
        holds(&change, &["ADD COLUMN double bigint GENERATED ALWAYS AS ((amount * 2)) STORED;"]);
    }
    let change = undecided(&folder(DOUBLE, [""; 2], [""; 2]), wanted(Integer, Text)).await;
    holds(
        &change,
        &[
            "DROP EXPRESSION;",
            "ALTER COLUMN double TYPE text",
            "-- atriz: decide \"how is app.things.double computed where app.things.double is text?",
            "-- atriz: decide \"how is things.double computed where things.double is text?",
            "CAST(double AS TEXT)",
        ],
    );
}

pub(super) const ROW: &str = "INSERT INTO {app}things (id, code, amount) VALUES (1, 'red chair', 4)";

pub(super) fn holds(change: &Generated, lines: &[&str]) {
    let said = text(change);
    for line in lines {
        assert!(said.contains(line), "{line} is missing in\n{said}");
    }
}

/// What was generated leaves a place to somebody on both engines; its proof was made without these lines.
pub(super) async fn undecided(workspace: &Workspace, wanted: Entities) -> Generated {
    let change = generated(workspace, wanted.logical(), "change_things").await;
    assert!(change.is_undecided(), "{}", text(&change));
    for engine in Engine::ALL {
        assert!(change.notes.iter().any(|note| note.starts_with(&format!("decide on {}", engine.title()))));
    }
    change
}

fn with_views() -> Workspace {
    let views = "CREATE VIEW {app}codes AS SELECT code, amount FROM {app}things;
                 CREATE VIEW {app}amounts AS SELECT amount FROM {app}codes;";
    let gone = "DROP VIEW {app}amounts; DROP VIEW {app}codes;";
    folder("", [views, views], [gone, gone])
}

#[tokio::test(flavor = "multi_thread")]
async fn views_go_and_come_back_around_a_change_of_type() {
    let workspace = with_views();
    let wanted = Entities::of([things().column("code", Varchar(Some(40))).column("amount", BigInteger)]);
    let change = changed(&workspace, wanted, ROW).await;
    assert!(!change.is_undecided());
    holds(&change, &["DROP VIEW app.amounts;\nDROP VIEW app.codes;", "CREATE VIEW app.amounts AS"]);
    for engine in Engine::ALL {
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let session = test.session("core").await;
        let row = atriz_testing::for_engine(engine, ROW);
        execute(&session.connection, &row).await.unwrap();
        assert_eq!(texts(&session.connection, "SELECT CAST(amount AS TEXT) FROM amounts").await, ["4"]);
        session.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_of_what_goes_is_left_to_somebody() {
    for (wanted, why) in [
        (things().column("code", Text), "things.amount goes"),
        (things().column("code", Text).column("amount", Text), "things.amount becomes text"),
    ] {
        let change = undecided(&with_views(), Entities::of([wanted])).await;
        holds(
            &change,
            &[
                &format!(
                    "-- atriz: decide \"how does view app.codes read where app.{why}? Write it below, and on SQLite"
                ),
                "-- atriz: decide \"how does view codes read where ",
                "-- atriz: decide \"how does view app.amounts read where view codes goes?",
                "-- CREATE VIEW codes AS SELECT code, amount FROM things;",
                "DROP VIEW IF EXISTS app.codes;",
            ],
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_of_all_columns_is_left_to_somebody() {
    let view = "CREATE VIEW {app}codes AS SELECT * FROM {app}things;";
    let workspace = folder("", [view, view], ["DROP VIEW {app}codes;"; 2]);
    let wanted = things().column("code", Text).column("amount", Integer).nullable("note", Text);
    let change = undecided(&workspace, Entities::of([wanted])).await;
    holds(&change, &["things.note comes, and it reads all columns", "-- CREATE VIEW codes AS SELECT * FROM things;"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_column_of_a_view_follows_a_rename() {
    let view = "CREATE VIEW {app}codes AS SELECT code, amount FROM {app}things;";
    let workspace = folder("", [view, view], ["DROP VIEW {app}codes;"; 2]);
    let wanted = things().column("code", Text).column("total", Integer).was("amount");
    let change = changed(&workspace, Entities::of([wanted]), ROW).await;
    holds(&change, &["ALTER VIEW app.codes RENAME COLUMN amount TO total;"]);
}

pub(super) const DOUBLE: &str = ", double {int} GENERATED ALWAYS AS (amount * 2) STORED";

#[tokio::test(flavor = "multi_thread")]
async fn what_is_computed_from_a_column_is_computed_anew() {
    let search = "ALTER TABLE app.things ADD search tsvector GENERATED ALWAYS AS (to_tsvector('simple', code)) STORED;
                  CREATE INDEX idx_things_search ON app.things USING gin (search);";
    let workspace = folder(DOUBLE, [search, ""], ["", ""]);
    let wanted = things().column("code", Varchar(Some(40))).column("amount", BigInteger).nullable("double", Integer);
    let change = changed(&workspace, Entities::of([wanted]), ROW).await;
    assert!(!change.is_undecided());
    holds(
        &change,
        &[
            "ALTER TABLE app.things DROP COLUMN double;",
            "ADD COLUMN double integer GENERATED ALWAYS AS ((amount * 2)) STORED;",
            "CREATE INDEX idx_things_search ON app.things USING gin (search);",
        ],
    );
    let test = TestFleet::migrated(Postgres, vec![workspace.descriptor("core")]).await;
    let session = test.session("core").await;
    execute(&session.connection, &atriz_testing::for_engine(Postgres, ROW)).await.unwrap();
    let found = "SELECT double::text FROM things WHERE search @@ to_tsquery('simple', 'chair')";
    assert_eq!(texts(&session.connection, found).await, ["8"]);
    session.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_computed_from_a_column_that_goes_is_left_to_somebody() {
    let change = undecided(
        &folder(DOUBLE, [""; 2], [""; 2]),
        Entities::of([things().column("code", Text).nullable("double", Integer)]),
    )
    .await;
    holds(
        &change,
        &[
            "ALTER TABLE app.things ALTER COLUMN double DROP EXPRESSION;",
            "-- atriz: decide \"how is app.things.double computed where app.things has no amount?",
            "-- atriz: decide \"how is things.double computed where things has no amount?",
            "-- double GENERATED ALWAYS AS (amount * 2) STORED",
        ],
    );
    // Where both go there is nothing to ask.
    let wanted = Entities::of([things().column("code", Text)]);
    assert!(!changed(&folder(DOUBLE, [""; 2], [""; 2]), wanted, ROW).await.is_undecided());
}

#[tokio::test(flavor = "multi_thread")]
async fn triggers_and_policies_go_and_come_back_around_a_change_of_type() {
    let behind = "CREATE FUNCTION app.shout() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END; $$;
         CREATE TRIGGER trg_things_shout BEFORE UPDATE OF amount ON app.things FOR EACH ROW WHEN (NEW.amount > 3)
            EXECUTE FUNCTION app.shout();
         ALTER TABLE app.things DISABLE TRIGGER trg_things_shout;
         ALTER TABLE app.things ENABLE ROW LEVEL SECURITY;
         CREATE POLICY few ON app.things AS RESTRICTIVE FOR UPDATE USING (amount > 3) WITH CHECK (amount > 4);
         COMMENT ON POLICY few ON app.things IS 'it''s few';";
    let twin =
        "CREATE TRIGGER trg_things_shout AFTER UPDATE OF amount ON things WHEN NEW.amount > 3 BEGIN SELECT 1; END;";
    let workspace = folder("", [behind, twin], ["", ""]);
    workspace.file(
        &Workspace::path("core", Postgres, THINGS, "down"),
        "DROP TABLE app.things; DROP FUNCTION app.shout(); DROP SCHEMA app;",
    );
    let wanted = things().column("code", Text).column("amount", BigInteger);
    let change = changed(&workspace, Entities::of([wanted]), ROW).await;
    assert!(!change.is_undecided());
    holds(&change, &["DISABLE TRIGGER trg_things_shout;", "AS RESTRICTIVE FOR UPDATE TO PUBLIC USING"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trigger_that_names_what_goes_is_left_to_somebody() {
    let behind = "CREATE FUNCTION app.shout() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN NEW.code := upper(NEW.code); RETURN NEW; END; $$;
         CREATE TRIGGER trg_things_shout BEFORE INSERT ON app.things FOR EACH ROW EXECUTE FUNCTION app.shout();";
    let twin = "CREATE TRIGGER trg_things_shout AFTER INSERT ON things BEGIN
            UPDATE things SET code = upper(NEW.code) WHERE id = NEW.id; END;";
    let workspace = folder("", [behind, twin], ["", ""]);
    let change = undecided(&workspace, Entities::of([things().column("amount", Integer)])).await;
    holds(
        &change,
        &[
            "DROP TRIGGER trg_things_shout ON app.things;",
            "-- atriz: decide \"how does trigger trg_things_shout on app.things read where app.things has no code?",
            "-- CREATE OR REPLACE FUNCTION app.shout()",
            "-- CREATE TRIGGER trg_things_shout AFTER INSERT ON things BEGIN",
        ],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_over_some_rows_of_another_kind_is_left_to_somebody() {
    let index = "CREATE INDEX idx_things_amount ON {app}things (amount) WHERE amount > 3;";
    let workspace = folder("", [index, index], ["", ""]);
    let wanted = Entities::of([things().column("code", Text).column("amount", Text)]);
    let change = undecided(&workspace, wanted).await;
    holds(&change, &["-- CREATE INDEX idx_things_amount ON app.things (amount) WHERE (amount > 3);"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_text_index_of_what_goes_is_left_to_somebody() {
    let search = "ALTER TABLE app.things ADD search tsvector GENERATED ALWAYS AS (to_tsvector('simple', code)) STORED;";
    let twin = "CREATE VIRTUAL TABLE things_search USING fts5 (code, content = 'things', content_rowid = 'id');
         CREATE TRIGGER trg_things_search AFTER INSERT ON things BEGIN
            INSERT INTO things_search (rowid, code) VALUES (NEW.id, NEW.code); END;";
    let workspace = folder("", [search, twin], ["", "DROP TABLE things_search;"]);
    let change = undecided(&workspace, Entities::of([things().column("amount", Integer)])).await;
    holds(
        &change,
        &[
            "-- atriz: decide \"how does full-text index things_search read where things has no code?",
            "-- CREATE VIRTUAL TABLE things_search USING fts5",
            "ALTER COLUMN search DROP EXPRESSION",
        ],
    );
}

/// Applies what is new, and finds a row from before it by its words, and one that comes behind it.
async fn is_found(test: &TestFleet, table: &str, column: &str, id: u8) {
    test.migrate_all().await;
    let session = test.session("core").await;
    let found = |word: &str| format!("SELECT {column} FROM things_search WHERE things_search MATCH '{word}'");
    assert_eq!(texts(&session.connection, &found("chair")).await, ["red chair"]);
    let row = format!("INSERT INTO {table} (id, {column}, amount) VALUES ({id}, 'blue sofa{id}', 1)");
    execute(&session.connection, &row).await.unwrap();
    let change = format!("UPDATE {table} SET {column} = 'green sofa{id}' WHERE id = {id}");
    execute(&session.connection, &change).await.unwrap();
    assert_eq!(texts(&session.connection, &found(&format!("sofa{id}"))).await, [format!("green sofa{id}")]);
    assert!(texts(&session.connection, &found("blue")).await.is_empty());
    execute(&session.connection, "INSERT INTO things_search (things_search) VALUES ('integrity-check')").await.unwrap();
    session.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_text_index_follows_a_rename() {
    let search = "ALTER TABLE app.things ADD search tsvector GENERATED ALWAYS AS (to_tsvector('simple', code)) STORED;";
    let twin = "CREATE VIRTUAL TABLE things_search USING fts5 (code, content = 'things', content_rowid = 'id');
         CREATE TRIGGER trg_things_search AFTER INSERT ON things BEGIN
            INSERT INTO things_search (rowid, code) VALUES (NEW.id, NEW.code); END;
         CREATE TRIGGER trg_things_found AFTER UPDATE OF code ON things BEGIN
            INSERT INTO things_search (things_search, rowid, code) VALUES ('delete', OLD.id, OLD.code);
            INSERT INTO things_search (rowid, code) VALUES (NEW.id, NEW.code); END;";
    let workspace = folder("", [search, twin], ["", "DROP TABLE things_search;"]);
    let test = TestFleet::migrated(Sqlite, vec![workspace.descriptor("core")]).await;
    let session = test.session("core").await;
    execute(&session.connection, &atriz_testing::for_engine(Sqlite, ROW)).await.unwrap();
    session.close().await;
    let wanted = Entities::of([things().column("title", Text).was("code").column("amount", Integer)]);
    let change = changed(&workspace, wanted, ROW).await;
    assert!(!change.is_undecided());
    holds(
        &change,
        &["USING fts5 (title, content = 'things'", "INSERT INTO things_search (things_search) VALUES ('rebuild')"],
    );
    is_found(&test, "things", "title", 7).await;
    let items = Entity::bare("items").table_was("things").column("id", BigInteger).key(&["id"]);
    let items = items.column("title", Text).column("amount", Integer);
    let change = generated(&workspace, Entities::of([items]).logical(), "rename_things").await;
    holds(&change, &["USING fts5 (title, content = 'items'"]);
    is_found(&test, "items", "title", 8).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn functions_that_name_what_is_renamed_or_goes_are_left_to_somebody() {
    let behind = "CREATE FUNCTION app.shout() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN NEW.code := upper(NEW.code); RETURN NEW; END; $$;
         CREATE TRIGGER trg_things_shout BEFORE INSERT ON app.things FOR EACH ROW EXECUTE FUNCTION app.shout();
         CREATE FUNCTION app.total() RETURNS bigint LANGUAGE sql AS $$ SELECT sum(amount) FROM app.things $$;
         CREATE FUNCTION app.other() RETURNS bigint LANGUAGE sql AS $$ SELECT 1::bigint AS code $$;";
    let twin = "CREATE TRIGGER trg_things_shout AFTER INSERT ON things BEGIN
            UPDATE things SET code = upper(NEW.code) WHERE id = NEW.id; END;";
    let gone = "DROP FUNCTION app.other(); DROP FUNCTION app.total(); DROP TRIGGER trg_things_shout ON app.things;
                DROP FUNCTION app.shout();";
    let renamed = things().column("title", Text).was("code").column("amount", Integer);
    let change = generated(&folder("", [behind, twin], [gone, ""]), Entities::of([renamed]).logical(), "rename").await;
    let lines = [
        "-- atriz: decide \"how does function app.shout() read where app.things.code is called title?",
        "-- AS $function$ BEGIN NEW.code := upper(NEW.code); RETURN NEW; END; $function$;",
    ];
    holds(&change, &lines);
    assert!(!text(&change).contains("app.total()") && !text(&change).contains("app.other()"), "{}", text(&change));
    let without = Entities::of([things().column("code", Text)]).logical();
    let change = generated(&folder("", [behind, twin], [gone, ""]), without, "drop_amount").await;
    holds(&change, &["-- atriz: decide \"how does function app.total() read where app.things has no amount?"]);
    assert!(!text(&change).contains("app.shout()"), "{}", text(&change));
}
