//! Two hundred databases that are up to date, as a company with a database per customer has them.

use super::postgres::select;
use super::{Set, Wanted, with_commas};
use crate::machine::{BenchError, Machine};
use crate::measure::{Measure, alternate, timed};
use crate::process::{run as program_run, run_at_most};

const MIGRATIONS: usize = 20;
/// As many as the program works on at the same time.
const JOBS: usize = 8;

/// Looking at all of them.
pub(super) fn run(machine: &Machine, wanted: Wanted) -> Result<Vec<Measure>, BenchError> {
    let (databases, target) = if wanted.quick { (40, "–") } else { (200, "under 1,500 ms") };
    let set = Set::write(machine, databases, MIGRATIONS)?;
    // Making a database holds a connection of its own, and this server has as many connections as there are databases.
    for names in set.names.chunks(JOBS) {
        program_run(set.fleet(machine, "create")?.args(names))?;
    }
    program_run(&mut set.fleet(machine, "migrate")?)?;
    let mut measures = Vec::new();
    for verb in ["migrate", "status"] {
        let mut work = || timed(|| program_run(&mut set.fleet(machine, verb)?));
        let selects = || set.databases().iter().map(|name| select(machine, name)).collect();
        let mut floor = || timed(|| run_at_most(JOBS, selects()));
        let name = format!("PostgreSQL: {verb}, nothing to do, {} databases", with_commas(databases));
        let floor_name = "psql eight at a time, `SELECT 1` each";
        measures.push(alternate(&name, floor_name, target, wanted.pairs, &mut work, &mut floor)?);
    }
    Ok(measures)
}
