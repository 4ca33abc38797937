//! Files of odd SQL, and the statements that they are split into; those for one engine also run there.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use atriz_db::Engine;
use atriz_db::migrate::split;
use atriz_testing::{TestFleet, both_engines, execute};

use crate::support::workspace;

/// Stands between the texts of one golden file, for those that end in an error.
const ANOTHER: &str = "\n---- another file ----\n";

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/split")
}

/// The golden files by name.
fn golden() -> Vec<(String, String)> {
    let files = fs::read_dir(folder()).unwrap().map(|file| file.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|extension| extension == "sql"));
    let read = |path: PathBuf| {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        (name, fs::read_to_string(path).unwrap())
    };
    let mut files: Vec<_> = files.map(read).collect();
    files.sort();
    files
}

/// What does not show otherwise.
fn visible(text: &str) -> String {
    text.replace('\r', "␍").replace('\u{feff}', "<BOM>").replace('\u{a0}', "<NBSP>")
}

fn described(sql: &str) -> String {
    let mut text = String::new();
    match split(sql) {
        Ok(statements) => {
            for statement in &statements {
                writeln!(text, "line {}: {}", statement.line, visible(&statement.text)).unwrap();
                writeln!(text, "    = {}", visible(&statement.tokens.join(" "))).unwrap();
            }
            writeln!(text, "{} statements", statements.len()).unwrap();
        }
        Err(error) => writeln!(text, "error: {}\nhint: {}", visible(&error.to_string()), error.hint()).unwrap(),
    }
    text
}

#[test]
fn every_file_is_split_as_it_was() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder());
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let files = golden();
    assert!(files.len() >= 12, "{files:?}");
    settings.bind(|| {
        for (name, sql) in files {
            let described: Vec<String> = sql.split(ANOTHER).map(described).collect();
            insta::assert_snapshot!(name, described.join("\n"));
        }
    });
}

both_engines! {
    async fn the_engine_takes_every_piece(engine) {
        let workspace = workspace();
        let test = TestFleet::created(engine, vec![workspace.descriptor("core")]).await;
        let session = test.session("core").await;
        if engine == Engine::Sqlite {
            execute(&session.connection, "CREATE TEMP VIEW v AS SELECT 1 AS begin").await.unwrap();
        }
        let files = golden().into_iter().filter(|(name, _)| name.starts_with(engine.name()));
        for (name, sql) in files {
            // Each file in a transaction of its own, which is not kept: they may use the same names.
            let transaction = session.begin().await.unwrap();
            for statement in split(&sql).unwrap() {
                let done = execute(&transaction, &statement.text).await;
                done.unwrap_or_else(|error| panic!("{name}, line {}: {error}\n{}", statement.line, statement.text));
            }
            transaction.rollback().await.unwrap();
        }
    }
}
