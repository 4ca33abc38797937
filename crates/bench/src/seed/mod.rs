//! Loading tables with their keys, beside the engines' own ways to load a file.

mod million;
mod positions;

use crate::machine::{BenchError, Machine};
use crate::measure::Measure;
use crate::migrate::Wanted;

/// Seeding takes at most twice as long.
const TARGET: &str = "at most 2.0 of the floor";

/// The measures of this area on each engine that is asked for.
pub(crate) fn run(wanted: Wanted, postgres: bool, sqlite: bool) -> Result<Vec<Measure>, BenchError> {
    let pairs = wanted.pairs;
    let mut measures = Vec::new();
    if postgres {
        measures.push(positions::on_postgres(pairs)?);
        measures.push(million::run(&Machine::postgres()?, wanted.quick, pairs)?);
    }
    if sqlite {
        measures.push(positions::on_sqlite(pairs)?);
        measures.push(million::run(&Machine::sqlite()?, wanted.quick, pairs)?);
    }
    Ok(measures)
}
