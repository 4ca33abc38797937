//! Times counted in a histogram of high dynamic range: three digits of each, whatever its size, in a few kilobytes.
//!
//! The crate of that name would turn on a feature of `num-traits` that nobody else here uses, and with it a second build
//! of whatever reckons with numbers, the databases' drivers among it; and this is all that is needed of it.

/// Below this every value has a place of its own; above it, each doubling has half as many.
const EXACT: u64 = 2_048;
const HALF: u64 = EXACT / 2;

/// How often what was counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Histogram {
    /// How often, by place.
    counts: Vec<u64>,
}

impl Histogram {
    /// Counts a value.
    pub(crate) fn record(&mut self, value: u64) {
        let place = place(value);
        if self.counts.len() <= place {
            self.counts.resize(place + 1, 0);
        }
        self.counts[place] += 1;
    }

    /// Takes in what another one counted.
    pub(crate) fn add(&mut self, other: &Self) {
        if self.counts.len() < other.counts.len() {
            self.counts.resize(other.counts.len(), 0);
        }
        self.counts.iter_mut().zip(&other.counts).for_each(|(count, more)| *count += more);
    }

    /// How many values were counted.
    pub(crate) fn len(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The value that so many of a hundred thousand do not exceed; zero where nothing was counted.
    pub(crate) fn at(&self, of_hundred_thousand: u64) -> u64 {
        let wanted = (self.len() * of_hundred_thousand).div_ceil(100_000).max(1);
        let mut seen = 0;
        let found = self.counts.iter().position(|count| {
            seen += count;
            seen >= wanted
        });
        found.map_or(0, highest)
    }
}

fn place(value: u64) -> usize {
    let shift = (value / EXACT).checked_ilog2().map_or(0, |doublings| doublings + 1);
    let place = u64::from(shift) * HALF + (value >> shift);
    usize::try_from(place).expect("there are fewer than a hundred thousand places")
}

/// The largest value of a place.
fn highest(place: usize) -> u64 {
    let place = place as u64;
    if place < EXACT {
        return place;
    }
    let shift = place / HALF - 1;
    ((place - shift * HALF + 1) << shift) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_told_to_a_thousandth_and_never_as_less_than_it_was() {
        let mut before = 0;
        for value in (0..5_000).chain((5_000..100_000_000).step_by(997)) {
            let place = place(value);
            assert!(place == before || place == before + 1 || value >= 5_000, "{value}");
            before = place;
            let told = highest(place);
            assert!(told >= value && told - value <= value / 1_000, "{value} told as {told}");
        }
    }

    #[test]
    fn quantiles_are_those_of_the_sorted_values() {
        let (mut odd, mut even) = (Histogram::default(), Histogram::default());
        assert_eq!(odd.at(50_000), 0);
        (1..=1_000).step_by(2).for_each(|value| odd.record(value));
        (2..=1_000).step_by(2).for_each(|value| even.record(value));
        odd.add(&even);
        assert_eq!(odd.len(), 1_000);
        assert_eq!([50_000, 99_000, 99_900, 100_000].map(|part| odd.at(part)), [500, 990, 999, 1_000]);
    }
}
