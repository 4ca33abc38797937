//! What PostgreSQL does with the statements alone.

use std::path::PathBuf;

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
        let mut pgbench = machine.server_program("pgbench");
        pgbench.args(["-n", "-M", "prepared", "-c", "8", "-j", "2", "-T", seconds, "-f"]).arg(&self.file);
        if let Some(path) = &self.search_path {
            pgbench.env("PGOPTIONS", format!("-c search_path={path}"));
        }
        let said = process::answer(pgbench.arg(self.database))?;
        let rate = said.lines().find_map(|line| line.strip_prefix("tps = ")?.split_whitespace().next()?.parse().ok());
        rate.ok_or_else(|| BenchError::Odd(format!("pgbench told no rate: {said}")))
    }
}
