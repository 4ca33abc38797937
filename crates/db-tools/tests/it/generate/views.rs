//! Views that are left to somebody, and what uses them: views over a full-text index, triggers, views with odd names.

use atriz_db::Engine;
use atriz_db_tools::logical::ColumnType::{BigInteger, Integer, Text};
use atriz_testing::{TestFleet, Workspace, execute, for_engine, texts};

use super::aside::{ROW, folder, holds, things, undecided};
use super::others::{PARTS, decide, parts};
use super::{Entities, Entity, changed, generated, text};

/// Parts with a full-text index on SQLite, and views that find parts by it; those of PostgreSQL read what stays.
const FOUND: [&str; 2] = [
    "ALTER TABLE app.parts ADD search tsvector GENERATED ALWAYS AS (to_tsvector('simple', words)) STORED;
     CREATE VIEW app.found AS SELECT id, code AS words FROM app.things;
     CREATE VIEW app.found_again AS SELECT words FROM app.found;",
    "CREATE VIRTUAL TABLE parts_search USING fts5 (words, content = 'parts', content_rowid = 'id');
     CREATE TRIGGER trg_parts_search AFTER INSERT ON parts BEGIN
        INSERT INTO parts_search (rowid, words) VALUES (NEW.id, NEW.words); END;
     CREATE TRIGGER trg_parts_lost AFTER DELETE ON parts BEGIN DELETE FROM parts_search WHERE rowid = OLD.id; END;
     CREATE VIEW found AS SELECT rowid AS id, words FROM parts_search;
     CREATE VIEW found_again AS SELECT words FROM found;",
];

fn searched() -> Workspace {
    let [up, twin] = FOUND.map(|behind| format!("{PARTS} {behind}"));
    let gone =
        |more: &str| format!("DROP VIEW {{app}}found_again; DROP VIEW {{app}}found; {more} DROP TABLE {{app}}parts;");
    folder("", [&up, &twin], [&gone(""), &gone("DROP TABLE parts_search;")])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_over_a_full_text_index_of_what_goes_is_left_to_somebody() {
    let without_words = || Entity::bare("parts").column("id", BigInteger).key(&["id"]);
    let shorter = || things().column("code", Text);
    let same = || shorter().column("amount", Integer);
    for (wanted, asked) in [
        (vec![same()], vec!["view found read where ", "view found_again read where view found goes"]),
        // To drop a column of another table SQLite reads all views.
        (vec![shorter()], vec!["view found read where "]),
        (
            vec![same(), without_words()],
            vec!["full-text index parts_search", "trigger trg_parts_lost read where full-"],
        ),
        (vec![shorter(), without_words()], vec!["view found_again read where view found goes"]),
    ] {
        let workspace = searched();
        let change = undecided(&workspace, Entities::of(wanted)).await;
        for one in asked {
            holds(&change, &[&format!("-- atriz: decide \"how does {one}")]);
        }
        holds(&change, &["-- CREATE VIEW found AS SELECT rowid AS id, words FROM parts_search;", "DROP VIEW found;"]);
        holds(&change, &["how does view app.found read where full-text index parts_search goes?"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_over_a_full_text_index_that_stays_stays() {
    let workspace = searched();
    let wanted = Entities::of([things().column("code", Text), parts()]);
    let change = changed(&workspace, wanted, ROW).await;
    assert!(!change.is_undecided(), "{}", text(&change));
}

/// Triggers on parts that use the view `codes` on both engines, one on SQLite alone, and one that has a column like it.
fn users(what: &str) -> [String; 2] {
    let on = |name: &str, what: &str| {
        format!(
            "CREATE FUNCTION app.{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {what}; RETURN NULL; END; $$;
             CREATE TRIGGER trg_parts_{name} AFTER INSERT ON app.parts FOR EACH ROW EXECUTE FUNCTION app.{name}();"
        )
    };
    let twin =
        |name: &str, what: &str| format!("CREATE TRIGGER trg_parts_{name} AFTER INSERT ON parts BEGIN {what}; END;");
    let view = "CREATE VIEW {app}codes AS SELECT code, amount FROM {app}things;
                CREATE TABLE {app}notes (id {big} NOT NULL, codes text, CONSTRAINT pk_notes PRIMARY KEY (id)){strict};";
    let like = "UPDATE {app}notes SET codes = NEW.words WHERE id = 1";
    let alone = "DELETE FROM notes WHERE codes IN (SELECT code FROM codes)";
    [
        format!("{PARTS} {view} {} {}", on("look", what), on("like", like)),
        format!("{PARTS} {view} {} {} {}", twin("look", what), twin("like", like), twin("alone", alone)),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trigger_that_uses_a_view_that_goes_is_left_to_somebody_on_both_engines() {
    let notes = || Entity::bare("notes").column("id", BigInteger).key(&["id"]).nullable("codes", Text);
    let wanted = || Entities::of([things().column("code", Text), parts(), notes()]);
    let [up, twin] = users("UPDATE {app}parts SET words = (SELECT max(code) FROM {app}codes) WHERE id = NEW.id");
    let gone = "DROP VIEW {app}codes; DROP TABLE {app}notes;";
    let twin = format!("{twin} CREATE TRIGGER trg_codes_add INSTEAD OF INSERT ON codes BEGIN SELECT 1; END;");
    let gone = [
        &format!("{gone} DROP TABLE app.parts; DROP FUNCTION app.look(); DROP FUNCTION app.like();"),
        &format!("DROP TABLE parts; {gone}"),
    ];
    let workspace = folder("", [&up, &twin], gone.map(String::as_str));
    let change = undecided(&workspace, wanted()).await;
    holds(
        &change,
        &[
            "-- atriz: decide \"how does trigger trg_parts_look on app.parts read where view codes goes?",
            "-- CREATE OR REPLACE FUNCTION app.look()",
            "-- atriz: decide \"how does trigger trg_parts_look read where view codes goes?",
            "-- atriz: decide \"how does trigger trg_parts_alone read where view codes goes?",
            "-- atriz: decide \"how does trigger trg_codes_add read where view codes goes?",
        ],
    );
    assert!(!text(&change).contains("trg_parts_like"), "{}", text(&change));
    decide(&workspace, &change, str::to_owned);
    for engine in Engine::ALL {
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let session = test.session("core").await;
        let rows = "INSERT INTO {app}notes (id, codes) VALUES (1, 'none')";
        execute(&session.connection, &for_engine(engine, rows)).await.unwrap();
        let rows = "INSERT INTO {app}parts (id, words) VALUES (7, 'wood')";
        execute(&session.connection, &for_engine(engine, rows)).await.unwrap();
        assert_eq!(texts(&session.connection, "SELECT codes FROM notes").await, ["wood"]);
        session.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_with_names_that_need_quotes_is_read() {
    let table = "CREATE TABLE {app}\"order\" (id {big} NOT NULL, kind text NOT NULL, CONSTRAINT pk_order PRIMARY KEY (id)){strict};";
    let order = || Entity::bare("order").column("id", BigInteger).key(&["id"]).column("kind", Text);
    for (view, wanted, why) in [
        (
            "SELECT o.kind AS \"from\", o.* FROM {app}\"order\" o",
            order().nullable("note", Text),
            "comes, and it reads all columns",
        ),
        ("SELECT kind FROM {app}\"order\"", Entity::bare("order").column("id", BigInteger).key(&["id"]), "kind goes"),
    ] {
        let view = format!("{table} CREATE VIEW {{app}}kinds AS {view};");
        let workspace = folder("", [&view; 2], ["DROP VIEW {app}kinds; DROP TABLE {app}\"order\";"; 2]);
        let all = things().column("code", Text).column("amount", Integer);
        let change = generated(&workspace, Entities::of([all, wanted]).logical(), "change_order").await;
        holds(&change, &["how does view app.kinds read where ", "how does view kinds read where ", why]);
    }
}
