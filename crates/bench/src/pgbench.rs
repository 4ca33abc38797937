//! What PostgreSQL does with the statements alone.

use std::path::PathBuf;
use std::time::Duration;

use crate::machine::{BenchError, Machine};
use crate::process;

/// Statements, one run after the other, by as many clients as ask our own programs.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    pub(crate) database: &'static str,
    pub(crate) file: PathBuf,
    /// Where tables are looked for.
    pub(crate) search_path: Option<String>,
}

/// How many runs make one value of [`Script::steady`].
const RUNS: u8 = 4;

impl Script {
    /// How often in a second, over so many seconds.
    pub(crate) fn rate(&self, machine: &Machine, seconds: &str) -> Result<f64, BenchError> {
        self.run(machine, ["-T", seconds])
    }

    /// The same over about `time`, as the mean of several runs: who comes to which core is settled anew in each, and one that
    /// settled well tells a third more.
    pub(crate) fn steady(&self, machine: &Machine, time: Duration) -> Result<f64, BenchError> {
        let about = self.run(machine, ["-t", "50"])?;
        // So many times by each of eight clients take as long as one of the runs may.
        let times = format!("{:.0}", (about * time.as_secs_f64() / 8.0 / f64::from(RUNS)).max(50.0));
        let rates = (0..RUNS).map(|_| self.run(machine, ["-t", &times])).collect::<Result<Vec<_>, _>>()?;
        Ok(rates.iter().sum::<f64>() / f64::from(RUNS))
    }

    fn run(&self, machine: &Machine, extent: [&str; 2]) -> Result<f64, BenchError> {
        let mut pgbench = machine.server_program("pgbench");
        pgbench.args(["-n", "-M", "prepared", "-c", "8", "-j", "8"]).args(extent).arg("-f").arg(&self.file);
        if let Some(path) = &self.search_path {
            pgbench.env("PGOPTIONS", format!("-c search_path={path}"));
        }
        let said = process::answer(pgbench.arg(self.database))?;
        let rate = said.lines().find_map(|line| line.strip_prefix("tps = ")?.split_whitespace().next()?.parse().ok());
        rate.ok_or_else(|| BenchError::Odd(format!("pgbench told no rate: {said}")))
    }
}
