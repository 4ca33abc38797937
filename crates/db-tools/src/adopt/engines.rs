//! Which engines a folder is for.

use std::path::Path;

use atriz_db::Engine;
use atriz_db::migrate::{Body, FolderError, Statement};

use super::files::engines_before;
use crate::layout::SourceFolder;

/// The engines a folder serves, and what says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Served {
    /// The engines.
    pub engines: Vec<Engine>,
    /// What says so, for people.
    pub reason: &'static str,
    /// Whether nothing but the SQL says so.
    pub guessed: bool,
}

/// The engines that `folder` serves: those it was adopted for below `root`, those its names speak of, else the one whose words its SQL uses.
///
/// # Errors
///
/// A folder that is not in order.
pub fn served(folder: &SourceFolder, root: &Path) -> Result<Served, FolderError> {
    let engines = engines_before(root);
    if !engines.is_empty() {
        return Ok(Served { engines, reason: "it was adopted so before", guessed: false });
    }
    let engines = folder.engines();
    if !engines.is_empty() {
        return Ok(Served { engines, reason: "its names say so", guessed: false });
    }
    // Either engine's SQL can be read for the other; only SQLite's way to rebuild a table is refused for PostgreSQL.
    let readable = folder.prepared(Engine::Sqlite)?;
    let sqlite = folder.prepared(Engine::Postgres).is_err()
        || readable.iter().any(|prepared| match &prepared.migration.body {
            Body::Sql { up, .. } => up.statements.iter().any(is_of_sqlite),
            Body::Rust(_) => false,
        });
    Ok(if sqlite {
        Served { engines: vec![Engine::Sqlite], reason: "its SQL uses words of SQLite", guessed: true }
    } else {
        Served { engines: vec![Engine::Postgres], reason: "nothing says otherwise", guessed: true }
    })
}

fn is_of_sqlite(statement: &Statement) -> bool {
    let has = |words: &[&str]| {
        let same = |window: &[String]| window.iter().zip(words).all(|(token, word)| token.eq_ignore_ascii_case(word));
        statement.tokens.windows(words.len()).any(same)
    };
    let last = |word: &str| statement.tokens.last().is_some_and(|token| token.eq_ignore_ascii_case(word));
    statement.word(0) == "pragma"
        || has(&["autoincrement"])
        || has(&["insert", "or"])
        || (statement.word(0) == "create" && (has(&["without", "rowid"]) || last("strict")))
}
