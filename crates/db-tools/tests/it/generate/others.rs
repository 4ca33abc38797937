//! What speaks of a table or column that goes, or is called otherwise, from elsewhere: triggers, full-text indexes, views.

use atriz_db::Engine::{self, Postgres, Sqlite};
use atriz_db::migrate::Limit;
use atriz_db_tools::generate::Generated;
use atriz_db_tools::logical::ColumnType::{BigInteger, Integer, Text};
use atriz_testing::{TestFleet, Workspace, execute, for_engine, texts};

use super::aside::{DOUBLE, ROW, folder, holds, things, undecided};
use super::{Entities, Entity, changed, generated, text};

pub(super) const PARTS: &str = "CREATE TABLE {app}parts (id {big} NOT NULL, words text NOT NULL,
    CONSTRAINT pk_parts PRIMARY KEY (id)){strict};";

pub(super) fn parts() -> Entity {
    Entity::bare("parts").column("id", BigInteger).key(&["id"]).column("words", Text)
}

/// Takes the places to decide on out of the files, with `how` for each other line.
pub(super) fn decide(workspace: &Workspace, change: &Generated, how: impl Fn(&str) -> String) {
    for file in change.files.iter().filter(|file| file.text.contains("atriz: decide")) {
        let lines = file.text.lines().filter(|line| !line.starts_with("-- atriz: decide"));
        let decided: String = lines.map(|line| how(line) + "\n").collect();
        workspace.file(&format!("migrations/core/{}", file.path), decided);
    }
}

/// A table of parts beside that of things, and a trigger `name` on `table` that does `what` on both engines.
fn with_trigger(name: &str, table: &str, what: &str, more: &str) -> Workspace {
    let parts = format!(
        "{PARTS} CREATE FUNCTION app.count_parts() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {what}; RETURN NULL; END; $$;
         CREATE TRIGGER {name} AFTER INSERT ON app.{table} FOR EACH ROW EXECUTE FUNCTION app.count_parts();"
    );
    let twin = format!("{PARTS} {more} CREATE TRIGGER {name} AFTER INSERT ON {table} BEGIN {what}; END;");
    let gone = format!("DROP TRIGGER {name} ON app.{table}; DROP FUNCTION app.count_parts(); DROP TABLE app.parts;");
    let search = if more.is_empty() { "" } else { "DROP TABLE parts_search;" };
    folder("", [&parts, &twin], [&gone, &format!("{search} DROP TABLE parts;")])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trigger_elsewhere_that_fills_what_goes_is_left_to_somebody() {
    let what = "UPDATE {app}things SET amount = amount + 1 WHERE id = NEW.id";
    let workspace = with_trigger("trg_parts_count", "parts", what, "");
    let change = undecided(&workspace, Entities::of([things().column("code", Text), parts()])).await;
    holds(
        &change,
        &[
            "DROP TRIGGER trg_parts_count ON app.parts;",
            "-- atriz: decide \"how does trigger trg_parts_count on app.parts read where app.things has no amount?",
            "-- CREATE OR REPLACE FUNCTION app.count_parts()",
            "-- atriz: decide \"how does trigger trg_parts_count read where ",
            "-- CREATE TRIGGER trg_parts_count AFTER INSERT ON parts BEGIN",
        ],
    );
    assert!(!text(&change).contains("how does function"), "{}", text(&change));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_speaks_of_a_table_that_goes_goes_too() {
    let what = "INSERT INTO {app}parts (id, words) VALUES (NEW.id, NEW.code)";
    let search = "CREATE VIRTUAL TABLE parts_search USING fts5 (words, content = 'parts', content_rowid = 'id');
         CREATE TRIGGER trg_parts_search AFTER INSERT ON parts BEGIN
            INSERT INTO parts_search (rowid, words) VALUES (NEW.id, NEW.words); END;";
    let workspace = with_trigger("trg_things_parts", "things", what, search);
    let wanted = Entities::of([things().column("code", Text).column("amount", Integer)]);
    let change = undecided(&workspace, wanted).await;
    holds(
        &change,
        &[
            "-- atriz: decide \"how does trigger trg_things_parts on app.things read where there is no app.parts?",
            "-- CREATE TRIGGER trg_things_parts AFTER INSERT ON things BEGIN",
            "DROP TABLE parts_search;",
            "INSERT INTO parts_search (parts_search) VALUES ('rebuild');",
        ],
    );
    assert!(!text(&change).contains("-- CREATE TRIGGER trg_parts_search"), "{}", text(&change));
    decide(&workspace, &change, str::to_owned);
    for engine in Engine::ALL {
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let session = test.session("core").await;
        execute(&session.connection, &for_engine(engine, ROW)).await.unwrap();
        session.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_renamed_and_left_to_somebody_is_told_under_its_new_name() {
    let index = "CREATE INDEX idx_things_amount ON {app}things (amount) WHERE amount > 3;";
    let behind = "CREATE FUNCTION app.shout() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN NEW.code := upper(NEW.code); RETURN NEW; END; $$;
         CREATE TRIGGER trg_things_shout BEFORE INSERT ON app.things FOR EACH ROW EXECUTE FUNCTION app.shout();";
    let twin = "CREATE TRIGGER trg_things_shout AFTER INSERT ON things BEGIN
            UPDATE things SET code = upper(NEW.code) WHERE id = NEW.id; END;";
    let workspace = folder("", [&format!("{index} {behind}"), &format!("{index} {twin}")], [""; 2]);
    let items = Entity::bare("items").table_was("things").column("id", BigInteger).key(&["id"]);
    let change = undecided(&workspace, Entities::of([items.column("amount", Text)])).await;
    holds(
        &change,
        &[
            "DROP TRIGGER trg_items_shout ON app.items;",
            "DROP TRIGGER trg_things_shout;",
            "-- CREATE TRIGGER trg_items_shout AFTER INSERT ON \"items\" BEGIN",
            "-- CREATE INDEX idx_items_amount ON \"items\" (amount) WHERE amount > 3;",
            "DROP TRIGGER IF EXISTS trg_items_shout;",
        ],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trigger_that_is_told_a_renamed_column_has_a_way_back() {
    let behind = "ALTER TABLE app.things ADD search tsvector;
         CREATE TRIGGER \"Words\" BEFORE INSERT OR UPDATE ON app.things FOR EACH ROW
            EXECUTE FUNCTION tsvector_update_trigger(search, 'pg_catalog.simple', code);
         ALTER TABLE app.things ENABLE ALWAYS TRIGGER \"Words\";
         COMMENT ON TRIGGER \"Words\" ON app.things IS 'Finds things.';";
    let workspace = folder("", [behind, ""], [""; 2]);
    let wanted = Entities::of([things().column("title", Text).was("code").column("amount", Integer)]);
    let change = generated(&workspace, wanted.logical(), "rename_code").await;
    holds(
        &change,
        &[
            "-- DROP TRIGGER \"Words\" ON app.things;\n-- CREATE TRIGGER \"Words\" BEFORE INSERT OR UPDATE",
            "DROP TRIGGER IF EXISTS \"Words\" ON app.things;\nCREATE TRIGGER \"Words\" BEFORE INSERT OR UPDATE",
            "-- ALTER TABLE app.things ENABLE ALWAYS TRIGGER \"Words\";\n-- COMMENT ON TRIGGER \"Words\" ON app.things IS",
        ],
    );
    decide(&workspace, &change, |line| {
        let written = line.strip_prefix("-- ").filter(|rest| rest.contains("TRIGGER \"Words\""));
        written.map_or_else(|| line.to_owned(), |rest| rest.replace("'code'", "'title'"))
    });
    let test = TestFleet::migrated(Postgres, vec![workspace.descriptor("core")]).await;
    let consent = atriz_db::Consent { yes: true, ..Default::default() };
    test.fleet.rollback("core", &Limit::Count(1), &consent, &test.context).await.unwrap();
    let session = test.session("core").await;
    execute(&session.connection, &for_engine(Postgres, ROW)).await.unwrap();
    assert_eq!(texts(&session.connection, "SELECT search::text FROM things").await, ["'chair':2 'red':1"]);
    session.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn views_that_read_nothing_of_what_changes_stay() {
    let table = "CREATE TABLE {app}stores (id {big} NOT NULL, stock {int} NOT NULL,
            CONSTRAINT pk_stores PRIMARY KEY (id)){strict};";
    let stores = || Entity::bare("stores").column("id", BigInteger).key(&["id"]).column("stock", Integer);
    let views = "CREATE VIEW {app}stores_of_things AS SELECT s.* FROM {app}stores s JOIN {app}things t ON t.id = s.id
            WHERE EXISTS (SELECT * FROM {app}things o WHERE o.id > s.id);";
    let (views, gone) = (format!("{table} {views}"), "DROP VIEW {app}stores_of_things; DROP TABLE {app}stores;");
    let longer = things().column("code", Text).column("amount", Integer).nullable("note", Text);
    let change = changed(&folder("", [&views; 2], [gone; 2]), Entities::of([longer, stores()]), ROW).await;
    assert!(!change.is_undecided() && !text(&change).contains("VIEW"), "{}", text(&change));
    let views = "CREATE VIEW {app}stock AS SELECT code, amount FROM {app}things;
         CREATE VIEW {app}full_stores AS SELECT s.id, s.stock FROM {app}stores s;";
    let (views, gone) =
        (format!("{table} {views}"), "DROP VIEW {app}full_stores; DROP VIEW {app}stock; DROP TABLE {app}stores;");
    let wanted = Entities::of([things().column("code", Text), stores()]);
    let change = undecided(&folder("", [&views; 2], [gone; 2]), wanted).await;
    holds(&change, &["DROP VIEW app.stock;", "-- CREATE VIEW stock AS SELECT code, amount FROM things;"]);
    assert!(!text(&change).contains("full_stores"), "{}", text(&change));
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_of_a_view_follow_one_another() {
    let view = "CREATE VIEW {app}codes AS SELECT code, amount FROM {app}things;";
    let workspace = folder("", [view, view], ["DROP VIEW {app}codes;"; 2]);
    let wanted = things().column("amount", Text).was("code").column("total", Integer).was("amount");
    let change = changed(&workspace, Entities::of([wanted]), ROW).await;
    holds(
        &change,
        &["ALTER VIEW app.codes RENAME COLUMN amount TO total;\nALTER VIEW app.codes RENAME COLUMN code TO amount;"],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_uses_a_computed_column_goes_and_comes_back_with_it() {
    let behind = "CREATE FUNCTION app.shout() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END; $$;
         CREATE TRIGGER trg_things_shout AFTER UPDATE ON app.things FOR EACH ROW WHEN (OLD.double > 3)
            EXECUTE FUNCTION app.shout();
         ALTER TABLE app.things ENABLE ROW LEVEL SECURITY;
         CREATE POLICY few ON app.things USING (double > 3);";
    let twin = "CREATE TRIGGER trg_things_shout AFTER UPDATE ON things WHEN OLD.double > 3 BEGIN SELECT 1; END;";
    let workspace = folder(DOUBLE, [behind, twin], [""; 2]);
    let wanted = things().column("code", Text).column("amount", BigInteger).nullable("double", Integer);
    let change = changed(&workspace, Entities::of([wanted]), ROW).await;
    assert!(!change.is_undecided());
    holds(&change, &["DROP TRIGGER trg_things_shout ON app.things;", "DROP POLICY few ON app.things;"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_in_a_comment_or_in_a_header_is_no_use_of_a_column() {
    let behind = "CREATE FUNCTION app.code() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END; $$;
         CREATE TRIGGER trg_things_touched BEFORE INSERT ON app.things FOR EACH ROW EXECUTE FUNCTION app.code();";
    let twin = "CREATE TRIGGER trg_things_touched AFTER INSERT ON things BEGIN SELECT 1 /* code */; END;";
    let wanted = || Entities::of([things().column("amount", Integer)]);
    let change = changed(&folder("", [behind, twin], [""; 2]), wanted(), ROW).await;
    assert!(!change.is_undecided(), "{}", text(&change));
    let twin = "CREATE TRIGGER trg_things_shout AFTER INSERT ON things BEGIN
            UPDATE Things SET Code = upper(NEW.CODE) WHERE id = NEW.id; END;";
    let change = generated(&folder("", ["", twin], [""; 2]), wanted().logical(), "drop_code").await;
    holds(&change, &["-- CREATE TRIGGER trg_things_shout AFTER INSERT ON things BEGIN"]);
    assert!(change.notes.iter().any(|note| note.starts_with(&format!("decide on {}", Sqlite.title()))));
}
