//! How the time of one migration grows with their number: it should not.

use super::{Found, Large, Set, Wanted, with_commas};
use crate::machine::{BenchError, Machine};
use crate::measure::{Cost, Measure};
use crate::plot::Line;

use super::postgres::each;

type Both<'a> = (&'a dyn Fn(&Set) -> Result<Cost, BenchError>, &'a dyn Fn(&Set) -> Result<Cost, BenchError>);

/// `large` is the large database, which is measured already.
pub(super) fn postgres(
    machine: &Machine,
    wanted: Wanted,
    large: &Large,
    found: &mut Found,
) -> Result<[Line; 2], BenchError> {
    use super::postgres::{ours, psql_all};
    let both: Both<'_> = (&|set| ours(machine, set), &|set| psql_all(machine, set, true));
    measure(machine, wanted, ("PostgreSQL", "psql"), large, both, found)
}

pub(super) fn sqlite(
    machine: &Machine,
    wanted: Wanted,
    large: &Large,
    found: &mut Found,
) -> Result<[Line; 2], BenchError> {
    use super::sqlite::{ours, sqlite3_all};
    let both: Both<'_> = (&|set| ours(machine, set), &|set| sqlite3_all(machine, set));
    measure(machine, wanted, ("SQLite", "sqlite3"), large, both, found)
}

fn measure(
    machine: &Machine,
    wanted: Wanted,
    (engine, shell): (&str, &str),
    large: &Large,
    (work, floor): Both<'_>,
    found: &mut Found,
) -> Result<[Line; 2], BenchError> {
    let (mut ours, mut theirs) = (Line::new(engine), Line::new(shell));
    for count in [10, 100, large.count, 3 * large.count] {
        if count == large.count {
            ours.add(count, &large.each(&large.measure.values));
            theirs.add(count, &large.each(&large.measure.floors));
            continue;
        }
        let set = Set::write(machine, 1, count)?;
        let name = format!("{engine}: a database of {} migrations, each", with_commas(count));
        let mut measure = Measure::alone(&name, Vec::new(), "ms", "grows linearly");
        measure.floor_name = Some(shell.to_owned());
        // SQLite reads its whole schema anew with each change of it: three thousand take minutes, for the shell as well.
        let pairs = if count > large.count { 1 } else { wanted.pairs };
        for _ in 0..pairs {
            let (floor, cost) = (floor(&set)?, work(&set)?);
            measure.floors.push(each(floor, count));
            measure.values.push(each(cost, count));
            measure.peak = measure.peak.max(cost.peak);
            measure.floor_peak = measure.floor_peak.max(floor.peak);
        }
        ours.add(count, &measure.values);
        theirs.add(count, &measure.floors);
        measure.tell();
        found.measures.push(measure);
    }
    Ok([ours, theirs])
}
