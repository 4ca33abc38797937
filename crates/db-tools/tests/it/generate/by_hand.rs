//! What people wrote stays as it is when a table is made anew.

use atriz_db::Engine::{Postgres, Sqlite};
use atriz_db_tools::logical::ColumnType::{BigInteger, Boolean, Integer, Text};
use atriz_testing::{TestFleet, Workspace, execute, texts};

use super::{Entities, Entity, changed, generated, text};

const THINGS: &str = "20260101000100_create_things";

/// A table of SQLite with all that hangs on one: comments, checks, a partial index, triggers of its own and of others,
/// views on each other, full-text search.
fn workspace() -> Workspace {
    let workspace = Workspace::new();
    workspace.migration_on(
        Postgres,
        "core",
        THINGS,
        "CREATE SCHEMA app;
         CREATE TABLE app.things (id bigint NOT NULL, code text NOT NULL, amount integer NOT NULL, on_sale integer,
            CONSTRAINT pk_things PRIMARY KEY (id), CONSTRAINT ck_things_code CHECK (length(code) > 0));
         CREATE UNIQUE INDEX uq_things_code ON app.things (code) WHERE amount > 0;
         CREATE TABLE app.logs (id bigint NOT NULL, CONSTRAINT pk_logs PRIMARY KEY (id));
         CREATE VIEW app.codes AS SELECT code FROM app.things;
         CREATE VIEW app.short_codes AS SELECT code FROM app.codes WHERE length(code) < 3;",
        "DROP VIEW app.short_codes; DROP VIEW app.codes; DROP TABLE app.logs; DROP TABLE app.things; DROP SCHEMA app;",
    );
    workspace.migration_on(
        Sqlite,
        "core",
        THINGS,
        "CREATE TABLE things ( -- what there is
    id INTEGER NOT NULL, -- numbered by hand
    code TEXT NOT NULL,
    amount INTEGER NOT NULL /* minor, units */,
    on_sale INTEGER,
    CONSTRAINT pk_things PRIMARY KEY (id),
    CONSTRAINT ck_things_code CHECK (length(code) > 0) -- never; empty
) STRICT;
CREATE UNIQUE INDEX uq_things_code ON things (code) WHERE amount > 0;
CREATE TABLE logs (id INTEGER NOT NULL, CONSTRAINT pk_logs PRIMARY KEY (id)) STRICT;
CREATE VIEW codes AS SELECT code FROM things;
CREATE VIEW short_codes AS SELECT code FROM codes WHERE length(code) < 3;
CREATE TRIGGER trg_codes_insert INSTEAD OF INSERT ON codes BEGIN INSERT INTO logs (id) VALUES (5); END;
CREATE TRIGGER trg_logs_things AFTER INSERT ON logs BEGIN UPDATE things SET amount = amount + 1; END;
CREATE VIRTUAL TABLE things_search USING fts5 (code, content = 'things', content_rowid = 'id');
CREATE TRIGGER trg_things_search AFTER INSERT ON things BEGIN
    INSERT INTO things_search (rowid, code) VALUES (NEW.id, NEW.code);
END;",
        "DROP TABLE things_search; DROP VIEW short_codes; DROP VIEW codes; DROP TABLE logs; DROP TABLE things;",
    );
    workspace
}

fn wanted() -> Entities {
    let things = Entity::bare("things").column("id", BigInteger).key(&["id"]).column("code", Text);
    let things = things.column("amount", Integer).nullable("on_sale", Boolean).nullable("note", Text);
    Entities::of([things, Entity::bare("logs").column("id", BigInteger).key(&["id"])])
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_hangs_on_a_table_stays() {
    let workspace = workspace();
    let change = changed(&workspace, wanted(), "INSERT INTO things (id, code, amount) VALUES (3, 'ab', 1)").await;
    let up = change.files.iter().find(|file| file.path.starts_with("sqlite") && file.path.contains("up")).unwrap();
    insta::assert_snapshot!(up.text);
    let test = TestFleet::migrated(Sqlite, vec![workspace.descriptor("core")]).await;
    let session = test.session("core").await;
    execute(&session.connection, "INSERT INTO things (id, code, amount) VALUES (4, 'cd', 1)").await.unwrap();
    execute(&session.connection, "INSERT INTO codes (code) VALUES ('x')").await.unwrap();
    assert_eq!(texts(&session.connection, "SELECT code || amount FROM things").await, ["cd2"]);
    let found = "SELECT code FROM things_search WHERE things_search MATCH 'cd'";
    assert_eq!(texts(&session.connection, found).await, ["cd"]);
    assert!(execute(&session.connection, "INSERT INTO things (id, code, amount) VALUES (5, '', 1)").await.is_err());
    session.close().await;
}

/// The tables that the four files of each migration make are the same whatever order they are generated in.
#[tokio::test(flavor = "multi_thread")]
async fn long_names_are_cut_alike_on_both_engines() {
    let workspace = Workspace::new();
    let (long, column) = ("t".repeat(60), "c".repeat(50));
    let other = format!("{column}_d");
    let entity = |name: &str| {
        let entity = Entity::new(name).column(&column, Text).column(&other, Boolean);
        entity.unique(&[&column, &other]).indexed(&[&column]).indexed(&[&other])
    };
    let made = generated(
        &workspace,
        Entities::of([entity(&long), entity(&format!("{}_u", &long[..58]))]).logical(),
        "create_all",
    );
    let said = text(&made.await);
    let names = |engine: &str| -> Vec<String> {
        let files = said.split("==== ").filter(|file| file.starts_with(engine) && file.contains(".up.sql"));
        let words = files.flat_map(|file| file.split([' ', '\n', '(', ')', ',', '.', ';']));
        let mut names: Vec<String> =
            words.filter(|word| word.starts_with("uq_") || word.starts_with("idx_")).map(str::to_owned).collect();
        names.sort();
        names
    };
    let (one, other) = (names("postgres"), names("sqlite"));
    assert_eq!(one, other);
    assert_eq!(one.len(), 6);
    assert!(one.iter().all(|name| name.len() <= 63), "{one:?}");
    let again = super::tried(
        &workspace,
        Entities::of([entity(&long), entity(&format!("{}_u", &long[..58]))]).logical(),
        "again",
    );
    assert!(again.await.unwrap().files.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_tables() {
    let workspace = Workspace::new();
    let table = |number: usize| {
        let table = Entity::new(&format!("things_{number:04}"));
        (0..9).fold(table, |table, column| table.column(&format!("column_{column}"), Text))
    };
    let made = generated(&workspace, Entities::of((0..1000).map(table)).logical(), "create_all").await;
    assert_eq!((made.files.len(), made.changes[0].changes.len()), (4, 1000));
    let wanted = (0..1000).map(|number| if number < 3 { table(number).nullable("note", Text) } else { table(number) });
    let changed = generated(&workspace, Entities::of(wanted).logical(), "change_all").await;
    assert_eq!(changed.changes[1].changes.len(), 3);
}
