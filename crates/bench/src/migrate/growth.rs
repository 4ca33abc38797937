//! How the time of one migration grows with their number: it should not.

use super::postgres::each;
use super::{Found, Large, Set, Wanted, with_commas};
use crate::generate::Size;
use crate::machine::{BenchError, Machine};
use crate::measure::{Cost, Measure};
use crate::plot::Line;

/// What each migration may take at the end, of what it takes where there are a hundred.
const LINEAR: &str = "at most 1.5 times";

/// The tables of a database that is as large after thousands of migrations as before.
const SETTLED: usize = 10;

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
    Growth { machine, wanted, engine: "PostgreSQL", shell: "psql", both }.with_a_table_each(large, found)
}

pub(super) fn sqlite(
    machine: &Machine,
    wanted: Wanted,
    large: &Large,
    found: &mut Found,
) -> Result<[Line; 2], BenchError> {
    use super::sqlite::{ours, sqlite3_all};
    let both: Both<'_> = (&|set| ours(machine, set), &|set| sqlite3_all(machine, set));
    let growth = Growth { machine, wanted, engine: "SQLite", shell: "sqlite3", both };
    // SQLite reads its whole schema anew with each ALTER TABLE, so what the number of migrations costs by itself shows
    // only where the schema stays as large as it is.
    growth.over_the_same_tables(3 * large.count, found)?;
    growth.with_a_table_each(large, found)
}

struct Growth<'a> {
    machine: &'a Machine,
    wanted: Wanted,
    engine: &'static str,
    shell: &'static str,
    /// The work and its floor.
    both: Both<'a>,
}

impl Growth<'_> {
    /// Each migration makes a table.
    fn with_a_table_each(&self, large: &Large, found: &mut Found) -> Result<[Line; 2], BenchError> {
        let (mut ours, mut theirs) = (Line::new(self.engine), Line::new(self.shell));
        let mut ends = Vec::new();
        for count in [10, 100, large.count, 3 * large.count] {
            if count == large.count {
                ours.add(count, &large.each(&large.measure.values));
                theirs.add(count, &large.each(&large.measure.floors));
                continue;
            }
            // On SQLite three thousand take minutes, for the shell as well.
            let pairs = if count > large.count { 1 } else { self.wanted.pairs };
            let name = format!("a database of {} migrations", with_commas(count));
            let measure = self.each_of(&name, Size::growing(count), pairs)?;
            ours.add(count, &measure.values);
            theirs.add(count, &measure.floors);
            ends.push(measure);
        }
        let name =
            format!("a table more with each migration, one of {} beside one of 100", with_commas(3 * large.count));
        self.tell_growth(&name, ends, found);
        Ok([ours, theirs])
    }

    /// The first migrations make a few tables, and all others change those.
    fn over_the_same_tables(&self, count: usize, found: &mut Found) -> Result<(), BenchError> {
        let size = |count| Size { count, tables: SETTLED };
        let name = |count| format!("a database of {} migrations over {SETTLED} tables", with_commas(count));
        let ends = vec![
            self.each_of(&name(100), size(100), self.wanted.pairs)?,
            self.each_of(&name(count), size(count), self.wanted.pairs)?,
        ];
        let name = format!("over {SETTLED} tables, a migration of {} beside one of 100", with_commas(count));
        self.tell_growth(&name, ends, found);
        Ok(())
    }

    /// Times by the migration.
    fn each_of(&self, name: &str, size: Size, pairs: usize) -> Result<Measure, BenchError> {
        let set = Set::of_size(self.machine, 1, size)?;
        let mut measure = self.measure(&format!("{name}, each"), "ms", "–");
        let (work, floor) = self.both;
        for _ in 0..pairs {
            let (floor, cost) = (floor(&set)?, work(&set)?);
            measure.push(each(cost, size.count), each(floor, size.count));
            measure.peak = measure.peak.max(cost.peak);
            measure.floor_peak = measure.floor_peak.max(floor.peak);
        }
        measure.tell();
        Ok(measure)
    }

    /// Adds what was measured, and the last beside the one before: a program whose time grows with the number alone takes
    /// as long for each.
    fn tell_growth(&self, name: &str, ends: Vec<Measure>, found: &mut Found) {
        let mut growth = self.measure(name, "times", LINEAR);
        if let [.., few, many] = ends.as_slice() {
            growth.values.extend(times(&few.values, &many.values));
            growth.floors.extend(times(&few.floors, &many.floors));
        }
        growth.tell();
        found.measures.extend(ends);
        found.measures.push(growth);
    }

    fn measure(&self, name: &str, unit: &'static str, target: &'static str) -> Measure {
        let name = format!("{}: {name}", self.engine);
        Measure { floor_name: Some(self.shell.to_owned()), ..Measure::alone(&name, Vec::new(), unit, target) }
    }
}

/// How many times as long the many take, by the medians.
fn times(few: &[f64], many: &[f64]) -> Option<f64> {
    Some(Measure::spread(many)?.median / Measure::spread(few)?.median)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_told_by_the_medians() {
        assert_eq!(times(&[1.0, 2.0, 9.0], &[3.0, 3.0, 90.0]), Some(1.5));
        assert_eq!(times(&[], &[1.0]), None);
    }
}
