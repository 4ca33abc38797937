//! What is wrong with a folder is found before anything runs.

use atriz_db::Engine;
use atriz_db::migrate::{Folder, FolderError};
use atriz_testing::Workspace;

use crate::support::{THINGS, workspace};

const VERSION: &str = "20260101000900_break_it";

fn read(workspace: &Workspace) -> Result<Folder, FolderError> {
    Folder::read(&workspace.descriptor("core"), Engine::Postgres)
}

/// What reading says of a migration with this way there.
fn read_up(up: &str) -> Result<Folder, FolderError> {
    let workspace = workspace();
    workspace.migration("core", VERSION, up, "SELECT 1;");
    read(&workspace)
}

#[test]
fn twins_and_ways_back_are_demanded() {
    for (direction, engine, missing) in [
        ("up", Engine::Sqlite, "there is only the way back"),
        ("down", Engine::Sqlite, "a migration has a way back"),
        ("down", Engine::Postgres, "a migration has a way back"),
    ] {
        let workspace = workspace();
        workspace.remove(&Workspace::path("core", engine, THINGS, direction));
        let error = read(&workspace).unwrap_err().to_string();
        assert!(error.contains(missing) && error.contains(&format!("{engine}/{THINGS}.{direction}.sql")), "{error}");
    }
    let workspace = workspace();
    for direction in ["up", "down"] {
        workspace.remove(&Workspace::path("core", Engine::Sqlite, THINGS, direction));
    }
    let error = read(&workspace).unwrap_err();
    assert!(matches!(error, FolderError::NoTwin { engine: Engine::Sqlite, .. }), "{error}");
    assert!(error.hint().contains("-- atriz: only postgres"), "{}", error.hint());
}

#[test]
fn two_files_of_one_version_are_refused() {
    let workspace = workspace();
    workspace.migration("core", "20260101000100_create_others", "SELECT 1;", "SELECT 1;");
    let error = read(&workspace).unwrap_err().to_string();
    assert!(error.contains("20260101000100_create_others and 20260101000100_create_things"), "{error}");
}

#[test]
fn odd_names_are_refused_and_other_files_left_alone() {
    for name in ["2026_short.up.sql", "20260101000100create.up.sql", "20260101000100_create.sql", "notes.sql"] {
        let workspace = workspace();
        workspace.file(&format!("migrations/core/postgres/{name}"), "SELECT 1;");
        assert!(matches!(read(&workspace), Err(FolderError::Name { .. })), "{name}");
    }
    let workspace = workspace();
    workspace.file("migrations/core/differences.toml", "").file("migrations/core/postgres/README.md", "");
    assert_eq!(read(&workspace).unwrap().migrations.len(), 3);
}

#[test]
fn an_empty_folder_is_an_error_that_says_why() {
    let error = read(&Workspace::new()).unwrap_err();
    assert!(matches!(error, FolderError::Nothing { .. }) && error.hint().contains("--release"), "{error}");
}

#[test]
fn files_without_a_statement_are_refused() {
    for text in ["", "\u{feff}", "-- nothing yet\n", "/* nothing */ ;;"] {
        assert!(matches!(read_up(text), Err(FolderError::Empty { .. })), "{text:?}");
    }
}

#[test]
fn a_file_that_is_not_utf8_is_refused_with_its_offset() {
    let workspace = workspace();
    workspace.migration("core", VERSION, "SELECT 1;", "SELECT 1;");
    workspace.file(&Workspace::path("core", Engine::Postgres, VERSION, "up"), b"SELECT '\xff';");
    assert!(matches!(read(&workspace), Err(FolderError::Encoding { offset: 8, .. })));
}

#[test]
fn transaction_control_is_refused_with_its_line() {
    for word in
        ["BEGIN", "COMMIT", "ROLLBACK", "END", "START TRANSACTION", "SAVEPOINT a", "PREPARE TRANSACTION 'x'", "abort"]
    {
        let error = read_up(&format!("SELECT 1;\n\n{word};\nSELECT 2;")).unwrap_err();
        assert!(matches!(error, FolderError::TransactionControl { line: 3, .. }), "{word}: {error}");
    }
    let inside = "DO $$ BEGIN PERFORM 1; END $$;\nSELECT 'COMMIT'; -- COMMIT;\n";
    assert!(read_up(inside).is_ok());
}

#[test]
fn psql_commands_and_open_quotes_are_refused() {
    for (text, words) in [
        ("SELECT 1;\n\\i other.sql", "line 2: `\\i other.sql` is a command of psql"),
        ("SELECT 'a", "line 1: a string is not closed"),
        ("SELECT 1; /* b", "a comment is not closed"),
        ("SELECT $$ c", "a string is not closed"),
    ] {
        let error = read_up(text).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
}

#[test]
fn a_nul_byte_is_refused_with_its_line() {
    for engine in Engine::ALL {
        let workspace = workspace();
        workspace.migration("core", VERSION, "SELECT 1;", "SELECT 1;");
        workspace.file(&Workspace::path("core", engine, VERSION, "up"), b"SELECT 1;\nSELECT '\0';");
        let error = Folder::read(&workspace.descriptor("core"), engine).unwrap_err();
        assert!(matches!(error, FolderError::Nul { line: 2, .. }), "{error}");
    }
}

#[test]
fn a_version_is_a_moment() {
    for version in ["20260230000000_in_february", "20260101250000_at_25", "00000000000000_never"] {
        let workspace = workspace();
        workspace.migration("core", version, "SELECT 1;", "SELECT 1;");
        assert!(matches!(read(&workspace), Err(FolderError::Name { .. })), "{version}");
    }
}

#[test]
fn a_concurrent_index_has_a_name() {
    let error = read_up("SELECT 1;\nCREATE UNIQUE INDEX CONCURRENTLY ON app.things (amount);").unwrap_err();
    assert!(matches!(error, FolderError::Unnamed { line: 2, .. }), "{error}");
}

#[test]
fn directives_are_checked() {
    for text in
        ["-- atriz: no-transactoin\nSELECT 1;", "-- atriz: only postgres\nSELECT 1;", "-- atriz: irreversible\n"]
    {
        assert!(matches!(read_up(text), Err(FolderError::Directive { .. })), "{text}");
    }
    let twin = read_up("-- atriz: only sqlite \"FTS5\"\nSELECT 1;");
    assert!(matches!(twin, Err(FolderError::NotEmpty { .. })), "{twin:?}");
    assert!(read_up("-- atriz: only sqlite \"FTS5\"\n").is_ok());
}

#[test]
fn sqlite_knows_no_comment_in_a_comment() {
    let workspace = workspace();
    let text = "SELECT 1;\n/* see /* the old note */\nCREATE TABLE q (i int);\n/* new */ -- */\nSELECT 2;";
    workspace.migration("core", VERSION, text, "SELECT 1;");
    assert!(read(&workspace).is_ok());
    let error = Folder::read(&workspace.descriptor("core"), Engine::Sqlite).unwrap_err();
    assert!(error.to_string().contains("line 2: a comment holds the beginning of another"), "{error}");
    assert!(!error.hint().is_empty());
    workspace.migration("core", VERSION, "SELECT '/* /* */'; -- /* /*\nSELECT 1; /* one */ /* two */", "SELECT 1;");
    assert!(Folder::read(&workspace.descriptor("core"), Engine::Sqlite).is_ok());
}
