//! The rules: what each catches, how bad it is, and the safe way.

mod folder;
mod postgres;
mod sqlite;

use atriz_db::Engine;
use serde::Serialize;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Worth knowing.
    Info,
    /// Worth changing, or a reason.
    Warning,
    /// Must not be released so.
    Error,
}

/// When a rule holds its tongue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Never: it is about the file or the statement itself.
    Always,
    /// About an object that the same batch made, which nobody uses yet.
    Existing,
    /// As [`Scope::Existing`], and in a way back: there the app of the release before comes along with it, and `db rollback`
    /// asks before rows are lost.
    Clients,
}

/// A rule.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// How findings and ignores call it.
    pub name: &'static str,
    /// How bad it is.
    pub level: Level,
    /// The one engine it is about; none for both.
    pub engine: Option<Engine>,
    /// When it is silent.
    pub scope: Scope,
    /// What it catches.
    pub catches: &'static str,
    /// The safe way.
    pub safe: &'static str,
}

/// All rules: of folders and files, of PostgreSQL, of SQLite.
pub static RULES: [&[Rule]; 3] = [&folder::RULES, &postgres::RULES, &sqlite::RULES];

/// The rule of this name.
pub fn rule(name: &str) -> Option<&'static Rule> {
    RULES.iter().flat_map(|rules| rules.iter()).find(|rule| rule.name == name)
}

/// A rule of ours, by the name that stands in the code.
pub(super) fn known(name: &str) -> &'static Rule {
    rule(name).unwrap_or(&folder::RULES[0])
}

impl Level {
    /// The word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A row of a table of rules.
const fn row(
    engine: Option<Engine>,
    scope: Scope,
    level: Level,
    name: &'static str,
    catches: &'static str,
    safe: &'static str,
) -> Rule {
    Rule { name, level, engine, scope, catches, safe }
}
