//! `--fix`.

use atriz_db::Engine;
use atriz_db_tools::lint::{Report, lint};

use super::support::{House, rules, text};

const BASE: &str = "CREATE SCHEMA app;\nCREATE TABLE app.items (id uuid NOT NULL, title text);\n\
                    CREATE TABLE app.events (at timestamptz) PARTITION BY RANGE (at);\n";

fn house() -> House {
    let house = House::unreleased(&[]);
    house.migration(Engine::Postgres, "20260101000000_base", BASE, "DROP SCHEMA app CASCADE;\n");
    house.git(&["init", "--quiet", "--initial-branch=main"]);
    house.commit();
    house
}

async fn fix(house: &House, engine: Engine) -> Report {
    let mut request = house.request(engine);
    request.fix = true;
    lint(&request).await.unwrap()
}

#[tokio::test]
async fn what_is_safe_is_mended_and_shown() {
    let house = house();
    let write = |number: u32, sql: &str| {
        house.migration(Engine::Postgres, &format!("2026020{number}000000_case"), sql, "SELECT 1;\n");
    };
    write(1, "\u{feff}-- Why.\r\nDELETE FROM items WHERE id IS NULL;\r\n");
    write(2, "CREATE INDEX idx_items_title ON items (title);\n");
    write(
        3,
        "CREATE TABLE app.logs (\n    id bigserial PRIMARY KEY,\n    at timestamp, exact timestamp(3), item_id int\n);\n",
    );
    write(4, "SELECT 1;\nCREATE INDEX idx_items_id ON app.items (id);\n");
    write(5, "CREATE INDEX idx_events_at ON app.events (at);\n");
    write(6, "CREATE TABLE nowhere (a varchar(3));\n");
    let report = fix(&house, Engine::Postgres).await;
    let files = (1..=6).map(|number| house.read(&format!("postgres/2026020{number}000000_case.up.sql")));
    let fixed = report.fixed.iter().map(|fixed| format!("{fixed}\n"));
    let printed =
        fixed.chain(["\n".to_owned()]).chain(files.map(|file| file.replace('\r', "\\r") + "\n")).collect::<String>();
    insta::assert_snapshot!(printed);
    insta::assert_snapshot!(text(&report.findings));
    let again = fix(&house, Engine::Postgres).await;
    assert!(again.fixed.is_empty(), "{:?}", again.fixed);
    assert_eq!(rules(&again), rules(&report));
}

#[tokio::test]
async fn a_released_file_is_never_touched() {
    let house = house();
    let path = "postgres/20260101000000_base.up.sql";
    house.write(path, BASE.replace('\n', "\r\n").replace("app.items", "items"));
    let before = house.read(path);
    let report = fix(&house, Engine::Postgres).await;
    assert_eq!((rules(&report).as_slice(), report.fixed.len()), (["history-edited"].as_slice(), 0));
    assert_eq!(house.read(path), before);
}

#[tokio::test]
async fn a_text_of_several_lines_keeps_its_ends() {
    let house = house();
    let path = "postgres/20260201000000_case.up.sql";
    let (before, after) = (
        "DELETE FROM app.items\r\nWHERE title = 'one\r\ntwo' OR title = $$a\r\nb$$;\r\n",
        "DELETE FROM app.items\nWHERE title = 'one\r\ntwo' OR title = $$a\r\nb$$;\n",
    );
    house.migration(Engine::Postgres, "20260201000000_case", before, "SELECT 1;\n");
    let report = fix(&house, Engine::Postgres).await;
    assert_eq!(house.read(path), after);
    assert_eq!(rules(&report), [] as [&str; 0], "{}", text(&report.findings));
    house.write(path, "UPDATE items SET title = 'a\r\nb' WHERE title = 'b';\r\nDROP INDEX idx_items_title;\n");
    fix(&house, Engine::Postgres).await;
    let mended = "UPDATE app.items SET title = 'a\r\nb' WHERE title = 'b';\nDROP INDEX idx_items_title;\n";
    assert_eq!(house.read(path), mended);
}

#[tokio::test]
async fn the_name_of_an_index_gets_its_schema() {
    let house = house();
    house.migration(
        Engine::Postgres,
        "20260201000000_make",
        "CREATE INDEX idx_items_title ON app.items (title);\n",
        "SELECT 1;\n",
    );
    house.migration(Engine::Postgres, "20260202000000_drop", "SELECT 1;\nDROP INDEX idx_items_title;\n", "SELECT 1;\n");
    fix(&house, Engine::Postgres).await;
    assert_eq!(house.read("postgres/20260202000000_drop.up.sql"), "SELECT 1;\nDROP INDEX app.idx_items_title;\n");
}
