//! SQLite: the same files through sqlite3, with the settings of our own connections.

use super::{Found, Large, Set, Wanted};
use crate::machine::{BenchError, Machine};
use crate::measure::{Cost, Measure, alternate, timed};
use crate::process::{run as program_run, run_at_once};

/// What every connection of ours is set to.
const PRAGMAS: &str = "PRAGMA journal_mode = WAL;\nPRAGMA synchronous = NORMAL;\nPRAGMA foreign_keys = ON;\n\
                       PRAGMA cache_size = -16000;\nPRAGMA temp_store = memory;\nPRAGMA busy_timeout = 5000;\n";

/// Four files, the same with nothing to do, and a large one.
pub(super) fn run(machine: &Machine, wanted: Wanted, found: &mut Found) -> Result<Large, BenchError> {
    let four = Set::write(machine, 4, 100)?;
    found.measures.push(everything(machine, &four, wanted.pairs)?);
    found.measures.push(nothing(machine, &four, wanted.pairs)?);
    let one = Set::write(machine, 1, wanted.large())?;
    let measure = everything(machine, &one, wanted.pairs)?;
    found.measures.push(measure.clone());
    Ok(Large { count: one.count, measure })
}

/// Every migration of every file.
fn everything(machine: &Machine, set: &Set, pairs: usize) -> Result<Measure, BenchError> {
    let (mut work, mut floor) = (|| ours(machine, set), || sqlite3_all(machine, set));
    let name = format!("SQLite: {}", set.describe());
    let floor_name = "sqlite3, a process per file, a transaction per migration";
    alternate(&name, floor_name, "at most 1.1 of sqlite3", pairs, &mut work, &mut floor)
}

/// Our program on files that were just made, and are left migrated.
pub(super) fn ours(machine: &Machine, set: &Set) -> Result<Cost, BenchError> {
    set.anew();
    program_run(&mut set.fleet(machine, "create")?)?;
    timed(|| program_run(&mut set.fleet(machine, "migrate")?))
}

/// sqlite3 on files that are not there yet.
pub(super) fn sqlite3_all(machine: &Machine, set: &Set) -> Result<Cost, BenchError> {
    let script = set.script("sqlite", PRAGMAS, "BEGIN IMMEDIATE", ".read")?;
    let floor = machine.folder.path().join("floor");
    std::fs::create_dir_all(&floor)?;
    set.anew();
    let migrate = |name: &String| {
        let mut command = machine.command("sqlite3");
        command.arg("-bail").arg(floor.join(format!("{name}.db"))).arg(format!(".read {}", script.display()));
        command
    };
    timed(|| run_at_once(set.databases().iter().map(migrate).collect()))
}

fn nothing(machine: &Machine, set: &Set, pairs: usize) -> Result<Measure, BenchError> {
    let data = machine.folder.path().join("data");
    let mut work = || timed(|| program_run(&mut set.fleet(machine, "migrate")?));
    let select = |name: &String| {
        let mut command = machine.command("sqlite3");
        command.arg("-readonly").arg(data.join(format!("{name}.db"))).arg("SELECT 1");
        command
    };
    let mut floor = || timed(|| run_at_once(set.databases().iter().map(select).collect()));
    let name = format!("SQLite: migrate, nothing to do, {} files of {} migrations", set.names.len(), set.count);
    alternate(&name, "sqlite3 at once, `SELECT 1` each", "under 40 ms", pairs * 3, &mut work, &mut floor)
}
