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

impl Script {
    /// How often in a second, over so many seconds.
    pub(crate) fn rate(&self, machine: &Machine, seconds: &str) -> Result<f64, BenchError> {
        self.run(machine, ["-T", seconds])
    }

    /// The same over about `time`. pgbench ends by itself after whole seconds alone; in less, each client does as much as
    /// the others, and those that are done early leave the last ones to themselves: that is a tenth up or down.
    pub(crate) fn over(&self, machine: &Machine, time: Duration) -> Result<f64, BenchError> {
        let seconds = time.as_secs_f64().round();
        if seconds >= 1.0 {
            return self.rate(machine, &format!("{seconds}"));
        }
        let about = self.run(machine, ["-t", "50"])?;
        // So many times by each of eight clients take as long.
        let times = format!("{:.0}", (about * time.as_secs_f64() / 8.0).max(50.0));
        self.run(machine, ["-t", &times])
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
