//! What a file's statements may be, and how they run.

use std::collections::BTreeSet;

use super::directive::Directives;
use super::folder::Mode;
use super::folder_error::FolderError;
use super::split::{Statement, identifier};
use crate::Engine;

pub(super) fn check_content(
    path: &str,
    directives: &Directives,
    statements: &[Statement],
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
pub(super) fn check_transaction_control(path: &str, statements: &[Statement]) -> Result<(), FolderError> {
    let Some(statement) = statements.iter().find(|statement| is_transaction_control(statement)) else { return Ok(()) };
    let (path, word) = (path.to_owned(), statement.word(0).to_uppercase());
    Err(FolderError::TransactionControl { path, line: statement.line, word })
}

fn check_postgres(path: String, statements: &[Statement]) -> Result<(), FolderError> {
    let unnamed = |statement: &&Statement| {
        let at = if statement.word(1) == "unique" { 2 } else { 1 };
        let words = [at, at + 1, at + 2].map(|at| statement.word(at));
        statement.word(0) == "create" && words == ["index", "concurrently", "on"]
    };
    match statements.iter().find(unnamed) {
        Some(statement) => Err(FolderError::Unnamed { path, line: statement.line }),
        None => Ok(()),
    }
}

/// Foreign keys are the runner's to switch: inside a transaction SQLite ignores the pragma in silence, and a table that is
/// dropped with them on deletes or refuses the rows that refer to it.
fn check_sqlite(path: String, directives: &Directives, statements: &[Statement]) -> Result<(), FolderError> {
    let switch = |statement: &&Statement| {
        statement.word(0) == "pragma" && ["foreign_keys", "legacy_alter_table"].contains(&statement.word(1).as_str())
    };
    if let Some(statement) = statements.iter().find(switch) {
        return Err(FolderError::Pragma { path, line: statement.line, pragma: statement.word(1) });
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

fn is_drop_table(statement: &Statement) -> bool {
    statement.word(0) == "drop" && statement.word(1) == "table"
}

/// The new name of `ALTER TABLE a RENAME TO b`.
fn renamed_to(statement: &Statement) -> Option<String> {
    let renames = statement.word(0) == "alter" && statement.word(1) == "table";
    let at = statement
        .tokens
        .windows(2)
        .position(|pair| pair[0].eq_ignore_ascii_case("rename") && pair[1].eq_ignore_ascii_case("to"));
    at.filter(|_| renames).and_then(|at| statement.tokens.get(at + 2)).map(|token| identifier(token))
}

/// The runner owns transactions: a COMMIT in a file would silently end the one that holds the history row.
pub(crate) fn is_transaction_control(statement: &Statement) -> bool {
    match statement.word(0).as_str() {
        "begin" | "commit" | "rollback" | "end" | "abort" | "savepoint" | "release" => true,
        "start" | "prepare" => statement.word(1) == "transaction",
        _ => false,
    }
}

pub(super) fn mode_of(directives: &Directives, statements: &[Statement], engine: Engine) -> Mode {
    if directives.no_transaction || statements.iter().any(|statement| runs_alone(statement, engine)) {
        Mode::Alone
    } else if directives.rebuild && engine == Engine::Sqlite {
        Mode::Rebuild
    } else {
        Mode::Transaction
    }
}

/// Statements that the engine refuses inside a transaction.
pub(crate) fn runs_alone(statement: &Statement, engine: Engine) -> bool {
    let (first, second) = (statement.word(0), statement.word(1));
    match engine {
        Engine::Sqlite => first == "vacuum" || (first == "pragma" && second == "journal_mode"),
        Engine::Postgres => match first.as_str() {
            "vacuum" => true,
            "create" | "drop" if matches!(second.as_str(), "database" | "tablespace") => true,
            "create" | "drop" | "reindex" | "alter" if second != "function" && second != "procedure" => {
                second == "system" || concurrently_before_parenthesis(statement)
            }
            _ => false,
        },
    }
}

/// `CONCURRENTLY` as a keyword of the statement itself, not as a name in its body.
fn concurrently_before_parenthesis(statement: &Statement) -> bool {
    let head = statement.tokens.iter().take_while(|token| *token != "(");
    head.clone().any(|token| token.eq_ignore_ascii_case("concurrently")) && statement.word(1) != "materialized"
}
