//! The rights on what is made anew around a change.

use atriz_db::Engine::Postgres;
use atriz_db_tools::generate::Keep;
use atriz_db_tools::logical::ColumnType::{BigInteger, Text};
use atriz_testing::{TestFleet, Workspace};

use super::aside::{ROW, folder, holds, things, undecided};
use super::{Entities, changed, database, schema, text, tried, tried_on};

/// What PostgreSQL runs for a role that is called after the database.
pub(super) fn of_role(role: &str, sql: &str) -> String {
    format!("DO $$ BEGIN EXECUTE format('{sql}', current_database() || '_{role}'); END; $$;")
}

/// Who may do what with the views.
async fn rights(workspace: &Workspace) -> Vec<String> {
    let test = TestFleet::migrated(Postgres, vec![database(workspace)]).await;
    let mut lines = Vec::new();
    for (name, view) in schema(&test).await.views {
        let columns = view.columns.iter().flat_map(|column| &column.grants);
        lines.extend(view.grants.iter().chain(columns).map(|line| format!("{name}: {line}")));
    }
    lines
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_that_comes_back_has_its_rights() {
    let views = "CREATE VIEW {app}codes AS SELECT code, amount FROM {app}things;
                 CREATE VIEW {app}amounts AS SELECT amount FROM {app}codes;";
    let gone = "DROP VIEW {app}amounts; DROP VIEW {app}codes;";
    let workspace = folder("", [views, views], [gone, gone]);
    let given = [
        of_role("verifier", "GRANT INSERT ON app.codes TO %I"),
        of_role("verifier", "GRANT SELECT ON app.codes TO %I WITH GRANT OPTION"),
        of_role("verifier", "GRANT SELECT (amount) ON app.amounts TO %I"),
        of_role("app", "REVOKE DELETE ON app.amounts FROM %I"),
    ];
    workspace.migration_only(Postgres, "core", "20260101000200_give_rights", &given.concat(), "SELECT 1;");
    let before = rights(&workspace).await;
    for line in ["app.codes: <verifier> INSERT, SELECT WITH GRANT OPTION", "app.amounts: <verifier> SELECT"] {
        assert!(before.iter().any(|one| one == line), "{before:#?}");
    }
    let wanted = Entities::of([things().column("code", Text).column("amount", BigInteger)]);
    let change = changed(&workspace, wanted, ROW).await;
    assert!(!change.is_undecided());
    holds(
        &change,
        &[
            "EXECUTE format('GRANT SELECT ON app.codes TO %I WITH GRANT OPTION', current_database() || '_verifier');",
            "EXECUTE format('GRANT SELECT (amount) ON app.amounts TO %I', current_database() || '_verifier');",
            "EXECUTE format('REVOKE DELETE ON app.amounts FROM %I', current_database() || '_app');",
        ],
    );
    assert_eq!(rights(&workspace).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_of_any_name_is_named_after_its_database() {
    let view = "CREATE VIEW {app}codes AS SELECT code, amount FROM {app}things;";
    let workspace = folder("", [view, view], ["DROP VIEW {app}codes;"; 2]);
    let given = of_role("Read only_2", "GRANT SELECT ON app.codes TO %I");
    workspace.migration_only(Postgres, "core", "20260101000200_give_rights", &given, "SELECT 1;");
    let database = workspace.descriptor("core").reader_role("Read only_2");
    let wanted = Entities::of([things().column("code", Text).column("amount", BigInteger)]);
    let change = tried_on(&workspace, database, wanted.logical(), "change_things", Keep::default()).await.unwrap();
    holds(&change, &["EXECUTE format('GRANT SELECT ON app.codes TO %I', current_database() || '_Read only_2');"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_called_after_the_scratch_database_is_not_written() {
    let view = "SELECT code, amount, %L::text AS home FROM app.things";
    let view = format!("DO $$ BEGIN EXECUTE format('CREATE VIEW app.codes AS {view}', current_database()); END; $$;");
    let twin = "CREATE VIEW codes AS SELECT code, amount, 'here' AS home FROM things;";
    let workspace = folder("", [&view, twin], ["DROP VIEW {app}codes;"; 2]);
    let wanted = Entities::of([things().column("code", Text).column("amount", BigInteger)]);
    let error = tried(&workspace, wanted.logical(), "change_things").await.unwrap_err().to_string();
    assert!(error.contains("it would name what is called after the database it was generated on"), "{error}");
    assert!(error.contains("'<database>'::text AS home"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rights_of_a_view_that_is_left_to_somebody_are_left_as_well() {
    let view = "CREATE VIEW {app}codes AS SELECT code, amount FROM {app}things;";
    let given = format!("{view} {}", of_role("verifier", "GRANT INSERT ON app.codes TO %I"));
    let workspace = folder("", [&given, view], ["DROP VIEW {app}codes;"; 2]);
    let change = undecided(&workspace, Entities::of([things().column("code", Text)])).await;
    holds(&change, &["\n-- -- atriz: lint-ignore unread-block \"it gives rights and touches no row\"\n-- DO $$\n"]);
    assert!(!text(&change).contains("\n-- atriz: lint-ignore unread-block"), "{}", text(&change));
}
