//! What is wrong with files and folders.

use atriz_db::Engine;
use atriz_db_tools::lint::{LintFolder, LintRequest, Since, lint};

use super::support::{House, rules, text};

const UP: &str = "postgres/20260101000000_a.up.sql";
const DOWN: &str = "postgres/20260101000000_a.down.sql";
const TWIN: [(&str, &str); 2] = [
    ("sqlite/20260101000000_a.up.sql", "-- atriz: only postgres \"a test\"\n"),
    ("sqlite/20260101000000_a.down.sql", "-- atriz: only postgres \"a test\"\n"),
];

/// The text of an up file, and the rules that catch it.
const TEXTS: [(&[&str], &str); 18] = [
    (&["empty-file"], "-- Nothing yet.\n"),
    (&["not-for-this-engine"], "-- atriz: only sqlite \"no schemas\"\nSELECT 1;\n"),
    (&["irreversible-without-reason"], "-- atriz: irreversible\nSELECT 1;\n"),
    (&["unknown-directive"], "SELECT 1;\n-- atriz: no-transactoin\n"),
    (&["undecided"], "SELECT 1;\n-- atriz: decide \"what stands in a?\"\n"),
    (&["invalid-ignore"], "-- atriz: lint-ignore ban-drop-everything \"why not\"\nSELECT 1;\n"),
    (&["invalid-ignore"], "-- atriz: lint-ignore ban-drop-table\nSELECT 1;\n"),
    (&["unused-ignore"], "-- atriz: lint-ignore ban-drop-table \"gone since 2.0\"\nSELECT 1;\n"),
    (&["unclosed"], "SELECT 1;\n  SELECT 'a;\n"),
    (&["unclosed"], "SELECT (1;\n"),
    (&["psql-command"], "SELECT 1;\n\\copy app.a FROM 'x'\n"),
    (&["copy-rows"], "COPY app.a FROM STDIN;\n"),
    (&["transaction-control", "transaction-control"], "BEGIN;\nSELECT 1;\nCOMMIT;\n"),
    (&["crlf-bom", "crlf-bom"], "\u{feff}SELECT 1;\r\n"),
    (&["lone-return"], "-- a\rSELECT 1;\n"),
    (&["lone-return", "crlf-bom"], "SELECT\r1;\r\n"),
    (&[], "SELECT 'a\rb', $$c\rd$$;\n"),
    (&["unreadable-file"], "SELECT\n 1\0;\n"),
];

#[tokio::test]
async fn every_file_that_cannot_be_is_told() {
    let house = House::unreleased(&TWIN);
    let mut printed = Vec::new();
    house.write(DOWN, "SELECT 1;\n");
    for (expected, sql) in TEXTS {
        house.write(UP, sql);
        let report = house.lint(Engine::Postgres).await;
        assert_eq!(rules(&report), expected, "{sql}\n{}", text(&report.findings));
        printed.push(text(&report.findings).replace("migrations/shop/postgres/20260101000000_a.", ""));
    }
    insta::assert_snapshot!(printed.join("\n\n").replace('\r', "\\r").replace('\0', "\\0"));
}

#[tokio::test]
async fn what_is_missing_twice_or_oddly_named_is_told() {
    let house = House::unreleased(&TWIN);
    house.write(UP, "SELECT 1;\n");
    house.write("postgres/20260101000000_b.up.sql", "SELECT 1;\n");
    house.write("postgres/20260101000000_b.down.sql", "SELECT 1;\n");
    house.write("postgres/20260102000000_c.down.sql", b"\xff");
    house.write("postgres/20261301000000_d.up.sql", "SELECT 1;\n");
    let report = house.lint(Engine::Postgres).await;
    insta::assert_snapshot!(text(&report.findings));
    insta::assert_snapshot!(text(&house.lint(Engine::Sqlite).await.findings));
}

#[tokio::test]
async fn a_folder_of_another_tool_is_read_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    file("000001_users.up.sql", "BEGIN;\nCREATE TABLE users (id integer PRIMARY KEY, name varchar(80));\nCOMMIT;\n");
    file("000001_users.down.sql", "DROP TABLE users;\n");
    file("000002_index.up.sql", "CREATE TABLE t (a text,, b text);\n");
    file("000002_index.down.sql", "DROP TABLE t;\n");
    let lint = async |engine| {
        let source = LintFolder::of_source(folder.path(), None).unwrap();
        assert!(source.engines().is_empty(), "the names do not say");
        let request = LintRequest { folders: vec![source], engines: vec![engine], since: Since::Nothing, fix: true };
        let report = lint(&request).await.unwrap();
        text(&report.findings).replace(&folder.path().display().to_string(), "[DIR]")
    };
    insta::assert_snapshot!(lint(Engine::Postgres).await);
    insta::assert_snapshot!(lint(Engine::Sqlite).await);
    let told = LintFolder::of_source(&folder.path().join("nowhere"), None).unwrap_err();
    assert!(told.to_string().contains("nowhere"), "{told}");
}
