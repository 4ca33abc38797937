//! Why nothing was generated.

use atriz_db::Engine;
use thiserror::Error;

use crate::introspect::IntrospectError;
use crate::scratch::ScratchError;

/// Why nothing was generated. The folder is as it was.
#[derive(Clone, Debug, Error)]
pub enum GenerateError {
    /// The toolkit refused, such as a folder that does not replay.
    #[error(transparent)]
    Database(#[from] atriz_db::Error),
    /// No scratch database.
    #[error(transparent)]
    Scratch(#[from] ScratchError),
    /// A schema cannot be read.
    #[error(transparent)]
    Introspect(#[from] IntrospectError),
    /// The entities cannot be read.
    #[error(transparent)]
    Entities(#[from] crate::logical::LogicalError),
    /// What is declared to differ cannot be read.
    #[error(transparent)]
    Declared(Box<crate::check::CheckError>),
    /// The folder does not replay on a scratch database.
    #[error("the migrations that there are do not run on {}: {reason}", engine.title())]
    Replay {
        /// Where.
        engine: Engine,
        /// File, statement and what the engine says.
        reason: String,
    },
    /// An engine has nothing to hold the values of a column in.
    #[error("{} cannot hold `{table}.{column}`, which the entity says is {kind}", engine.title())]
    Type {
        /// Which engine.
        engine: Engine,
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// The type.
        kind: String,
    },
    /// A default of a time that is computed.
    #[error("`{table}.{column}` takes the time from a default, which SQLite writes in a form that sorts wrongly")]
    TimeDefault {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// A name that PostgreSQL would cut, or none.
    #[error("the name of {kind} `{name}` has {} bytes, and a name has 1 to 63", name.len())]
    Name {
        /// `table` or `column`.
        kind: &'static str,
        /// The table.
        table: String,
        /// The name.
        name: String,
    },
    /// A foreign key to a table that no entity of the database has.
    #[error("the entity of `{table}` refers to `{referenced}`, which is no table of this database")]
    Referenced {
        /// The table.
        table: String,
        /// What it refers to.
        referenced: String,
    },
    /// The text of a SQLite table cannot be taken apart.
    #[error("the statement that made `{table}` on SQLite cannot be taken apart: {reason}")]
    Text {
        /// The table.
        table: String,
        /// What does not fit.
        reason: String,
    },
    /// What was generated does not do what it should. Nothing is written.
    #[error("what was generated for {} does not stand its proof: {reason}{}", engine.title(), list(differences))]
    Unproved {
        /// Where.
        engine: Engine,
        /// What went wrong.
        reason: String,
        /// What differs, one line each.
        differences: Vec<String>,
    },
    /// A file cannot be read or written.
    #[error("`{path}` cannot be written: {reason}")]
    File {
        /// The path.
        path: String,
        /// What the system says.
        reason: String,
    },
}

fn list(differences: &[String]) -> String {
    differences.iter().flat_map(|line| ["\n  ", line]).collect()
}

impl From<crate::check::CheckError> for GenerateError {
    fn from(error: crate::check::CheckError) -> Self {
        Self::Declared(Box::new(error))
    }
}

impl GenerateError {
    pub(super) fn file(path: &std::path::Path, error: &std::io::Error) -> Self {
        Self::File { path: path.display().to_string(), reason: error.to_string() }
    }

    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Database(error) => error.hint(),
            Self::Scratch(error) => error.hint(),
            Self::Introspect(error) => error.hint(),
            Self::Entities(error) => error.hint(),
            Self::Declared(error) => error.hint(),
            Self::Replay { .. } => "correct that file, then generate again".to_owned(),
            Self::Type { table, column, kind, .. } => format!(
                "give `{column}` in the entity of `{table}` a type that both engines hold, such as i64, String or Uuid; or \
                 write the column of type {kind} by hand, on PostgreSQL alone"
            ),
            Self::TimeDefault { column, .. } => {
                format!("take the default of `{column}` away and write the time from the Clock")
            }
            Self::Name { .. } => "give it a shorter name in the entity".to_owned(),
            Self::Referenced { referenced, .. } => {
                format!("add the entity of `{referenced}` to the descriptor, or declare a reference into its database")
            }
            Self::Text { table, .. } => format!("change `{table}` by hand: `cargo xtask db new`"),
            Self::Unproved { .. } => {
                "nothing was written; change by hand what is named (`cargo xtask db new`), then generate the rest"
                    .to_owned()
            }
            Self::File { .. } => "check the folder's rights, or take another name".to_owned(),
        }
    }

    /// Whether it is a fault of ours rather than something the user can mend.
    pub fn is_unexpected(&self) -> bool {
        match self {
            Self::Database(error) => error.is_unexpected(),
            _ => false,
        }
    }
}
