//! A test's databases from the template, against replaying their migrations.

use crate::built::TESTDB;
use crate::machine::BenchError;
use crate::measure::Measure;
use crate::process;

/// The measures of this area.
pub(crate) fn run(pairs: usize, postgres: bool, sqlite: bool) -> Result<Vec<Measure>, BenchError> {
    let engines = [("PostgreSQL", "postgres", postgres), ("SQLite", "sqlite", sqlite)];
    let wanted = engines.into_iter().filter(|(_, _, wanted)| *wanted);
    wanted.map(|(name, engine, _)| measure(name, engine, pairs)).collect()
}

fn measure(name: &str, engine: &str, pairs: usize) -> Result<Measure, BenchError> {
    // One engine at a time, whatever the caller's tests are told.
    let said = process::answer(TESTDB.run(&[engine, &pairs.to_string()]).env_remove("TEST_ENGINE"))?;
    let named = |name: &str| -> Vec<f64> {
        let lines = said.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        lines.filter_map(|time| time.parse().ok()).collect()
    };
    let measure = Measure {
        floor_name: Some("made, and migrated by replaying the same files".to_owned()),
        floors: named("replay"),
        ..Measure::alone(&format!("{name}: a test's four databases, from the template"), named("template"), "ms", "–")
    };
    if measure.values.len() < pairs || measure.floors.len() < pairs {
        return Err(BenchError::Odd(format!("testdb told too little: {said}")));
    }
    measure.tell();
    Ok(measure)
}
