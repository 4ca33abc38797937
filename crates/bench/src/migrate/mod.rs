//! Many migrations on one database and on several, beside the engine's own shell with the same files.
//!
//! The migrations are made up (see [`crate::generate`]); `atriz-bench-fleet` applies them in a process of its own, whose
//! whole time counts.

mod growth;
mod many;
mod peers;
mod postgres;
mod sqlite;
pub(crate) mod tools;

use std::cell::Cell;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::generate::{self, Dialect, Size};
use crate::machine::{BenchError, Machine};
use crate::measure::{Measure, float};
use crate::plot::Plot;

/// What this area is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    pub(crate) pairs: usize,
    pub(crate) quick: bool,
    pub(crate) peers: bool,
    /// This one alone.
    pub(crate) engine: Option<Dialect>,
}

impl Wanted {
    pub(crate) fn on(self, engine: Dialect) -> bool {
        self.engine.is_none_or(|wanted| wanted == engine)
    }

    /// How many migrations a large database has.
    fn large(self) -> usize {
        if self.quick { 200 } else { 1_000 }
    }
}

/// One database with many migrations, and all of them applied.
pub(crate) struct Large {
    count: usize,
    measure: Measure,
}

impl Large {
    /// Times by the migration.
    fn each(&self, times: &[f64]) -> Vec<f64> {
        times.iter().map(|time| time / float(self.count)).collect()
    }
}

/// What an area found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) measures: Vec<Measure>,
    pub(crate) plots: Vec<Plot>,
    /// What could not be measured, and why.
    pub(crate) missing: Vec<String>,
}

/// All measures of this area.
pub(crate) fn run(wanted: Wanted) -> Result<Found, BenchError> {
    let mut found = Found::default();
    let mut lines = Vec::new();
    if wanted.on(Dialect::Postgres) {
        let machine = if wanted.peers { Machine::postgres_with_port()? } else { Machine::postgres()? };
        let large = postgres::run(&machine, wanted, &mut found)?;
        found.measures.extend(many::run(&machine, wanted)?);
        lines.extend(growth::postgres(&machine, wanted, &large, &mut found)?);
    }
    if wanted.on(Dialect::Sqlite) {
        if crate::report::said("sqlite3", &["--version"]).is_empty() {
            found.missing.push("sqlite3 is not installed: SQLite stands without its floor, and is left out".to_owned());
        } else {
            let machine = Machine::sqlite()?;
            let large = sqlite::run(&machine, wanted, &mut found)?;
            lines.extend(growth::sqlite(&machine, wanted, &large, &mut found)?);
        }
    }
    if !lines.is_empty() {
        let title = "Milliseconds per migration, by the number of migrations";
        found.plots.push(Plot { file: "growth", title, lines });
    }
    Ok(found)
}

/// How many sets were written.
static SETS: AtomicUsize = AtomicUsize::new(0);

/// Databases of one benchmark, each with the same made-up migrations.
pub(crate) struct Set {
    /// Where `migrations/<name>/<engine>` stands.
    pub(crate) root: PathBuf,
    pub(crate) names: Vec<String>,
    pub(crate) count: usize,
    /// How often they were made anew. Nothing is dropped meanwhile: a file system such as ext4 searches longer for room
    /// for minutes after many files went, and whoever comes next would pay for it.
    round: Cell<usize>,
}

impl Set {
    /// `databases` databases with `count` migrations each, written below the machine's folder.
    pub(crate) fn write(machine: &Machine, databases: usize, count: usize) -> Result<Self, BenchError> {
        Self::of_size(machine, databases, Size::growing(count))
    }

    pub(crate) fn of_size(machine: &Machine, databases: usize, size: Size) -> Result<Self, BenchError> {
        // Several sets of one size live on one server.
        let set = SETS.fetch_add(1, Ordering::Relaxed);
        let names: Vec<String> = (0..databases).map(|number| format!("s{set}_{number}")).collect();
        let root = machine.folder.path().join(format!("set{set}"));
        generate::write(&root, &names, size)?;
        Ok(Self { root, names, count: size.count, round: Cell::new(0) })
    }

    /// The program over these databases.
    pub(crate) fn fleet(&self, machine: &Machine, verb: &str) -> Result<Command, BenchError> {
        machine.fleet(&self.root, verb, &self.round.get().to_string())
    }

    /// What a shell reads: every file in a transaction of its own, `read` being its command for reading a file.
    pub(crate) fn script(&self, engine: &str, first: &str, begin: &str, read: &str) -> Result<PathBuf, BenchError> {
        let folder = self.root.join("migrations").join(&self.names[0]).join(engine);
        let mut script = first.to_owned();
        for path in up_files(&folder)? {
            writeln!(script, "{begin};\n{read} {}\nCOMMIT;", path.display()).expect("writing to a string cannot fail");
        }
        let path = self.root.join(format!("{engine}.script"));
        std::fs::write(&path, script)?;
        Ok(path)
    }

    /// The next names on the server.
    pub(crate) fn anew(&self) {
        self.round.set(self.round.get() + 1);
    }

    /// What the databases are called on the server.
    pub(crate) fn databases(&self) -> Vec<String> {
        self.names.iter().map(|name| format!("{name}_{}", self.round.get())).collect()
    }

    pub(crate) fn describe(&self) -> String {
        format!("{} × {} migrations", self.names.len(), with_commas(self.count))
    }
}

/// `1,000`, `1,000,000`.
pub(crate) fn with_commas(number: usize) -> String {
    match number {
        0..1_000 => number.to_string(),
        _ => format!("{},{:03}", with_commas(number / 1_000), number % 1_000),
    }
}

fn up_files(folder: &Path) -> Result<Vec<PathBuf>, BenchError> {
    let mut files = Vec::new();
    for file in std::fs::read_dir(folder)? {
        files.push(file?.path());
    }
    files.retain(|path| path.to_string_lossy().ends_with(".up.sql"));
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_told_apart() {
        let numbers = [7, 999, 1_000, 20_050, 1_000_000].map(with_commas);
        assert_eq!(numbers, ["7", "999", "1,000", "20,050", "1,000,000"]);
    }
}
