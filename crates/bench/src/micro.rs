//! Criterion's micro-benchmarks, and what they found.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use crate::built::MICRO;
use crate::machine::{BenchError, target_folder};
use crate::measure::Measure;

/// Groups or single benchmarks, with those of the group.
const BENCHMARKS: [(&str, &[&str]); 4] = [
    ("migrations of core", &["split", "checksum", "what each statement locks"]),
    ("plan of 200 databases", &[]),
    ("access token", &["first time", "again"]),
    ("cursor", &["encode", "decode"]),
];

/// The measures of this area.
pub(crate) fn run(quick: bool) -> Result<Vec<Measure>, BenchError> {
    let home = target_folder()?.join("bench-micro");
    // Criterion's own five seconds for each are a minute in all, and say no more.
    let whole = ["--noplot", "--warm-up-time", "1", "--measurement-time", "2"];
    let mut cargo = MICRO.run(if quick { &["--noplot", "--quick"] } else { &whole });
    cargo.env("CRITERION_HOME", &home);
    // What it tells on the way is for whoever waits; stdout is the report's.
    let status = cargo.stdin(Stdio::null()).stdout(Stdio::null()).status();
    let status = status.map_err(|source| BenchError::Start { program: "cargo".to_owned(), source })?;
    if !status.success() {
        return Err(BenchError::Odd(format!("the micro-benchmarks ended with {status}")));
    }
    let mut measures = Vec::new();
    for (group, names) in BENCHMARKS {
        if names.is_empty() {
            measures.push(read(&home.join(group), group)?);
        }
        for name in names {
            measures.push(read(&home.join(group).join(name), &format!("{group}: {name}"))?);
        }
    }
    measures.iter().for_each(Measure::tell);
    Ok(measures)
}

/// Criterion's median with its interval, in microseconds.
fn read(folder: &Path, name: &str) -> Result<Measure, BenchError> {
    let found: Value = fs::read(folder.join("new/estimates.json"))
        .map_err(BenchError::from)
        .and_then(|text| serde_json::from_slice(&text).map_err(|error| BenchError::Odd(error.to_string())))?;
    let median = &found["median"];
    let interval = &median["confidence_interval"];
    let values = [&interval["lower_bound"], &median["point_estimate"], &interval["upper_bound"]];
    let values: Vec<f64> =
        values.into_iter().filter_map(Value::as_f64).map(|nanoseconds| nanoseconds / 1_000.0).collect();
    if values.len() < 3 {
        return Err(BenchError::Odd(format!("criterion told no median of {name}")));
    }
    Ok(Measure::alone(&format!("{name} (median and its 95 % interval)"), values, "µs", "–"))
}
