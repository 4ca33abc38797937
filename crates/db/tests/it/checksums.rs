//! Checksums that are stored in journals: an algorithm that changed them would call every applied migration edited.

use atriz_db::Engine;
use atriz_db::migrate::{ALGORITHM, Folder, split};
use atriz_testing::{TestFleet, Workspace, both_engines, texts};

use crate::support::{NEXT, workspace};

/// The whole file's checksum by `sha256-tokens-1`. These never change: a change of the algorithm takes a new name.
const KNOWN: &[(&str, &str)] = &[
    ("SELECT 1;", "458bfe0b50b8b1cd927c07c744a7b8ccd8d4026ff4d8b6eaf721728f66283090"),
    ("SELECT 1; SELECT 2;", "bf2534956fc9a8ea73df1e703583ac1d502afbd3c0e9af4477f73e5c447daebc"),
    ("SELECT 1 SELECT 2", "2f60d0692f7e15d2a79c10f660f450fd0152113a2a53fddd3b9adead6e28624a"),
    ("select 1", "3aad135963fb784c1f76a9dc894f25283235e8d05c944c4a9189c57b93e124aa"),
    (
        "CREATE TABLE app.things (id uuid NOT NULL, \"Odd; name\" text DEFAULT 'it''s', n numeric(12, 2));",
        "c546e1d29971502a3d67214f6c2800200843ddc4f7e17f4a2f175b994dec7aab",
    ),
    (
        "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS $a$ SELECT 1; -- kept\n$a$;",
        "c018d065bd17aa5cbcfd46459e23e612e55fe176c9b533036443e78c30375ec0",
    ),
    (
        "CREATE FUNCTION g() RETURNS integer BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; END;",
        "7e00d420dcca75a59c58462d23aad3e590b66c10a9692cb579ae8ede2f6c7170",
    ),
    (
        "CREATE TRIGGER t AFTER UPDATE ON x BEGIN UPDATE x SET a = 1; SELECT 2; END;",
        "4e0c5608bf57a3c656ba764f3563541068642659aeee319ba1221b75b80b2a0e",
    ),
    (
        "SELECT '{}'::jsonb ->> 'a', E'\\'', U&'\\0061', x'00', $1, 1.5e-3, a$b, é;",
        "be80731c37f640f4e5e1998808b0e87618a4816f71ede8fdc3fcfeee776736e0",
    ),
];

#[test]
fn stored_checksums_are_what_they_were() {
    assert_eq!(ALGORITHM, "sha256-tokens-1");
    let workspace = Workspace::new();
    for (index, (sql, _)) in KNOWN.iter().enumerate() {
        workspace.migration("core", &format!("2026010100{index:02}00_known"), sql, "SELECT 1;");
    }
    for engine in Engine::ALL {
        let folder = Folder::read(&workspace.descriptor("core"), engine).unwrap();
        let found = folder.migrations.iter().map(|migration| migration.checksum().unwrap().0);
        let found: Vec<_> = KNOWN.iter().map(|(sql, _)| *sql).zip(found).collect();
        assert_eq!(found, KNOWN);
    }
}

#[test]
fn a_statement_has_the_checksum_of_a_file_that_holds_nothing_else() {
    for (sql, checksum) in KNOWN {
        let statements = split(sql).unwrap();
        if let [statement] = statements.as_slice() {
            assert_eq!(statement.checksum(), *checksum);
        }
    }
}

both_engines! {
    async fn the_journal_holds_them(engine) {
        let workspace = workspace();
        let (sql, known) = KNOWN[1];
        workspace.migration("core", NEXT, &sql.replace("; ", ";\r\n-- a comment\n\t"), "SELECT 3;");
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let session = test.session("core").await;
        let lines = format!("SELECT checksum_algorithm || ' ' || checksum FROM migration_history WHERE version = '{NEXT}' ORDER BY id");
        let lines = texts(&session.connection, &lines).await;
        let whole = format!("{ALGORITHM} {known}");
        // One line for each statement, one for the migration.
        assert_eq!(lines.len(), 3, "{lines:?}");
        assert_eq!(lines[0], format!("{ALGORITHM} {}", KNOWN[0].1), "{lines:?}");
        assert_eq!(lines[2], whole, "{lines:?}");
    }
}
