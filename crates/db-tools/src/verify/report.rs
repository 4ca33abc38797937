//! What the proofs came to.

use std::fmt;
use std::time::Duration;

use atriz_db::Engine;
use serde::Serialize;

use crate::introspect::Difference;

/// What the proofs of one database on one engine came to.
#[derive(Clone, Debug, Serialize)]
pub struct Verified {
    /// The database.
    pub database: String,
    /// The engine.
    pub engine: Engine,
    /// Its migrations in order. Behind one whose way there fails, none is proved.
    pub migrations: Vec<MigrationVerdict>,
    /// How many migrations there are.
    pub count: usize,
    /// How long it took.
    #[serde(serialize_with = "milliseconds", rename = "took_ms")]
    pub took: Duration,
}

fn milliseconds<S: serde::Serializer>(took: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(took.as_millis()).unwrap_or(u64::MAX))
}

impl Verified {
    /// Whether every migration stood every proof.
    pub fn is_good(&self) -> bool {
        self.migrations.len() == self.count && self.faults().next().is_none()
    }

    /// What was found.
    pub fn faults(&self) -> impl Iterator<Item = &Fault> {
        self.migrations.iter().flat_map(|migration| &migration.faults)
    }

    /// The statements behind which a crash was made.
    pub fn crashes(&self) -> usize {
        self.migrations.iter().map(|migration| migration.crashes).sum()
    }
}

/// `core postgres: 12 migrations, 48 statements: there and back, crash after each, run twice: all the same`.
impl fmt::Display for Verified {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |count: usize| if count == 1 { "" } else { "s" };
        let (count, crashes) = (self.count, self.crashes());
        write!(formatter, "{} {}: ", self.database, self.engine)?;
        write!(formatter, "{count} migration{}, {crashes} statement{}: ", plural(count), plural(crashes))?;
        formatter.write_str("there and back, crash after each, run twice: ")?;
        match (self.faults().count(), count - self.migrations.len()) {
            (0, 0) => formatter.write_str("all the same"),
            (faults, 0) => write!(formatter, "{faults} fault{}", plural(faults)),
            (faults, rest) => write!(formatter, "{faults} fault{}, {rest} not proved", plural(faults)),
        }
    }
}

/// What the proofs of one migration came to.
#[derive(Clone, Debug, Serialize)]
pub struct MigrationVerdict {
    /// The migration.
    pub version: String,
    /// The statements, there and back, behind which a crash was made.
    pub crashes: usize,
    /// Why there is no way back, where the file says so; then only the way there is proved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub irreversible: Option<String>,
    /// What was found.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Fault>,
}

/// Which proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// Up, down, up.
    ThereAndBack,
    /// A crash behind a statement, and a second run.
    Crash,
    /// A second run of what is finished.
    Twice,
}

/// A proof that a migration did not stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Which proof.
    pub proof: Proof,
    /// The file that is to blame.
    pub file: String,
    /// The line of the statement behind which the crash was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// What happened, in a sentence.
    pub reason: String,
    /// What tells the schema from what it should be: `left` is how it should be, `right` how it is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<Difference>,
}

/// File, line and reason, and the first difference.
impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(formatter, ", line {line}")?;
        }
        write!(formatter, ": {}", self.reason)?;
        if let Some(first) = self.differences.first() {
            write!(formatter, "\n  {}", first.line("should be", "is"))?;
        }
        match self.differences.len() {
            0 | 1 => Ok(()),
            count => write!(formatter, "\n  and {} more", count - 1),
        }
    }
}
