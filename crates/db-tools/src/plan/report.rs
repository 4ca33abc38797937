//! The plan as it is printed: for people by `text`, for machines as JSON.

use atriz_db::{Engine, Error};
use serde::{Serialize, Serializer};

use super::effect::{Blocks, LockLevel, Work};
use super::estimate::Rows;
use super::name::Name;
use super::summary::Summary;

/// Everything that is pending, in the order in which it would run.
#[derive(Debug, Serialize)]
pub struct MigrationPlan {
    /// The databases with pending migrations or without a database yet, in plan order.
    pub databases: Vec<DatabasePlan>,
    /// What it comes to.
    pub summary: Summary,
    /// Why nothing of it would run now: a database that one of these comes after is behind.
    #[serde(serialize_with = "told")]
    pub refused: Option<Error>,
}

/// An error as `{"error": …, "hint": …}`.
#[expect(clippy::ref_option, reason = "serde hands the field itself")]
fn told<S: Serializer>(error: &Option<Error>, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Told {
        error: String,
        hint: String,
    }
    error.as_ref().map(|error| Told { error: error.to_string(), hint: error.hint() }).serialize(serializer)
}

/// What is pending on one database.
#[derive(Clone, Debug, Serialize)]
pub struct DatabasePlan {
    /// The database.
    pub database: String,
    /// Its engine.
    pub engine: Engine,
    /// Where it is.
    pub place: String,
    /// Whether there is such a database; one that is not there has to be made first.
    pub exists: bool,
    /// What makes it, where it is not there.
    pub hint: Option<String>,
    /// Its pending migrations, oldest version first.
    pub migrations: Vec<PlannedMigration>,
}

/// One pending migration.
#[derive(Clone, Debug, Serialize)]
pub struct PlannedMigration {
    /// The version.
    pub version: String,
    /// How its statements are bound together.
    pub grouping: Grouping,
    /// How many of its statements an earlier run has run alone, before it broke off.
    pub ran: usize,
    /// The statements that are left; none for a migration in Rust.
    pub statements: Vec<PlannedStatement>,
}

/// How the statements of a migration are bound together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Grouping {
    /// One transaction: locks are held to its end.
    Transaction,
    /// Each statement alone.
    Alone,
    /// One transaction with foreign keys off around it (SQLite).
    Rebuild,
    /// In Rust: its statements are not known.
    Rust,
}

/// One statement.
#[derive(Clone, Debug, Serialize)]
pub struct PlannedStatement {
    /// Its place in the file, from one.
    pub number: usize,
    /// Its first line in the file, from one.
    pub line: usize,
    /// The statement.
    pub sql: String,
    /// Whether its effect is known here.
    pub known: bool,
    /// The tables that it touches.
    pub tables: Vec<PlannedTable>,
    /// What waits for it. On SQLite that is always whoever writes to the file.
    pub blocks: Blocks,
    /// What waits while it runs, for the locks of statements before it in the same transaction as well.
    pub waiting: Blocks,
    /// The table that it reads from end to end.
    pub scans: Option<Work>,
    /// The table that it writes anew.
    pub rewrites: Option<Work>,
    /// The table whose every row it changes.
    pub changes_every_row: Option<Name>,
    /// What else there is to know.
    pub notes: Vec<String>,
}

/// A table that a statement touches.
#[derive(Clone, Debug, Serialize)]
pub struct PlannedTable {
    /// The table.
    pub table: Name,
    /// Its lock; none on SQLite, and none where the statement makes the table.
    pub lock: Option<LockLevel>,
    /// Whether the same run makes it, so that nobody waits for it.
    pub new: bool,
    /// How many rows it holds by then; nothing where that is not known.
    pub rows: Option<Rows>,
}

impl Grouping {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Transaction => "one transaction",
            Self::Alone => "each statement alone",
            Self::Rebuild => "one transaction, foreign keys off",
            Self::Rust => "in Rust: no statements known",
        }
    }
}

impl PlannedStatement {
    /// The table of this name.
    pub(super) fn table(&self, name: &Name) -> Option<&PlannedTable> {
        self.tables.iter().find(|table| table.table.is(name))
    }

    /// The statement on one line of at most so many characters.
    pub(super) fn excerpt(&self, most: usize) -> String {
        let line = self.sql.split_whitespace().collect::<Vec<_>>().join(" ");
        match line.char_indices().nth(most.saturating_sub(1)) {
            Some((end, _)) if line.chars().count() > most => format!("{}…", line[..end].trim_end()),
            _ => line,
        }
    }
}
