//! How cost grows: of emptying with the number of tables, of a page with the number of rows.

mod reads;
mod tables;

use crate::machine::{BenchError, Machine};
use crate::migrate::{Found, Wanted};

/// All measures of this area.
pub(crate) fn run(wanted: Wanted, postgres: bool, sqlite: bool) -> Result<Found, BenchError> {
    let (mut found, pairs) = (Found::default(), wanted.pairs);
    let machines = || [postgres.then(Machine::postgres), sqlite.then(Machine::sqlite)].into_iter().flatten();
    let (mut clean, mut read) = (Vec::new(), Vec::new());
    for machine in machines() {
        let machine = machine?;
        clean.extend(tables::clean(&machine, wanted.quick, pairs, &mut found)?);
        read.push(reads::run(&machine, wanted.quick, pairs, &mut found)?);
    }
    found.plots.extend([tables::clean_plot(clean), reads::plot(read)]);
    Ok(found)
}
