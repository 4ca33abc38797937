//! What git has is released.

use atriz_db::Engine;
use atriz_db_tools::lint::{LintError, Since, lint};

use super::support::{House, rules, text};

const BASE: &str = "CREATE SCHEMA app;\nCREATE TABLE app.items (id uuid NOT NULL);\n";

fn house() -> House {
    let house = House::unreleased(&[]);
    house.migration(Engine::Postgres, "20260101000000_base", BASE, "DROP SCHEMA app CASCADE;\n");
    house.migration(Engine::Postgres, "20260301000000_more", "CREATE SCHEMA more;\n", "DROP SCHEMA more;\n");
    house.git(&["init", "--quiet", "--initial-branch=main"]);
    house
}

#[tokio::test]
async fn what_was_released_is_let_be_unless_it_was_edited() {
    let house = house();
    house.commit();
    let good = house.lint(Engine::Postgres).await;
    assert_eq!((rules(&good).len(), good.files), (0, 0));
    assert!(good.baselines[0].contains("where this branch left main"), "{:?}", good.baselines);

    // Comments and blank space are no change.
    house.write("postgres/20260101000000_base.up.sql", format!("-- Why.\n{}", BASE.replace('\n', "\n\n")));
    assert_eq!(rules(&house.lint(Engine::Postgres).await), [] as [&str; 0]);

    house.write("postgres/20260101000000_base.up.sql", BASE.replace("uuid", "bigint"));
    house.remove("postgres/20260301000000_more.down.sql");
    house.migration(Engine::Postgres, "20260201000000_late", "CREATE SCHEMA late;\n", "DROP SCHEMA late;\n");
    let report = house.lint(Engine::Postgres).await;
    insta::assert_snapshot!(text(&report.findings));
}

#[tokio::test]
async fn a_branch_is_compared_with_where_it_left_main() {
    let house = house();
    house.commit();
    house.git(&["checkout", "--quiet", "-b", "topic"]);
    house.migration(Engine::Postgres, "20260401000000_mine", "DROP TABLE app.items;\n", "SELECT 1;\n");
    house.commit();
    assert_eq!(rules(&house.lint(Engine::Postgres).await), ["ban-drop-table"]);
}

#[tokio::test]
async fn since_names_a_revision() {
    let house = house();
    let first = house.commit();
    house.migration(Engine::Postgres, "20260401000000_mine", "DROP TABLE app.items;\n", "SELECT 1;\n");
    house.commit();
    let since = async |revision: &str| {
        let mut request = house.request(Engine::Postgres);
        request.since = Since::Revision(revision.to_owned());
        lint(&request).await
    };
    assert_eq!(rules(&since(&first).await.unwrap()), ["ban-drop-table"]);
    assert_eq!(rules(&since("HEAD~1").await.unwrap()), ["ban-drop-table"]);
    assert_eq!(rules(&since("HEAD").await.unwrap()), [] as [&str; 0]);
    for wrong in ["v9.9.9", "--all"] {
        let error = since(wrong).await.unwrap_err();
        assert!(matches!(&error, LintError::Revision { revision, .. } if revision == wrong), "{error}");
    }
    let mut request = house.request(Engine::Postgres);
    request.since = Since::Nothing;
    assert_eq!(rules(&lint(&request).await.unwrap()), [] as [&str; 0], "the batch made the table itself");
}

#[tokio::test]
async fn without_git_everything_is_one_batch() {
    let house = House::unreleased(&[]);
    house.migration(Engine::Postgres, "20260101000000_base", BASE, "DROP SCHEMA app CASCADE;\n");
    house.migration(Engine::Postgres, "20260401000000_mine", "DROP TABLE app.items;\n", "SELECT 1;\n");
    let report = house.lint(Engine::Postgres).await;
    assert_eq!(rules(&report), [] as [&str; 0]);
    assert_eq!(report.files, 4);
    assert_eq!(
        report.baselines,
        ["nothing is released, for git has no main branch here: all files count as one batch"]
    );
}
