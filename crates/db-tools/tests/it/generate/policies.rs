//! Policies that ask for what changes or goes.

use atriz_db::Engine::Postgres;
use atriz_db_tools::logical::ColumnType::{BigInteger, Integer, Text};
use atriz_testing::{TestFleet, Workspace, execute};

use super::aside::{ROW, folder, holds, things};
use super::rights::of_role;
use super::{Entities, changed, database, generated, schema, text};

/// Things whose amounts are numbers of another type.
fn wanted() -> Entities {
    Entities::of([things().column("code", Text).column("amount", BigInteger)])
}

/// The policies of a database.
async fn policies(test: &TestFleet) -> Vec<String> {
    let policies = schema(test).await.tables.into_values().flat_map(|table| table.policies);
    policies.map(|(name, policy)| format!("{name} {policy:?}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_for_the_app_comes_back() {
    let policy = "CREATE POLICY own ON app.things FOR SELECT TO %I USING (code LIKE ''a%%'' OR amount > 3)";
    let other = "CREATE POLICY few ON app.things FOR DELETE TO %I USING (amount > 3)";
    let behind = format!(
        "ALTER TABLE app.things ENABLE ROW LEVEL SECURITY; {} {}",
        of_role("app", policy),
        of_role("verifier", other)
    );
    let workspace = folder("", [&behind, ""], [""; 2]);
    let all = async || policies(&TestFleet::migrated(Postgres, vec![database(&workspace)]).await).await;
    let before = all().await;
    assert!(before[0].contains("<verifier>") && before[1].contains("<app>"), "{before:#?}");
    // A role that came later than the migration which makes its policy.
    let without = TestFleet::migrated(Postgres, vec![database(&workspace)]).await;
    let session = without.session("core").await;
    execute(&session.connection, "DROP POLICY few ON app.things").await.unwrap();
    session.close().await;
    let change = changed(&workspace, wanted(), ROW).await;
    assert!(!change.is_undecided());
    holds(&change, &["DROP POLICY IF EXISTS few ON app.things;", "FOR DELETE TO %I USING", "~~ ''a%%''::text"]);
    assert_eq!(all().await, before);
    without.migrate_all().await;
    assert_eq!(policies(&without).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_cannot_come_back_stays() {
    let behind = "ALTER TABLE app.things ENABLE ROW LEVEL SECURITY;
         DO $$ DECLARE roles text := format('%I', current_database() || '_app'); BEGIN
             IF EXISTS (SELECT FROM pg_roles WHERE rolname = current_database() || '_verifier') THEN
                 roles := roles || format(', %I', current_database() || '_verifier');
             END IF;
             EXECUTE 'CREATE POLICY few ON app.things AS RESTRICTIVE TO ' || roles || ' USING (amount > 3)';
         END; $$;";
    let comment = "COMMENT ON POLICY few ON app.things IS 'What $$ is few.';";
    for behind in [behind.to_owned(), format!("{behind} {comment}")] {
        cannot_come_back(&folder("", [&behind, ""], [""; 2])).await;
    }
}

/// A database without a role that a policy is for keeps it.
async fn cannot_come_back(workspace: &Workspace) {
    let without = TestFleet::migrated(Postgres, vec![workspace.descriptor("core")]).await;
    let before = policies(&without).await;
    assert!(before[0].contains("<app>") && !before[0].contains("<verifier>"), "{before:#?}");
    changed(workspace, wanted(), ROW).await;
    let told = format!("{:?}", without.migrate().await.unwrap());
    assert!(told.contains("policy few on app.things cannot be made again"), "{told}");
    assert_eq!(policies(&without).await, before);
    // What somebody set aside is left to them.
    let session = without.session("core").await;
    execute(&session.connection, "DROP POLICY few ON app.things").await.unwrap();
    session.close().await;
    without.migrate_all().await;
    assert!(policies(&without).await.is_empty());
}

/// A folder with parts, which one engine has policies about.
fn with_parts(behind: &str) -> Workspace {
    let parts = "CREATE TABLE {app}parts (n {big} NOT NULL, CONSTRAINT pk_parts PRIMARY KEY (n)){strict};";
    let gone = "DROP POLICY IF EXISTS few ON app.things; DROP TABLE {app}parts;";
    folder("", [&format!("{parts} {behind}"), parts], [gone, "DROP TABLE parts;"])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_reads_a_table_that_goes_is_left_to_somebody() {
    let workspace = with_parts("CREATE POLICY few ON app.things USING (id IN (SELECT n FROM app.parts));");
    let wanted = Entities::of([things().column("code", Text).column("amount", Integer)]);
    let change = generated(&workspace, wanted.logical(), "drop_parts").await;
    let lines = [
        "DROP POLICY few ON app.things;",
        "-- atriz: decide \"how does policy few on app.things read where there is no app.parts?",
        "-- CREATE POLICY few ON app.things FOR ALL TO PUBLIC USING",
    ];
    holds(&change, &lines);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_of_a_table_that_goes_does_not_come_back() {
    let policy = "CREATE POLICY few ON app.parts TO %I USING (n IN (SELECT amount FROM app.things))";
    let workspace = with_parts(&format!(
        "DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = current_database() || '_verifier') THEN
            EXECUTE format('{policy}', current_database() || '_verifier'); END IF; END; $$;"
    ));
    let without = TestFleet::migrated(Postgres, vec![workspace.descriptor("core")]).await;
    let change = generated(&workspace, wanted().logical(), "drop_parts").await;
    holds(&change, &["DROP POLICY IF EXISTS few ON app.parts;\n"]);
    assert!(!change.is_undecided() && !text(&change).contains("CREATE POLICY"), "{}", text(&change));
    without.migrate_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_goes_before_the_view_that_it_reads() {
    let views = "CREATE VIEW {app}codes AS SELECT code, amount FROM {app}things;
                 CREATE VIEW {app}amounts AS SELECT code FROM {app}codes;";
    let policy = "CREATE POLICY few ON app.things USING (code IN (SELECT a.code FROM app.amounts a));";
    let gone = "DROP VIEW {app}amounts; DROP VIEW {app}codes;";
    let workspace = || {
        let behind = format!("{views} {policy}");
        folder("", [&behind, views], [&format!("DROP POLICY few ON app.things; {gone}"), gone])
    };
    let change = changed(&workspace(), wanted(), ROW).await;
    assert!(!change.is_undecided());
    holds(&change, &["DROP POLICY few ON app.things;\nDROP VIEW app.amounts;"]);
    let without = Entities::of([things().column("code", Text)]);
    let change = generated(&workspace(), without.logical(), "drop_amount").await;
    holds(&change, &["-- atriz: decide \"how does policy few on app.things read where view app.amounts goes?"]);
}
