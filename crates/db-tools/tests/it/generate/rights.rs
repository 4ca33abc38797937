//! The rights on what is made anew around a change.

use atriz_db::Engine::Postgres;
use atriz_db_tools::generate::Keep;
use atriz_db_tools::logical::Action::NoAction;
use atriz_db_tools::logical::ColumnType::{BigInteger, Integer, Text};
use atriz_testing::{TestFleet, Workspace};

use super::aside::{DOUBLE, ROW, folder, holds, things, undecided};
use super::{Entities, Entity, changed, database, generated, schema, text, tried, tried_on};

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
    for view in ["app.codes", "app.amounts"] {
        let told = format!("view {view} is made anew: rights on it that no migration gave are lost");
        assert!(change.notes.iter().any(|note| note.starts_with(&told)), "{:#?}", change.notes);
        let up =
            change.files.iter().find(|file| file.path.starts_with("postgres") && file.path.contains(".up")).unwrap();
        assert!(up.text.contains(&format!("-- {told}")), "{}", up.text);
    }
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

/// Rights and comments on columns and tables that are made anew or come back, there and on the way back.
#[tokio::test(flavor = "multi_thread")]
async fn columns_and_tables_keep_their_rights_and_comments() {
    let double = format!(
        "GRANT SELECT (double) ON app.things TO PUBLIC; {}
         CREATE INDEX idx_things_double ON app.things (double);
         COMMENT ON INDEX app.idx_things_double IS 'Finds doubles.';
         ALTER TABLE app.things ADD CONSTRAINT ck_things_double CHECK (double > 0);
         COMMENT ON CONSTRAINT ck_things_double ON app.things IS 'More than none.';",
        of_role("verifier", "GRANT UPDATE (double) ON app.things TO %I")
    );
    let amount = "GRANT SELECT (amount) ON app.things TO PUBLIC; CREATE INDEX idx_things_amount ON app.things (amount);
         COMMENT ON INDEX app.idx_things_amount IS 'Finds amounts.';";
    let parts = "CREATE TABLE {app}parts (n {big} NOT NULL, CONSTRAINT pk_parts PRIMARY KEY (n)){strict};";
    let rights = format!(
        "{parts} {} GRANT SELECT (n) ON app.parts TO PUBLIC;",
        of_role("app", "REVOKE DELETE ON app.parts FROM %I")
    );
    let things = || things().column("code", Text);
    let whole = things().column("amount", BigInteger).nullable("double", BigInteger);
    for (workspace, wanted) in [
        (folder(DOUBLE, [&double, ""], [""; 2]), whole),
        (folder("", [amount, ""], [""; 2]), things()),
        (folder("", [&rights, parts], ["DROP TABLE {app}parts;"; 2]), things().column("amount", Integer)),
    ] {
        let before = rights_of_columns(&workspace).await;
        let change = changed(&workspace, Entities::of([wanted]), ROW).await;
        assert!(!change.is_undecided() && change.is_reversible());
        let behind = rights_of_columns(&workspace).await;
        assert!(behind.iter().all(|line| before.contains(line)), "{before:#?} {behind:#?}");
        let stays = |line: &&String| line.starts_with("double");
        assert_eq!(before.iter().filter(stays).count(), behind.iter().filter(stays).count());
    }
}

/// Who may do what with the columns of tables.
async fn rights_of_columns(workspace: &Workspace) -> Vec<String> {
    let test = TestFleet::migrated(Postgres, vec![database(workspace)]).await;
    let columns = schema(&test).await.tables.into_values().flat_map(|table| table.columns);
    columns.flat_map(|one| one.grants.into_iter().map(move |line| format!("{}: {line}", one.name))).collect()
}

/// Parts, which cannot come back, go along.
fn with_secret_parts(behind: &str, twin: &str) -> Workspace {
    let parts = "CREATE TABLE {app}parts (n {big} NOT NULL, CONSTRAINT pk_parts PRIMARY KEY (n)){strict};";
    let secret = format!("{parts} CREATE POLICY few ON app.parts USING (n > 3); {behind}");
    folder(DOUBLE, [&secret, &format!("{parts} {twin}")], [""; 2])
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stays_keeps_its_rights_where_there_is_no_way_back() {
    let workspace = with_secret_parts("GRANT SELECT (double) ON app.things TO PUBLIC;", "");
    let wanted = things().column("code", Text).column("amount", BigInteger).nullable("double", BigInteger);
    let change = generated(&workspace, Entities::of([wanted]).logical(), "drop_parts").await;
    assert!(!change.is_reversible());
    let told = "there is no way back: app.parts has partitions or policies";
    assert!(change.notes.iter().any(|note| note.starts_with(told)), "{:#?}", change.notes);
    assert_eq!(rights_of_columns(&workspace).await, ["double: public SELECT"]);
    // What is lost all the same is told, and nothing written.
    let stores = "CREATE TABLE {app}stores (id {big} NOT NULL, CONSTRAINT pk_stores PRIMARY KEY (id),
            CONSTRAINT fk_stores_things FOREIGN KEY (id) REFERENCES {app}things (id)){strict};";
    let commented = "COMMENT ON CONSTRAINT fk_stores_things ON app.stores IS 'A thing.';";
    let workspace = with_secret_parts(&format!("{stores} {commented}"), stores);
    let named = |name: &str| Entity::bare(name).column("id", Text).key(&["id"]);
    let things = named("things").column("code", Text).column("amount", Integer).nullable("double", BigInteger);
    let wanted = Entities::of([things, named("stores").refers("id", "things", NoAction)]);
    let error = tried(&workspace, wanted.logical(), "drop_parts").await.unwrap_err().to_string();
    assert!(error.contains("foreign key fk_stores_things, comment: before A thing., behind it nothing"), "{error}");
}
