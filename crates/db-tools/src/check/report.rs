//! What a check found.

use std::fmt::Write as _;
use std::time::Duration;

use serde::Serialize;

use super::Finding;

/// What a check found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// The databases that were looked at, in order.
    pub databases: Vec<Checked>,
}

/// What was found in one database.
#[derive(Clone, Debug, Serialize)]
pub struct Checked {
    /// The database.
    pub database: String,
    /// How many tables were compared.
    pub tables: usize,
    /// How many declared differences there are.
    pub declared: usize,
    /// All that is not as it should be.
    pub findings: Vec<Finding>,
}

/// Where the time went. Replays run at the same time, so theirs is that of the longest.
#[derive(Clone, Copy, Debug, Default)]
pub struct Phases {
    /// Until a server was there.
    pub server: Duration,
    /// Making scratch databases.
    pub create: Duration,
    /// Running migrations.
    pub replay: Duration,
    /// Reading catalogues.
    pub read: Duration,
    /// Comparing.
    pub compare: Duration,
}

impl Report {
    /// Whether nothing was found.
    pub fn is_good(&self) -> bool {
        self.findings().next().is_none()
    }

    /// All that was found.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.databases.iter().flat_map(|checked| &checked.findings)
    }

    /// One line for each finding, its mend below it, and one line for each database.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for checked in &self.databases {
            for finding in &checked.findings {
                line(&mut text, &finding.to_string());
                for statement in &finding.mend {
                    let end = if is_comment(statement) { "" } else { ";" };
                    format!("{statement}{end}").lines().for_each(|part| line(&mut text, &format!("    {part}")));
                }
            }
            let found = match checked.findings.len() {
                0 => "no differences".to_owned(),
                1 => "1 difference".to_owned(),
                number => format!("{number} differences"),
            };
            line(
                &mut text,
                &format!("{}: {found} in {} tables ({} declared)", checked.database, checked.tables, checked.declared),
            );
        }
        text
    }
}

/// What is for the reader ends in no semicolon; a hint for `differences.toml` is no SQL at all.
fn is_comment(statement: &str) -> bool {
    statement.lines().all(|line| line.starts_with("--") || line.starts_with('#'))
}

fn line(text: &mut String, line: &str) {
    writeln!(text, "{}", line.trim_end()).expect("writing to a string cannot fail");
}
