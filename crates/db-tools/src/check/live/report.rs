//! What was seen.

use atriz_db::Engine;
use serde::Serialize;

use crate::check::Finding;

/// What was seen of all databases.
#[derive(Clone, Debug, Serialize)]
pub struct Live {
    /// In dependency order.
    pub databases: Vec<LiveDatabase>,
}

/// What was seen of one database.
#[derive(Clone, Debug, Serialize)]
pub struct LiveDatabase {
    /// Which.
    pub database: String,
    /// Its engine.
    pub engine: Engine,
    /// Where it is.
    pub place: String,
    /// How many migrations it was compared with.
    pub migrations: usize,
    /// How many references into other databases were followed to their end.
    pub references: usize,
    /// What is not as it should be.
    pub findings: Vec<Finding>,
    /// What is worth knowing and no fault.
    pub notes: Vec<String>,
}

impl Live {
    /// All findings.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.databases.iter().flat_map(|database| &database.findings)
    }

    /// One line for each finding, its mend below it, and one line for each database.
    pub fn text(&self) -> String {
        let mut lines = Vec::new();
        for database in &self.databases {
            for finding in &database.findings {
                lines.push(finding.to_string());
                for statement in &finding.mend {
                    let end = if statement.starts_with("--") { "" } else { ";" };
                    let statement = format!("{}{end}", statement.trim_end_matches(';'));
                    lines.extend(statement.lines().map(|part| format!("    {part}")));
                }
            }
            lines.push(database.summary());
        }
        lines.join("\n")
    }

    /// Whether all is as it should be.
    pub fn is_good(&self) -> bool {
        self.findings().next().is_none()
    }
}

impl LiveDatabase {
    /// What was looked at, and how it stands.
    fn summary(&self) -> String {
        let (database, engine, place) = (&self.database, self.engine, &self.place);
        let found = match self.findings.len() {
            0 => "as its migrations make it".to_owned(),
            1 => "1 finding".to_owned(),
            number => format!("{number} findings"),
        };
        let plural = if self.references == 1 { "" } else { "s" };
        let references = match self.references {
            0 => String::new(),
            number => format!(", {number} reference{plural} followed"),
        };
        format!("{database}: live on {engine} at {place}: {found} ({} migrations{references})", self.migrations)
    }

    /// Adds a finding that is no comparison: what is so, and what to do about it.
    pub(super) fn told(&mut self, object: impl Into<String>, kind: &str, is: impl Into<String>, mend: Vec<String>) {
        self.findings.push(Finding {
            database: self.database.clone(),
            object: object.into(),
            kind: kind.to_owned(),
            left_name: "live".to_owned(),
            left: Some(is.into()),
            right_name: String::new(),
            right: None,
            mend,
        });
    }

    /// Adds what the folder and the running database do not agree on.
    pub(super) fn drift(&mut self, object: String, folder: Option<String>, live: Option<String>, mend: Vec<String>) {
        self.findings.push(Finding {
            database: self.database.clone(),
            object,
            kind: "drift".to_owned(),
            left_name: "folder".to_owned(),
            left: folder,
            right_name: "live".to_owned(),
            right: live,
            mend,
        });
    }
}
