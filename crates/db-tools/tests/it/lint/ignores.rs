//! Ignores: used, unused, of a statement, of a file.

use atriz_db::Engine;

use super::support::{CASE, House, rules, text};

const BASE: &str = "CREATE SCHEMA app;\nCREATE TABLE app.a (b text, c text, d text);\n";

async fn lint(sql: &str) -> (Vec<&'static str>, usize, String) {
    let house = House::unreleased(&[]);
    house.migration(Engine::Postgres, "20260101000000_base", BASE, "DROP SCHEMA app CASCADE;\n");
    house.git(&["init", "--quiet", "--initial-branch=main"]);
    house.commit();
    house.migration(Engine::Postgres, CASE, sql, "SELECT 1;\n");
    let report = house.lint(Engine::Postgres).await;
    (rules(&report), report.ignored, text(&report.findings))
}

#[tokio::test]
async fn an_ignore_is_about_the_statement_below_it() {
    let sql = "SELECT 1;\n\n-- The app does without b since 2.0.\n-- atriz: lint-ignore ban-drop-column \"2.0 is out\"\n\
               ALTER TABLE app.a DROP COLUMN b;\nALTER TABLE app.a DROP COLUMN c;\n";
    let (rules, ignored, text) = lint(sql).await;
    assert_eq!((rules.as_slice(), ignored), (["ban-drop-column"].as_slice(), 1), "{text}");
    assert!(text.contains("DROP COLUMN c"), "{text}");
}

#[tokio::test]
async fn an_ignore_at_the_head_is_about_the_file() {
    let head = "-- Why.\n-- atriz: lint-ignore ban-drop-column \"2.0 is out\"\n";
    let drops = "ALTER TABLE app.a DROP COLUMN b;\nALTER TABLE app.a DROP COLUMN c, DROP COLUMN d;\n";
    assert_eq!(lint(&format!("{head}\n{drops}")).await.1, 3);
    // Right above the first statement it is about that one.
    let (rules, ignored, _) = lint(&format!("{head}{drops}")).await;
    assert_eq!((rules.len(), ignored), (2, 1));
}

#[tokio::test]
async fn an_ignore_inside_a_statement_and_of_another_rule() {
    let sql = "ALTER TABLE app.a\n    -- atriz: lint-ignore ban-drop-column \"2.0 is out\"\n    DROP COLUMN b;\n";
    assert_eq!(lint(sql).await.1, 1);
    let sql = "-- atriz: lint-ignore ban-drop-table \"2.0 is out\"\nALTER TABLE app.a DROP COLUMN b;\n";
    assert_eq!(lint(sql).await.0, ["unused-ignore", "ban-drop-column"]);
    // Words to squawk carry no reason, and do not count.
    assert_eq!(
        lint("-- squawk-ignore ban-drop-column\nALTER TABLE app.a DROP COLUMN b;\n").await.0,
        ["ban-drop-column"]
    );
}

#[tokio::test]
async fn an_ignore_of_what_is_told_once_the_rest_is_released_is_not_unused_before() {
    let house = House::unreleased(&[]);
    house.migration(Engine::Postgres, "20260101000000_base", BASE, "DROP SCHEMA app CASCADE;\n");
    let why = "-- atriz: lint-ignore ban-drop-column \"2.0 is out\"\n";
    let sql = format!("{why}ALTER TABLE app.a DROP COLUMN b;\n");
    house.migration(Engine::Postgres, CASE, &sql, "SELECT 1;\n");
    assert_eq!(rules(&house.lint(Engine::Postgres).await), [""; 0]);
    // What is told of any object is missed all the same.
    let sql = "-- atriz: lint-ignore require-table-schema \"why\"\nALTER TABLE app.a DROP COLUMN b;\n";
    house.migration(Engine::Postgres, CASE, sql, "SELECT 1;\n");
    assert_eq!(rules(&house.lint(Engine::Postgres).await), ["unused-ignore"]);
}
