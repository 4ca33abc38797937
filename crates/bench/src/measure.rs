//! Pairs of times, and what they say.

use std::io::Write as _;
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::machine::BenchError;
use crate::process::take_peaks;

/// One thing measured, beside its floor where it has one.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Measure {
    pub(crate) name: String,
    pub(crate) floor_name: Option<String>,
    /// In the unit, one per pair.
    pub(crate) values: Vec<f64>,
    pub(crate) floors: Vec<f64>,
    pub(crate) unit: &'static str,
    /// What is demanded, in words.
    pub(crate) target: &'static str,
    /// Peak memory of the largest process, in MB; zero where nobody counted.
    pub(crate) peak: f64,
    pub(crate) floor_peak: f64,
}

/// Minimum, median and maximum.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Spread {
    pub(crate) minimum: f64,
    pub(crate) median: f64,
    pub(crate) maximum: f64,
}

/// What a step took.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cost {
    pub(crate) time: Duration,
    /// Peak memory of the largest process, in MB.
    pub(crate) peak: f64,
}

impl Measure {
    pub(crate) fn spread(values: &[f64]) -> Option<Spread> {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let (first, last) = (sorted.first()?, sorted.last()?);
        Some(Spread {
            minimum: *first,
            median: f64::midpoint(sorted[(sorted.len() - 1) / 2], sorted[sorted.len() / 2]),
            maximum: *last,
        })
    }

    /// The median of value over floor, pair by pair.
    pub(crate) fn ratio(&self) -> Option<f64> {
        let ratios: Vec<f64> = self.values.iter().zip(&self.floors).map(|(value, floor)| value / floor).collect();
        Self::spread(&ratios).map(|spread| spread.median)
    }

    /// Values without a floor.
    pub(crate) fn alone(name: &str, values: Vec<f64>, unit: &'static str, target: &'static str) -> Self {
        Self { name: name.to_owned(), values, unit, target, ..Self::default() }
    }
}

/// A step that is timed: it prepares by itself and answers what the part that counts took.
pub(crate) type Step<'a> = dyn FnMut() -> Result<Cost, BenchError> + 'a;

/// Runs both once to warm up, then `pairs` times in turn. Times are in milliseconds.
pub(crate) fn alternate(
    name: &str,
    floor_name: &str,
    target: &'static str,
    pairs: usize,
    work: &mut Step<'_>,
    floor: &mut Step<'_>,
) -> Result<Measure, BenchError> {
    let floors = &mut [(floor_name, floor)];
    let mut measures = alternate_all(name, target, pairs, work, floors)?;
    measures.pop().ok_or_else(|| BenchError::Odd("nothing was measured".to_owned()))
}

/// As [`alternate`], beside several floors: one measure for each. What is demanded is demanded beside the first.
pub(crate) fn alternate_all(
    name: &str,
    target: &'static str,
    pairs: usize,
    work: &mut Step<'_>,
    floors: &mut [(&str, &mut Step<'_>)],
) -> Result<Vec<Measure>, BenchError> {
    for floor in &mut *floors {
        floor.1()?;
    }
    work()?;
    alternate_warm(name, target, pairs, work, floors)
}

/// As [`alternate_all`], of what ran a moment ago and needs no warm-up.
pub(crate) fn alternate_warm(
    name: &str,
    target: &'static str,
    pairs: usize,
    work: &mut Step<'_>,
    floors: &mut [(&str, &mut Step<'_>)],
) -> Result<Vec<Measure>, BenchError> {
    let new = |(floor, _): &(&str, &mut Step<'_>)| Measure {
        floor_name: Some((*floor).to_owned()),
        ..Measure::alone(name, Vec::new(), "ms", target)
    };
    let mut measures: Vec<Measure> = floors.iter().map(new).collect();
    measures.iter_mut().skip(1).for_each(|measure| measure.target = "–");
    for _ in 0..pairs {
        let costs = floors.iter_mut().map(|(_, floor)| floor()).collect::<Result<Vec<_>, _>>()?;
        let cost = work()?;
        measures.iter_mut().zip(costs).for_each(|(measure, floor)| measure.add(cost, floor));
    }
    measures.iter().for_each(Measure::tell);
    Ok(measures)
}

/// What one of two steps is called, and its floor.
pub(crate) struct Named<'a> {
    pub(crate) name: &'a str,
    pub(crate) floor_name: &'a str,
}

/// As [`alternate`], of a way there and a way back, each of which starts from where the other one ends. `work` and `floor`
/// go both ways and answer what each took.
pub(crate) fn alternate_there_and_back(
    ways: [Named<'_>; 2],
    pairs: usize,
    work: &mut dyn FnMut() -> Result<[Cost; 2], BenchError>,
    floor: &mut dyn FnMut() -> Result<[Cost; 2], BenchError>,
) -> Result<[Measure; 2], BenchError> {
    let mut measures = ways.map(|way| Measure {
        floor_name: Some(way.floor_name.to_owned()),
        ..Measure::alone(way.name, Vec::new(), "ms", "–")
    });
    for pair in 0..=pairs {
        let (floors, costs) = (floor()?, work()?);
        if pair > 0 {
            measures.iter_mut().zip(costs.into_iter().zip(floors)).for_each(|(measure, (cost, floor))| {
                measure.add(cost, floor);
            });
        }
    }
    measures.iter().for_each(Measure::tell);
    Ok(measures)
}

impl Measure {
    /// A run takes minutes; whoever waits sees how far it is.
    pub(crate) fn tell(&self) {
        let middle = |values: &[f64]| Self::spread(values).map_or(0.0, |spread| spread.median);
        let beside = self.floor_name.as_deref().zip(self.ratio()).map_or_else(String::new, |(floor, ratio)| {
            format!(", {floor}: {:.1} {}, ratio {ratio:.2}", middle(&self.floors), self.unit)
        });
        // A reader that went away is no error.
        let _ = writeln!(std::io::stderr(), "{}: {:.1} {}{beside}", self.name, middle(&self.values), self.unit);
    }

    /// One more pair.
    pub(crate) fn push(&mut self, value: f64, floor: f64) {
        self.values.push(value);
        self.floors.push(floor);
    }

    fn add(&mut self, cost: Cost, floor: Cost) {
        self.values.push(milliseconds(cost.time));
        self.floors.push(milliseconds(floor.time));
        self.peak = self.peak.max(cost.peak);
        self.floor_peak = self.floor_peak.max(floor.peak);
    }
}

/// A count as a number to reckon with.
pub(crate) fn float(count: impl TryInto<u64>) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "counts are far below what a float counts exactly")]
    let count = count.try_into().unwrap_or(u64::MAX) as f64;
    count
}

pub(crate) fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

/// What `work` takes.
pub(crate) fn timed(work: impl FnOnce() -> Result<(), BenchError>) -> Result<Cost, BenchError> {
    take_peaks();
    let started = Instant::now();
    work()?;
    let time = started.elapsed();
    let peak = take_peaks().into_values().max().unwrap_or_default();
    Ok(Cost { time, peak: float(peak) / 1_024.0 })
}
