//! Histories of other tools taken over on real databases, after which nothing runs twice; folders that become ours.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use atriz_db::migrate::{Folder, Limit};
use atriz_db::{
    AdoptReport, Catalog, Consent, Descriptor, Engine, Environment, Error, FileSet, MigrateReport, MigrateRequest,
};
use atriz_db_tools::adopt::{self, AdoptError, Known};
use atriz_db_tools::layout::{LAYOUTS as KNOWN_LAYOUTS, SourceFolder};
use atriz_testing::{TestFleet, Workspace, both_engines, execute, number, texts};

use super::folders::{LAYOUTS, add, folder, write};
use super::histories::{self, HISTORIES, History};

/// What the first two migrations of every folder make.
const APPLIED: &str = "CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL); \
    CREATE INDEX users_name ON users (name); CREATE INDEX users_id ON users (id, name)";

fn source(workspace: &Workspace) -> Arc<SourceFolder> {
    Arc::new(SourceFolder::open(&folder(workspace), None).unwrap())
}

/// A database that a tool has worked on.
async fn left_by(engine: Engine, sql: &str, database: Descriptor) -> TestFleet {
    let test = TestFleet::created(engine, vec![database]).await;
    let session = test.session("shop").await;
    execute(&session.connection, APPLIED).await.unwrap();
    execute(&session.connection, sql).await.unwrap();
    session.close().await;
    test
}

fn spelt_as_they_are(source: &SourceFolder, engine: Engine) -> Vec<Known> {
    let versions = source.prepared(engine).unwrap().iter().map(|prepared| prepared.found.version.clone());
    versions.map(|version| Known { becomes: version.clone(), version }).collect()
}

async fn take_over(test: &TestFleet, source: &SourceFolder, known: Vec<Known>) -> Result<AdoptReport, Error> {
    let consent = Consent { yes: true, ..Consent::default() };
    take_over_with(test, source, known, &consent).await
}

async fn take_over_with(
    test: &TestFleet,
    source: &SourceFolder,
    known: Vec<Known>,
    consent: &Consent,
) -> Result<AdoptReport, Error> {
    let label = folder_label(source);
    let reader = adopt::reader(&label, source.layout().name(), known);
    let found = test.fleet.foreign_history("shop", reader.as_ref(), &test.context).await?;
    test.fleet.adopt("shop", &found, reader.as_ref(), consent, &test.context).await
}

fn folder_label(source: &SourceFolder) -> String {
    use atriz_db::migrate::MigrationSource as _;
    source.label().to_owned()
}

async fn migrate(test: &TestFleet) -> Vec<MigrateReport> {
    let request = MigrateRequest { plan: test.plan(), limit: Limit::All };
    let reports = test.fleet.migrate_each(&request, false, &test.context).await.unwrap();
    assert!(reports[0].is_done(), "{reports:#?}");
    reports
}

/// Reads the folder anew, at the same database.
fn reread(test: &mut TestFleet, mut database: Descriptor) {
    database.default_database.clone_from(&test.fleet.catalog.get("shop").unwrap().default_database);
    test.fleet.catalog = Catalog::new(vec![database]).unwrap();
}

both_engines! {
    async fn every_history_is_taken_over_and_nothing_runs_twice(engine) {
        for history in HISTORIES {
            let Some(sql) = history.sql(engine) else { continue };
            history_alone(engine, &history, &sql).await;
        }
    }

    async fn a_folder_becomes_ours_with_its_history(engine) {
        for tool in ["golang-migrate", "sqlx", "goose", "flyway"] {
            whole(engine, &histories::of(tool)).await;
        }
    }

    async fn half_done_and_unknown_histories_are_refused(engine) {
        let cases = [
            ("golang-migrate", "INSERT INTO schema_migrations VALUES (9, true)", "says that `9` failed"),
            ("golang-migrate", "INSERT INTO schema_migrations VALUES (12, false)", "`12` is applied, and"),
            ("sqlx", "INSERT INTO _sqlx_migrations VALUES (20240101000000, 'users', '2024-01-01', false, '', 1)", "failed"),
            ("sql-migrate", "INSERT INTO gorp_migrations VALUES ('2_other.sql', NULL)", "`2_other` is applied, and"),
            ("flyway", "INSERT INTO flyway_schema_history VALUES \
                (1, '1', 'users', 'SQL', 'V1__users.sql', 1, 'me', '2024-01-01', 1, false)", "failed"),
        ];
        for (tool, rows, says) in cases {
            let history = histories::of(tool);
            let workspace = Workspace::new();
            write(&workspace, history.layout);
            let source = source(&workspace);
            let database = Descriptor::new("shop", "shop", "").source(Arc::clone(&source) as Arc<_>);
            let test = left_by(engine, &history.with_rows(engine, rows), database).await;
            let error = take_over(&test, &source, spelt_as_they_are(&source, engine)).await.unwrap_err();
            assert!(error.to_string().contains(says), "{tool}: {error}");
            let session = test.session("shop").await;
            assert_eq!(tracking_tables(engine, &session.connection).await, 0, "{tool}");
            session.close().await;
        }
    }

    async fn the_layout_decides_between_two_histories(engine) {
        let workspace = Workspace::new();
        write(&workspace, "goose");
        let source = source(&workspace);
        let database = Descriptor::new("shop", "shop", "").source(Arc::clone(&source) as Arc<_>);
        let (goose, sqlx) = (histories::of("goose"), histories::of("sqlx"));
        let both = format!("{}; {}", goose.sql(engine).unwrap(), sqlx.sql(engine).unwrap());
        let test = left_by(engine, &both, database).await;
        let reader = adopt::reader("x", "up-down", spelt_as_they_are(&source, engine));
        // The folder would be golang-migrate's or sqlx's, and of the two sqlx is there.
        let error = test.fleet.foreign_history("shop", reader.as_ref(), &test.context).await.unwrap_err();
        assert!(error.to_string().contains("_sqlx_migrations says"), "{error}");
        let reader = adopt::reader("x", "diesel", spelt_as_they_are(&source, engine));
        let error = test.fleet.foreign_history("shop", reader.as_ref(), &test.context).await.unwrap_err();
        assert!(error.to_string().contains("several tools"), "{error}");
        let report = take_over(&test, &source, spelt_as_they_are(&source, engine)).await.unwrap();
        assert_eq!((report.adoption.tool.as_str(), report.adoption.versions.len()), ("goose", 2));
    }

    async fn nobody_takes_over_twice_or_without_a_word(engine) {
        let workspace = Workspace::new();
        write(&workspace, "dbmate");
        let source = source(&workspace);
        let database = Descriptor::new("shop", "shop", "").source(Arc::clone(&source) as Arc<_>);
        let mut test = left_by(engine, &histories::of("dbmate").sql(engine).unwrap(), database).await;
        let known = spelt_as_they_are(&source, engine);
        let error = take_over_with(&test, &source, known.clone(), &Consent::default()).await.unwrap_err();
        assert!(error.to_string().contains("nobody agreed"), "{error}");
        test.fleet.configuration.environment = Environment::Production;
        let error = take_over(&test, &source, known.clone()).await.unwrap_err();
        assert_eq!(error.hint(), "say `--confirm shop`");
        test.fleet.configuration.environment = Environment::Test;
        take_over(&test, &source, known.clone()).await.unwrap();
        let error = take_over(&test, &source, known).await.unwrap_err();
        assert!(error.to_string().ends_with("is Atriz's already"), "{error}");
    }

    async fn a_database_without_a_history_has_nothing_to_take_over(engine) {
        let workspace = Workspace::new();
        write(&workspace, "dbmate");
        let source = source(&workspace);
        let database = Descriptor::new("shop", "shop", "").source(Arc::clone(&source) as Arc<_>);
        let test = left_by(engine, "SELECT 1", database).await;
        let error = take_over(&test, &source, spelt_as_they_are(&source, engine)).await.unwrap_err();
        assert!(error.hint().contains("__diesel_schema_migrations"), "{}", error.hint());
    }
}

async fn tracking_tables(engine: Engine, connection: &impl sea_orm::ConnectionTrait) -> i64 {
    let catalogue = match engine {
        Engine::Postgres => "pg_catalog.pg_tables WHERE tablename",
        Engine::Sqlite => "sqlite_schema WHERE name",
    };
    number(connection, &format!("SELECT count(*) FROM {catalogue} IN ('seaql_migrations', 'migration_history')")).await
}

/// Takes over in the tool's own versions, as `--source` goes on with.
async fn history_alone(engine: Engine, history: &History, sql: &str) {
    let workspace = Workspace::new();
    write(&workspace, history.layout);
    let folder = source(&workspace);
    let database = Descriptor::new("shop", "shop", "").source(Arc::clone(&folder) as Arc<_>);
    let mut test = left_by(engine, sql, database).await;
    let session = test.session("shop").await;
    let count = format!("SELECT count(*) FROM {}", history.table);
    let rows = number(&session.connection, &count).await;
    let report = take_over(&test, &folder, spelt_as_they_are(&folder, engine)).await.unwrap();
    assert_eq!((report.adoption.versions.len(), report.pending.len()), (2, 1), "{history:?}: {report:#?}");
    let operators = texts(&session.connection, "SELECT operator FROM migration_history").await;
    let mark = format!(", adopted from {} (", history.tool);
    assert!(operators.len() == 2 && operators.iter().all(|operator| operator.contains(&mark)), "{operators:?}");
    if history.layout != "up-down" && history.layout != "dbmate" {
        let at = number(&session.connection, "SELECT CAST(max(applied_at) AS bigint) FROM seaql_migrations").await;
        assert_eq!(at, 1_704_164_646, "{history:?}");
    }
    assert_eq!(migrate(&test).await[0].applied, report.pending, "{history:?}");
    add(&workspace, history.layout);
    reread(&mut test, Descriptor::new("shop", "shop", "").source(source(&workspace)));
    assert_eq!(migrate(&test).await[0].applied.len(), 1, "{history:?}");
    let status = test.fleet.status(&test.plan(), &test.context).await.unwrap();
    assert!(status[0].is_current() && status[0].applied == 4, "{status:#?}");
    assert_eq!(number(&session.connection, &count).await, rows);
    session.close().await;
}

/// Writes the files, takes over in their versions, and goes on with them; a second time with a new file.
async fn whole(engine: Engine, history: &History) {
    let (workspace, ours) = (Workspace::new(), Workspace::new());
    write(&workspace, history.layout);
    let folder = source(&workspace);
    let root = ours.root().join("migrations/shop");
    let adopted = adopt::plan(&folder, &[engine], &root).unwrap();
    adopted.write().unwrap();
    let database = || Descriptor::new("shop", "shop", "").migrations(FileSet::folder(&root));
    let mut test = left_by(engine, &history.sql(engine).unwrap(), database()).await;
    let report = take_over(&test, &folder, adopted.known.clone()).await.unwrap();
    assert_eq!(report.pending, [adopted.known[2].becomes.clone()]);
    assert_eq!(migrate(&test).await[0].applied, report.pending, "{history:?}");
    assert!(migrate(&test).await[0].applied.is_empty());

    add(&workspace, history.layout);
    let again = adopt::plan(&source(&workspace), &[engine], &root).unwrap();
    assert_eq!(again.known[..3], adopted.known[..], "{history:?}");
    assert_eq!(again.write().unwrap().len(), 4, "both ways of both engines");
    reread(&mut test, database());
    assert_eq!(migrate(&test).await[0].applied, [again.known[3].becomes.clone()], "{history:?}");
}

/// Every file below a folder.
fn dump(root: &Path) -> String {
    let files = FileSet::folder(root);
    let mut dump = String::new();
    for path in files.paths() {
        let text = String::from_utf8(files.read(&path).unwrap().into_owned()).unwrap();
        writeln!(dump, "== {path}\n{}", text.trim_end()).unwrap();
    }
    dump
}

#[test]
fn every_layout_becomes_ours() {
    for layout in LAYOUTS {
        let (workspace, ours) = (Workspace::new(), Workspace::new());
        write(&workspace, layout);
        let root = ours.root().join("shop");
        let folder = source(&workspace);
        let engines = adopt::served(&folder, &root).unwrap().engines;
        adopt::plan(&folder, &engines, &root).unwrap().write().unwrap();
        let database = Descriptor::new("shop", "shop", "").migrations(FileSet::folder(&root));
        for engine in Engine::ALL {
            assert_eq!(Folder::read(&database, engine).unwrap().migrations.len(), 3, "{layout}");
        }
        insta::assert_snapshot!(format!("adopted-{layout}"), dump(&root));
        let again = adopt::plan(&folder, &adopt::served(&folder, &root).unwrap().engines, &root).unwrap();
        assert!(again.write().unwrap().is_empty(), "{layout}");
    }
    assert_eq!(KNOWN_LAYOUTS.len(), LAYOUTS.len() + 1, "a layout has no folder here");
}

#[test]
fn what_was_adopted_is_not_overwritten() {
    let (workspace, ours) = (Workspace::new(), Workspace::new());
    write(&workspace, "up-down");
    let root = ours.root().join("shop");
    adopt::plan(&source(&workspace), &[Engine::Postgres], &root).unwrap().write().unwrap();
    workspace.file("theirs/10_posts.up.sql", "CREATE TABLE other (id integer);");
    let error = adopt::plan(&source(&workspace), &[Engine::Postgres], &root).unwrap_err();
    assert!(matches!(error, AdoptError::Changed { .. }), "{error}");
    write(&workspace, "up-down");
    workspace.file("theirs/5_late.up.sql", "SELECT 1;");
    let late = adopt::plan(&source(&workspace), &[Engine::Postgres], &root).unwrap();
    assert_eq!(late.known[1].becomes, "19700101000005_late");
    let own = Workspace::new();
    own.migration("shop", "20260101000000_create", "SELECT 1;", "SELECT 1;");
    let error = adopt::plan(&source(&workspace), &[Engine::Postgres], &own.root().join("migrations/shop")).unwrap_err();
    assert!(matches!(error, AdoptError::Occupied { .. }), "{error}");
}

#[test]
fn the_words_of_sqlite_are_known() {
    for (sql, engine) in [
        ("CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT);", Engine::Sqlite),
        ("CREATE TABLE t (id INTEGER PRIMARY KEY) STRICT;", Engine::Sqlite),
        ("PRAGMA foreign_keys = OFF;\nBEGIN;\nDROP TABLE t;\nCOMMIT;\nPRAGMA foreign_keys = ON;", Engine::Sqlite),
        ("CREATE TABLE t (id integer GENERATED ALWAYS AS IDENTITY);", Engine::Postgres),
        ("CREATE FUNCTION f(int) RETURNS int LANGUAGE sql STRICT AS 'SELECT 1';", Engine::Postgres),
    ] {
        let workspace = Workspace::new();
        workspace.file("theirs/1_a.up.sql", sql);
        let served = adopt::served(&source(&workspace), Path::new("nowhere")).unwrap();
        assert!(served.guessed && served.engines == [engine], "{sql}");
    }
}
