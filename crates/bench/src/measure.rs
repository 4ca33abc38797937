//! Pairs of times, and what they say.

use std::time::{Duration, Instant};

use serde::Serialize;

use crate::machine::BenchError;

/// One thing measured, beside its floor where it has one.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Measure {
    pub(crate) name: String,
    pub(crate) floor_name: Option<String>,
    /// In the unit, one per pair.
    pub(crate) values: Vec<f64>,
    pub(crate) floors: Vec<f64>,
    pub(crate) unit: &'static str,
    /// What is demanded, in words.
    pub(crate) target: &'static str,
}

/// Minimum, median and maximum.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Spread {
    pub(crate) minimum: f64,
    pub(crate) median: f64,
    pub(crate) maximum: f64,
}

impl Measure {
    pub(crate) fn spread(values: &[f64]) -> Option<Spread> {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let (first, last) = (sorted.first()?, sorted.last()?);
        Some(Spread { minimum: *first, median: sorted[sorted.len() / 2], maximum: *last })
    }

    /// The median of value over floor, pair by pair.
    pub(crate) fn ratio(&self) -> Option<f64> {
        let ratios: Vec<f64> = self.values.iter().zip(&self.floors).map(|(value, floor)| value / floor).collect();
        Self::spread(&ratios).map(|spread| spread.median)
    }
}

/// A step that is timed: it prepares by itself and answers how long the part that counts took.
pub(crate) type Step<'a> = dyn FnMut() -> Result<Duration, BenchError> + 'a;

/// Runs both once to warm up, then `pairs` times in turn. Times are in milliseconds.
pub(crate) fn alternate(
    name: &str,
    floor_name: &str,
    target: &'static str,
    pairs: usize,
    work: &mut Step<'_>,
    floor: &mut Step<'_>,
) -> Result<Measure, BenchError> {
    let (mut values, mut floors) = (Vec::new(), Vec::new());
    for pair in 0..=pairs {
        let (floor, value) = (floor()?, work()?);
        if pair > 0 {
            floors.push(milliseconds(floor));
            values.push(milliseconds(value));
        }
    }
    let floor_name = Some(floor_name.to_owned());
    Ok(Measure { name: name.to_owned(), floor_name, values, floors, unit: "ms", target })
}

pub(crate) fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

/// How long `work` takes.
pub(crate) fn timed(work: impl FnOnce() -> Result<(), BenchError>) -> Result<Duration, BenchError> {
    let started = Instant::now();
    work()?;
    Ok(started.elapsed())
}
