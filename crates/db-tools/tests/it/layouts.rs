//! Each layout is recognised and read; odd folders are refused.

use std::fmt::Write as _;

use atriz_db::Engine;
use atriz_db::migrate::{Body, FolderError, Migration, MigrationSource as _, Script};
use atriz_db_tools::layout::{LayoutError, SourceFolder};
use atriz_testing::Workspace;

use super::folders::{LAYOUTS, folder, write};

/// What a folder says for one engine, one line for each statement.
fn told(folder: &SourceFolder, engine: Engine) -> String {
    let mut told = format!("{engine}, as {}\n", folder.layout().name());
    for prepared in folder.prepared(engine).unwrap() {
        let Migration { version, body } = &prepared.migration;
        writeln!(told, "{version}").unwrap();
        let Body::Sql { up, down } = body else { panic!("it is SQL") };
        tell(&mut told, "up", up);
        tell(&mut told, "down", down);
        for note in &prepared.notes {
            writeln!(told, "  note: {}", note.rsplit('/').next().unwrap()).unwrap();
        }
    }
    told
}

fn tell(told: &mut String, way: &str, script: &Script) {
    let file = script.path.rsplit("theirs/").next().unwrap();
    writeln!(told, "  {way}: {file}, {}", script.mode.words()).unwrap();
    if let Some(reason) = &script.directives.irreversible {
        writeln!(told, "    irreversible: {reason}").unwrap();
    }
    for statement in &script.statements {
        writeln!(told, "    {:>2} {}", statement.line, statement.excerpt()).unwrap();
    }
}

#[test]
fn each_layout_recognises_itself_and_is_read() {
    for layout in LAYOUTS {
        let workspace = Workspace::new();
        let folder = SourceFolder::open(&write(&workspace, layout), None).unwrap();
        assert_eq!(folder.layout().name(), layout);
        let told = Engine::ALL.map(|engine| told(&folder, engine)).concat();
        insta::assert_snapshot!(layout, told);
    }
}

#[test]
fn engines_may_have_folders_of_their_own() {
    for (layout, folders) in
        [("up-down", ["pg", "sqlite3"]), ("goose", ["postgres", "mysql"]), ("diesel", ["postgresql", "sqlite"])]
    {
        let workspace = Workspace::new();
        for folder in folders {
            let inner = Workspace::new();
            let from = write(&inner, layout);
            std::fs::create_dir_all(workspace.root().join("theirs")).unwrap();
            std::fs::rename(from, workspace.root().join("theirs").join(folder)).unwrap();
        }
        let folder = SourceFolder::open(&folder(&workspace), None).unwrap();
        assert_eq!(folder.layout().name(), layout);
        let both = folders[1] != "mysql";
        assert_eq!(folder.engines().len(), if both { 2 } else { 1 }, "{layout}");
        assert_eq!(folder.prepared(Engine::Postgres).unwrap().len(), 3);
        assert_eq!(folder.prepared(Engine::Sqlite).unwrap().len(), if both { 3 } else { 0 });
    }
}

#[test]
fn our_own_layout_is_one_too() {
    let workspace = Workspace::new();
    workspace.migration("core", "20260101000000_create", "CREATE TABLE t (a integer);", "DROP TABLE t;");
    let root = workspace.root().join("migrations/core");
    let folder = SourceFolder::open(&root, None).unwrap();
    assert_eq!(folder.layout().name(), "atriz");
    assert_eq!(folder.migrations(Engine::Sqlite).unwrap().len(), 1);
    workspace.remove("migrations/core/sqlite/20260101000000_create.down.sql");
    let error = SourceFolder::open(&root, None).unwrap().migrations(Engine::Postgres).unwrap_err();
    assert!(matches!(error, FolderError::NoDown { .. }), "{error}");
}

fn open(files: &[(&str, &str)]) -> Result<SourceFolder, LayoutError> {
    let workspace = Workspace::new();
    std::fs::create_dir_all(folder(&workspace)).unwrap();
    for (path, text) in files {
        workspace.file(&format!("theirs/{path}"), text);
    }
    let opened = SourceFolder::open(&folder(&workspace), None)?;
    // Read while the files are there.
    let _ = opened.prepared(Engine::Postgres);
    Ok(opened)
}

/// Message and hint of a folder that is refused, without its path.
fn refused(files: &[(&str, &str)]) -> String {
    let (message, hint) = match open(files) {
        Err(error) => (error.to_string(), error.hint()),
        Ok(folder) => {
            let error = folder.prepared(Engine::Postgres).unwrap_err();
            (error.to_string(), error.hint())
        }
    };
    let start = message.find("/tmp").map(|from| {
        let to = message[from..].find("theirs").map_or(message.len(), |at| from + at);
        message[from..to].to_owned()
    });
    let message = start.map_or(message.clone(), |path| message.replace(&path, ""));
    format!("{message}\n  {}\n", hint.lines().next().unwrap_or_default())
}

#[test]
fn odd_folders_are_refused() {
    let up = "SELECT 1;";
    let cases: &[(&str, &[(&str, &str)])] = &[
        ("nothing", &[]),
        ("notes alone", &[("README.md", "x")]),
        ("no number", &[("create.sql", up)]),
        ("two layouts", &[("1_a.up.sql", up), ("V1__a.sql", up)]),
        ("two marks", &[("1_a.sql", "-- +goose Up\nSELECT 1;"), ("2_b.sql", "-- migrate:up\nSELECT 1;")]),
        ("pairs and plain", &[("1_a.up.sql", up), ("2_b.sql", up)]),
        ("an odd file", &[("1_a.up.sql", up), ("seed.sql", up)]),
        ("a file without mark", &[("1_a.sql", "-- +goose Up\nSELECT 1;"), ("2_b.sql", up)]),
        ("statements in front", &[("1_a.sql", "SELECT 0;\n-- migrate:up\nSELECT 1;")]),
        ("a way back alone", &[("1_a.up.sql", up), ("2_b.down.sql", up)]),
        ("an undo alone", &[("V1__a.sql", up), ("U2__b.sql", up)]),
        ("a repeatable", &[("V1__a.sql", up), ("R__views.sql", up)]),
        ("a baseline", &[("V2__a.sql", up), ("B1__all.sql", up)]),
        ("a placeholder", &[("V1__a.sql", "CREATE SCHEMA ${schema};")]),
        ("a callback", &[("V1__a.sql", up), ("afterMigrate.sql", up)]),
        ("a program", &[("00001_a.sql", "-- +goose Up\nSELECT 1;"), ("00002_b.go", "package migrations")]),
        ("variables", &[("1_a.sql", "-- +goose ENVSUB ON\n-- +goose Up\nSELECT '$X';")]),
        ("an odd file of diesel", &[("1_a/up.sql", up), ("1_a/extra.sql", up)]),
        ("a transaction in the middle", &[("1_a.up.sql", "SELECT 1;\nBEGIN;\nSELECT 2;\nCOMMIT;")]),
        ("two transactions", &[("1_a.up.sql", "BEGIN; SELECT 1; COMMIT;\nBEGIN; SELECT 2; COMMIT;")]),
        ("an open quote", &[("1_a.up.sql", "SELECT 'a;")]),
    ];
    let told: Vec<_> = cases.iter().map(|(name, files)| format!("{name}: {}", refused(files))).collect();
    insta::assert_snapshot!(told.concat());
}

#[test]
fn one_version_twice_is_refused() {
    let workspace = Workspace::new();
    workspace.file("theirs/1_a.up.sql", "SELECT 1;").file("theirs/01_b.up.sql", "SELECT 1;");
    let source = SourceFolder::open(&folder(&workspace), None).unwrap();
    let database = atriz_db::Descriptor::new("x", "x", "").source(std::sync::Arc::new(source));
    let error = atriz_db::migrate::Folder::read(&database, Engine::Sqlite).unwrap_err();
    assert!(matches!(error, FolderError::Duplicate { .. }), "{error}");
}

#[test]
fn a_name_on_the_command_line_decides() {
    let workspace = Workspace::new();
    let path = write(&workspace, "simple");
    let error = SourceFolder::open(&path, Some("goos")).unwrap_err();
    assert!(error.hint().contains("goose"), "{}", error.hint());
    let forced = SourceFolder::open(&path, Some("dbmate")).unwrap();
    assert!(forced.prepared(Engine::Sqlite).unwrap_err().to_string().contains("no mark of the way there"));
}

#[test]
fn empty_ways_are_no_ways() {
    let workspace = Workspace::new();
    workspace.file("theirs/1_a.sql", "-- migrate:up\nSELECT 1;\n-- migrate:down\n-- nothing yet\n");
    workspace.file("theirs/2_b.sql", "-- migrate:up\n-- superseded\n-- migrate:down\n");
    let folder = SourceFolder::open(&folder(&workspace), None).unwrap();
    let prepared = folder.prepared(Engine::Sqlite).unwrap();
    assert_eq!(prepared[0].down.irreversible.as_deref(), Some("its way back is empty"));
    assert_eq!(prepared[1].down.irreversible, None);
}
