//! Files that were cut off, doubled or garbled: lint says something, and never breaks.

use std::path::Path;

use atriz_db::Engine;
use atriz_db_tools::lint::{Since, lint};

use super::support::{CASE, House, rules};

#[tokio::test]
async fn damaged_files_break_nothing() {
    let house = House::unreleased(&[]);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    let mut files = 0;
    for engine in Engine::ALL {
        for database in ["core", "atriz", "mextrack", "pshop"] {
            let entries = std::fs::read_dir(folder.join(database).join(engine.name())).unwrap().flatten();
            let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
            paths.sort();
            for (number, path) in paths.into_iter().enumerate().step_by(4) {
                let text = std::fs::read_to_string(path).unwrap();
                for damaged in damages(&text, number) {
                    house.migration(engine, CASE, &damaged, &damaged);
                    let mut request = house.request(engine);
                    request.since = Since::Nothing;
                    lint(&request).await.unwrap();
                    files += 1;
                }
            }
        }
    }
    assert!(files > 300, "{files}");
}

fn damages(text: &str, number: usize) -> Vec<String> {
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    let at = |part: usize| places[(places.len() * part / 7 + number * 13) % places.len()];
    let swap = |from: &str, to: &str| text.replacen(from, to, 1 + number % 3);
    vec![
        text[..at(2)].to_owned(),
        text[at(3)..].to_owned(),
        format!("{}ö\u{1f600}\"{}", &text[..at(4)], &text[at(4)..]),
        format!("{}{text}", &text[at(5)..]),
        swap(" ", "\u{a0}"),
        swap("(", ""),
        swap("TABLE", "TABLE IF EXISTS ONLY"),
        swap(" NOT", " -- atriz: lint-ignore ban-drop-table \"x\"\n"),
    ]
}

#[tokio::test]
async fn depth_and_endlessness_break_nothing() {
    let house = House::unreleased(&[]);
    let tables = "CREATE SCHEMA app;\nCREATE TABLE app.x (a bigint);\nCREATE TABLE app.y (a bigint);\n";
    house.migration(Engine::Postgres, "20260101000000_base", tables, "DROP SCHEMA app CASCADE;\n");
    let deep = 100_000;
    let chains = [
        format!("CREATE TABLE app.x (a int CHECK {}a > 1{});", "(".repeat(deep), ")".repeat(deep)),
        format!("ALTER TABLE app.x ADD CHECK ({}true);", "NOT ".repeat(deep)),
        format!("ALTER TABLE app.x ADD a int DEFAULT {}1;", "1 + ".repeat(deep)),
        format!("ALTER TABLE app.x ADD a int DEFAULT {}1{};", "CASE WHEN 1 THEN ".repeat(deep), " END".repeat(deep)),
    ];
    for sql in chains {
        house.migration(Engine::Postgres, CASE, &format!("{sql}\nTRUNCATE app.y CASCADE;\n"), "SELECT 1;\n");
        let report = house.lint(Engine::Postgres).await;
        assert_eq!(rules(&report), ["unparsed-statement", "ban-truncate-cascade"], "{}", &sql[..60]);
    }
    let endless = "WITH RECURSIVE r (a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM r) SELECT count(*) FROM r;\n";
    house.migration(Engine::Sqlite, CASE, endless, "SELECT 1;\n");
    assert_eq!(rules(&house.lint(Engine::Sqlite).await), ["sqlite-refused"]);
}
