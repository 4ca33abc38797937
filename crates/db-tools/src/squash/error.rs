//! Why migrations were not squashed.

use std::io;
use std::path::Path;

use atriz_db::Engine;
use thiserror::Error;

use crate::introspect::{Difference, IntrospectError};
use crate::scratch::ScratchError;
use crate::verify::VerifyError;

/// Why migrations were not squashed. The folder is as it was.
#[derive(Clone, Debug, Error)]
pub enum SquashError {
    /// The toolkit refused.
    #[error(transparent)]
    Database(#[from] atriz_db::Error),
    /// No scratch database.
    #[error(transparent)]
    Scratch(#[from] ScratchError),
    /// A schema cannot be read.
    #[error(transparent)]
    Introspect(#[from] IntrospectError),
    /// The proofs of the checkpoint could not be gone through with.
    #[error(transparent)]
    Verify(Box<VerifyError>),
    /// No such version.
    #[error("{database}: there is no migration `{version}`")]
    NoSuchVersion {
        /// The database.
        database: String,
        /// What was asked for.
        version: String,
        /// The newest there is.
        newest: String,
    },
    /// Nothing to squash.
    #[error("{database}: `{version}` is the first migration, and one migration alone needs no checkpoint")]
    TooFew {
        /// The database.
        database: String,
        /// The version.
        version: String,
    },
    /// The checkpoint would have the name of another one, which databases have run.
    #[error("{database}: `{version}` is a checkpoint itself, and a second one behind it would have the same name")]
    SameName {
        /// The database.
        database: String,
        /// The version.
        version: String,
    },
    /// A migration in Rust.
    #[error("{database}: `{version}` is a migration in Rust, and the data that it computes cannot be squashed")]
    Rust {
        /// The database.
        database: String,
        /// The version.
        version: String,
        /// The version before it, if there is one.
        before: Option<String>,
    },
    /// A statement whose effect is not in the schema.
    #[error("{path}, line {line}: what this does stands in no schema and would be lost: {excerpt}")]
    Outside {
        /// The file.
        path: String,
        /// The line.
        line: usize,
        /// The statement.
        excerpt: String,
        /// The version it is in.
        version: String,
    },
    /// Something of the scratch database that cannot be said in a file.
    #[error("the checkpoint for {engine} cannot be written: {reason}")]
    Unsayable {
        /// The engine.
        engine: Engine,
        /// What it is.
        reason: String,
    },
    /// No `pg_dump`, or one that fails.
    #[error("the schema of PostgreSQL cannot be written down: {reason}")]
    PgDump {
        /// Why.
        reason: String,
        /// The server's major version, as far as it is known.
        major: Option<u32>,
    },
    /// The checkpoint does not do what it should.
    #[error("{engine}: the checkpoint does not stand its proof: {}", told(reason, differences))]
    Unproved {
        /// The engine.
        engine: Engine,
        /// What happened.
        reason: String,
        /// How the schema should be (left) and how it is (right).
        differences: Vec<Difference>,
    },
    /// A configured database stands in the middle.
    #[error("{place} has {applied} of the {count} migrations up to `{version}`, and could never run the rest of them")]
    HalfWay {
        /// The database.
        database: String,
        /// Where it is.
        place: String,
        /// How many it has.
        applied: usize,
        /// How many there are.
        count: usize,
        /// The last one to squash.
        version: String,
    },
    /// A file or folder.
    #[error("{path}: cannot {action}: {reason}")]
    File {
        /// Which.
        path: String,
        /// What was to be done.
        action: &'static str,
        /// What the system says.
        reason: String,
    },
}

fn told(reason: &str, differences: &[Difference]) -> String {
    let lines = differences.iter().take(5).map(|difference| format!("\n  {}", difference.line("should be", "is")));
    let more = if differences.len() > 5 { format!("\n  and {} more", differences.len() - 5) } else { String::new() };
    format!("{reason}{}{more}", lines.collect::<String>())
}

impl From<VerifyError> for SquashError {
    fn from(error: VerifyError) -> Self {
        Self::Verify(Box::new(error))
    }
}

impl SquashError {
    pub(super) fn file(path: &Path, action: &'static str, error: &io::Error) -> Self {
        Self::File { path: path.display().to_string(), action, reason: error.to_string() }
    }

    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Database(error) => error.hint(),
            Self::Scratch(ScratchError::Cluster(_)) => {
                "both engines are squashed together, so a PostgreSQL server is needed".to_owned()
            }
            Self::Scratch(error) => error.hint(),
            Self::Introspect(error) => error.hint(),
            Self::Verify(error) => error.hint(),
            Self::NoSuchVersion { database, newest, .. } => {
                format!("the newest is {newest}; `cargo xtask db status {database} --verbose` lists all")
            }
            Self::TooFew { database, .. } | Self::SameName { database, .. } => {
                format!("name a later one; `cargo xtask db status {database} --verbose` lists all")
            }
            Self::Rust { database, before: Some(before), .. } => {
                format!("stop before it: `cargo xtask db squash {database} --to {before}`")
            }
            Self::Rust { .. } => "a range that begins with a migration in Rust cannot be squashed".to_owned(),
            Self::Outside { version, .. } => format!("stop before {version}, or do this outside of migrations"),
            Self::Unsayable { .. } => "squash up to an earlier version".to_owned(),
            Self::PgDump { major, .. } => pg_dump_hint(*major),
            Self::Unproved { .. } => {
                "nothing was changed; squash up to an earlier version, or mend the migration that makes the difference"
                    .to_owned()
            }
            Self::HalfWay { database, version, .. } => {
                format!("first run `cargo xtask db migrate {database} --to {version}`")
            }
            Self::File { .. } => "check the folder's rights, then run it again".to_owned(),
        }
    }

    /// Whether it is a fault of ours rather than something the user can mend.
    pub fn is_unexpected(&self) -> bool {
        match self {
            Self::Database(error) => error.is_unexpected(),
            Self::Verify(error) => error.is_unexpected(),
            _ => false,
        }
    }
}

fn pg_dump_hint(major: Option<u32>) -> String {
    let version = major.map_or_else(|| "17".to_owned(), |major| major.to_string());
    format!(
        "install PostgreSQL's client programs of version {version} or later: `sudo apt-get install postgresql-client-{version}`, \
         `sudo dnf install postgresql` or `brew install libpq`, and put them on the PATH"
    )
}
