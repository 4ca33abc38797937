//! What goes with a column that is dropped, and speaks of others too.

use atriz_db::Engine;

use super::sqlite;
use crate::introspect::Table;

/// A CHECK that goes with a column, though it guards others as well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SharedCheck {
    pub(super) name: String,
    /// The other columns.
    pub(super) others: Vec<String>,
}

impl SharedCheck {
    /// What is lost with it.
    pub(super) fn words(&self) -> String {
        format!("CHECK {} goes along, which guards {} too: write what is left of it", self.name, self.others.join(", "))
    }
}

/// The CHECKs of a table that name a column beside others.
pub(super) fn shared_checks(is: &Table, column: &str) -> Vec<SharedCheck> {
    let checks = is.checks.iter().filter(|(_, check)| mentions(&check.expression, column));
    let shared = checks.map(|(name, check)| {
        let others = is.columns.iter().filter(|other| other.name != column && mentions(&check.expression, &other.name));
        SharedCheck { name: name.clone(), others: others.map(|other| other.name.clone()).collect() }
    });
    shared.filter(|check| !check.others.is_empty()).collect()
}

/// Whether a text of SQL names this, by the rules of an engine: to SQLite, whose catalogue keeps what was written, upper
/// and lower case are the same, and comments say nothing.
pub(super) fn says(engine: Engine, text: &str, name: &str) -> bool {
    match engine {
        Engine::Postgres => mentions(text, name),
        Engine::Sqlite => sqlite::mentions(text, name),
    }
}

/// Whether a text of SQL names a column.
pub(super) fn mentions(text: &str, column: &str) -> bool {
    let word = |character: char| character.is_alphanumeric() || character == '_';
    text.match_indices(column).any(|(at, _)| {
        let before = text[..at].chars().next_back().is_some_and(word);
        let after = text[at + column.len()..].chars().next().is_some_and(word);
        !before && !after
    })
}
