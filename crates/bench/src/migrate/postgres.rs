//! PostgreSQL: everything to do, and nothing to do.

use super::{Found, Large, Set, Wanted, peers};
use crate::machine::{BenchError, Machine};
use crate::measure::{Cost, Measure, Step, alternate, alternate_all, alternate_warm, milliseconds, timed};
use crate::process::{run as program_run, run_at_once};

const TARGET: &str = "at most 1.1 of psql";
const FLOOR: &str = "psql, a session per database, a transaction per file";
const UNFLUSHED: &str = "the same with `synchronous_commit = off`";

/// Four databases, the same with nothing to do, and a large one.
pub(super) fn run(machine: &Machine, wanted: Wanted, found: &mut Found) -> Result<Large, BenchError> {
    let four = Set::write(machine, 4, 100)?;
    everything(machine, &four, wanted, found)?;
    found.measures.extend(nothing(machine, &four, wanted.pairs)?);
    let one = Set::write(machine, 1, wanted.large())?;
    let measure = everything(machine, &one, wanted, found)?;
    if !wanted.quick {
        found.measures.push(memory(&measure));
    }
    Ok(Large { count: one.count, measure })
}

fn memory(large: &Measure) -> Measure {
    Measure {
        floor_name: Some("psql".to_owned()),
        floors: vec![large.floor_peak],
        ..Measure::alone("PostgreSQL: peak memory at 1,000 migrations", vec![large.peak], "MB", "under 60 MB")
    }
}

/// Every migration of every database, by us, by psql, and by the other tools where they are asked for. Answers ours
/// beside psql.
fn everything(machine: &Machine, set: &Set, wanted: Wanted, found: &mut Found) -> Result<Measure, BenchError> {
    let peers = if wanted.peers { peers::of(set, found)? } else { Vec::new() };
    let mut flushed = || psql_all(machine, set, true);
    let mut unflushed = || psql_all(machine, set, false);
    let mut others: Vec<_> = peers.iter().map(|peer| (peer.name(), || peer.all(machine, set))).collect();
    let mut floors: Vec<(&str, &mut Step<'_>)> = vec![(FLOOR, &mut flushed)];
    // One session has nobody to wait for the disk with; it was within a tenth of this.
    if set.names.len() > 1 {
        floors.push((UNFLUSHED, &mut unflushed));
    }
    for (name, all) in &mut others {
        floors.push((name, all));
    }
    let name = format!("PostgreSQL: {}", set.describe());
    let mut work = || ours(machine, set);
    // Many in one database come after a hundred in each of four, by the same programs on the same server.
    let alternate = if set.names.len() > 1 { alternate_all } else { alternate_warm };
    let measures = alternate(&name, TARGET, wanted.pairs, &mut work, &mut floors)?;
    let beside_psql = measures.first().cloned();
    found.measures.extend(measures);
    beside_psql.ok_or_else(|| BenchError::Odd("nothing was measured".to_owned()))
}

/// Our program on databases that were just made, and are left migrated.
pub(super) fn ours(machine: &Machine, set: &Set) -> Result<Cost, BenchError> {
    set.anew();
    program_run(&mut set.fleet(machine, "create")?)?;
    timed(|| program_run(&mut set.fleet(machine, "migrate")?))
}

/// psql on databases that were just made.
pub(super) fn psql_all(machine: &Machine, set: &Set, flushed: bool) -> Result<Cost, BenchError> {
    let script = set.script("postgres", "", "BEGIN", "\\i")?;
    let migrate = |name: &String| {
        let mut command = machine.psql(name);
        if !flushed {
            command.env("PGOPTIONS", "-c synchronous_commit=off");
        }
        command.arg("-f").arg(&script);
        command
    };
    let commands = make_empty(machine, set)?.iter().map(migrate).collect();
    timed(|| run_at_once(commands))
}

/// Makes databases for another tool, and answers their names.
pub(super) fn make_empty(machine: &Machine, set: &Set) -> Result<Vec<String>, BenchError> {
    set.anew();
    let names = set.databases();
    for name in &names {
        let sql = format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'");
        program_run(machine.psql("postgres").args(["-c", &sql]))?;
    }
    Ok(names)
}

/// The databases that [`ours`] has left migrated.
fn nothing(machine: &Machine, set: &Set, pairs: usize) -> Result<Vec<Measure>, BenchError> {
    let mut measures = Vec::new();
    for verb in ["migrate", "status"] {
        let name =
            format!("PostgreSQL: {verb}, nothing to do, {} databases of {} migrations", set.names.len(), set.count);
        let mut work = || timed(|| program_run(&mut set.fleet(machine, verb)?));
        let mut floor = || timed(|| run_at_once(set.databases().iter().map(|name| select(machine, name)).collect()));
        let floor_name = "psql at once, `SELECT 1` each";
        measures.push(alternate(&name, floor_name, "under 40 ms", pairs * 3, &mut work, &mut floor)?);
    }
    Ok(measures)
}

/// The least that a program which looks at a database can do.
pub(super) fn select(machine: &Machine, database: &str) -> std::process::Command {
    let mut command = machine.psql(database);
    command.args(["-c", "SELECT 1"]);
    command
}

/// Milliseconds per migration.
pub(super) fn each(cost: Cost, count: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "there are thousands of migrations at most")]
    let count = count as f64;
    milliseconds(cost.time) / count
}
