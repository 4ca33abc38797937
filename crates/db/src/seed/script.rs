//! SQL seeds: their text, before a statement of it runs.

use super::SeedError;
use crate::Engine;
use crate::migrate::{Statement, is_transaction_control, split};

/// The statements of a SQL seed. What would end its transaction is refused, and so is PRAGMA, which a transaction does not
/// undo.
pub(super) fn statements(engine: Engine, label: &str, bytes: &[u8]) -> Result<Vec<Statement>, SeedError> {
    let format = |reason: String| SeedError::Format { file: label.to_owned(), reason };
    let text = std::str::from_utf8(bytes).map_err(|_| format("it is not UTF-8".to_owned()))?;
    if let Some(offset) = text.find('\0') {
        let line = 1 + text[..offset].matches('\n').count();
        return Err(format(format!("line {line} holds a NUL byte, which no SQL text can")));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let statements = split(text).map_err(|error| format(error.to_string()))?;
    let is_pragma = |statement: &Statement| engine == Engine::Sqlite && statement.word(0) == "pragma";
    match statements.iter().find(|statement| is_transaction_control(statement) || is_pragma(statement)) {
        Some(statement) => Err(SeedError::TransactionControl {
            file: label.to_owned(),
            line: statement.line,
            word: statement.word(0).to_uppercase(),
        }),
        None => Ok(statements),
    }
}
