//! What lint reports.

use std::fmt;

use atriz_db::Engine;
use serde::Serialize;

use super::place::Place;
use super::rules::Level;

/// One finding.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// The database.
    pub database: String,
    /// The engine of the folder.
    pub engine: Engine,
    /// The rule.
    pub rule: &'static str,
    /// How bad.
    pub level: Level,
    /// The file.
    pub path: String,
    /// Where in it; nothing for the file as a whole.
    pub place: Option<Place>,
    /// Why.
    pub message: String,
    /// The safe way.
    pub safe: &'static str,
    /// Whether `--fix` can mend it.
    pub fixable: bool,
}

/// Something that `--fix` changed.
#[derive(Clone, Debug, Serialize)]
pub struct Fixed {
    /// The file.
    pub path: String,
    /// The line it was on.
    pub line: usize,
    /// The rule.
    pub rule: &'static str,
    /// The line as it was; empty for a change of the whole file.
    pub before: String,
    /// The line as it is.
    pub after: String,
}

/// What lint found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// By database, engine, file and place.
    pub findings: Vec<Finding>,
    /// What was mended.
    pub fixed: Vec<Fixed>,
    /// What counts as released, in words.
    pub baselines: Vec<String>,
    /// How many files were checked: those that are not released.
    pub files: usize,
    /// How many statements those hold.
    pub statements: usize,
    /// How many findings were ignored with a reason.
    pub ignored: usize,
}

impl Report {
    /// How many findings are of this level.
    pub fn count(&self, level: Level) -> usize {
        self.findings.iter().filter(|finding| finding.level == level).count()
    }

    /// Whether it fails: by errors, and where warnings are denied, by those.
    pub fn is_good(&self, deny_warnings: bool) -> bool {
        let worst = self.findings.iter().map(|finding| finding.level).max();
        worst.is_none_or(|worst| worst < if deny_warnings { Level::Warning } else { Level::Error })
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.place.as_ref().map_or_else(String::new, |place| format!(":{}:{}", place.line, place.column));
        write!(formatter, "{}{place}: {}[{}]: {}", self.path, self.level.name(), self.rule, self.message)?;
        if let Some(place) = &self.place {
            write!(formatter, "\n{}", place.shown())?;
        }
        write!(formatter, "\n  safe: {}", self.safe)
    }
}

impl fmt::Display for Fixed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "fixed {}:{} [{}]", self.path, self.line, self.rule)?;
        if self.before.is_empty() && self.after.is_empty() {
            return Ok(());
        }
        write!(formatter, "\n  - {}\n  + {}", self.before, self.after)
    }
}
