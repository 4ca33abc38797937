//! What a file's statements may be, and how they run.

use std::collections::BTreeSet;

use super::directive::Directives;
use super::folder::Mode;
use super::folder_error::FolderError;
use super::piece::Piece;
use super::split::{Statement, identifier};
use crate::Engine;

pub(super) fn check_content(
    path: &str,
    directives: &Directives,
    statements: &[Piece<'_>],
    engine: Engine,
) -> Result<(), FolderError> {
    let path = path.to_owned();
    match &directives.only {
        Some((only, _)) if *only != engine && !statements.is_empty() => return Err(FolderError::NotEmpty { path }),
        Some((only, _)) if *only != engine => {}
        _ if statements.is_empty() && directives.irreversible.is_none() => return Err(FolderError::Empty { path }),
        _ => {}
    }
    check_transaction_control(&path, statements)?;
    match engine {
        Engine::Postgres => check_postgres(path, statements),
        Engine::Sqlite => check_sqlite(path, directives, statements),
    }
}

/// What no migration may hold, whatever the layout of its folder.
pub(super) fn check_transaction_control(path: &str, statements: &[Piece<'_>]) -> Result<(), FolderError> {
    let Some(statement) = statements.iter().find(|statement| controls_transaction(&statement.tokens)) else {
        return Ok(());
    };
    let (path, word) = (path.to_owned(), statement.word(0).to_uppercase());
    Err(FolderError::TransactionControl { path, line: statement.line, word })
}

fn check_postgres(path: String, statements: &[Piece<'_>]) -> Result<(), FolderError> {
    let unnamed = |statement: &&Piece<'_>| {
        let at = if statement.word(1) == "unique" { 2 } else { 1 };
        let words = [at, at + 1, at + 2].map(|at| statement.word(at));
        statement.word(0) == "create"
            && words.iter().zip(["index", "concurrently", "on"]).all(|(word, known)| *word == known)
    };
    match statements.iter().find(unnamed) {
        Some(statement) => Err(FolderError::Unnamed { path, line: statement.line }),
        None => Ok(()),
    }
}

/// Foreign keys are the runner's to switch: inside a transaction SQLite ignores the pragma in silence, and a table that is
/// dropped with them on deletes or refuses the rows that refer to it.
fn check_sqlite(path: String, directives: &Directives, statements: &[Piece<'_>]) -> Result<(), FolderError> {
    let switch = |statement: &&Piece<'_>| {
        statement.word(0) == "pragma" && ["foreign_keys", "legacy_alter_table"].contains(&statement.word(1).as_str())
    };
    if let Some(statement) = statements.iter().find(switch) {
        return Err(FolderError::Pragma { path, line: statement.line, pragma: statement.word(1).to_string() });
    }
    if directives.rebuild {
        return Ok(());
    }
    let renamed: BTreeSet<String> = statements.iter().filter_map(renamed_to).collect();
    for statement in statements {
        let at = if statement.word(2) == "if" { 4 } else { 2 };
        let dropped = statement.tokens.get(at).map(|token| identifier(token));
        if let (true, Some(table)) = (is_drop_table(statement), dropped.filter(|table| renamed.contains(table))) {
            return Err(FolderError::Rebuild { path, line: statement.line, table });
        }
    }
    Ok(())
}

fn is_drop_table(statement: &Piece<'_>) -> bool {
    statement.word(0) == "drop" && statement.word(1) == "table"
}

/// The new name of `ALTER TABLE a RENAME TO b`.
fn renamed_to(statement: &Piece<'_>) -> Option<String> {
    let renames = statement.word(0) == "alter" && statement.word(1) == "table";
    let at = statement
        .tokens
        .windows(2)
        .position(|pair| pair[0].eq_ignore_ascii_case("rename") && pair[1].eq_ignore_ascii_case("to"));
    at.filter(|_| renames).and_then(|at| statement.tokens.get(at + 2)).map(|token| identifier(token))
}

/// The runner owns transactions: a COMMIT in a file would silently end the one that holds the history row.
pub(crate) fn is_transaction_control(statement: &Statement) -> bool {
    controls_transaction(&statement.tokens)
}

/// As [`is_transaction_control`], of a statement's tokens.
pub(super) fn controls_transaction<T: AsRef<str>>(tokens: &[T]) -> bool {
    let begins = ["begin", "commit", "rollback", "end", "abort", "savepoint", "release"];
    let of_two = ["start", "prepare"].iter().any(|word| is(tokens, 0, word)) && is(tokens, 1, "transaction");
    of_two || begins.iter().any(|word| is(tokens, 0, word))
}

/// How a file runs that says this of itself and holds these statements, of each its tokens.
pub(super) fn mode_of<'a, T: AsRef<str> + 'a>(
    directives: &Directives,
    mut statements: impl Iterator<Item = &'a [T]>,
    engine: Engine,
) -> Mode {
    if directives.no_transaction || statements.any(|tokens| tokens_run_alone(tokens, engine)) {
        Mode::Alone
    } else if directives.rebuild && engine == Engine::Sqlite {
        Mode::Rebuild
    } else {
        Mode::Transaction
    }
}

/// Statements that the engine refuses inside a transaction.
pub(crate) fn runs_alone(statement: &Statement, engine: Engine) -> bool {
    tokens_run_alone(&statement.tokens, engine)
}

fn tokens_run_alone<T: AsRef<str>>(tokens: &[T], engine: Engine) -> bool {
    let first = |words: &[&str]| words.iter().any(|word| is(tokens, 0, word));
    let second = |words: &[&str]| words.iter().any(|word| is(tokens, 1, word));
    if first(&["vacuum"]) {
        return true;
    }
    match engine {
        Engine::Sqlite => first(&["pragma"]) && second(&["journal_mode"]),
        Engine::Postgres if first(&["create", "drop"]) && second(&["database", "tablespace"]) => true,
        Engine::Postgres if first(&["create", "drop", "reindex", "alter"]) && !second(&["function", "procedure"]) => {
            second(&["system"]) || concurrently_before_parenthesis(tokens)
        }
        Engine::Postgres => false,
    }
}

/// `CONCURRENTLY` as a keyword of the statement itself, not as a name in its body.
fn concurrently_before_parenthesis<T: AsRef<str>>(tokens: &[T]) -> bool {
    let mut head = tokens.iter().map(AsRef::as_ref).take_while(|token| *token != "(");
    head.any(|token| token.eq_ignore_ascii_case("concurrently")) && !is(tokens, 1, "materialized")
}

fn is<T: AsRef<str>>(tokens: &[T], at: usize, word: &str) -> bool {
    tokens.get(at).is_some_and(|token| token.as_ref().eq_ignore_ascii_case(word))
}
