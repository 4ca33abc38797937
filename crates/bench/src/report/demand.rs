//! Whether what is demanded of a measure is met.

use crate::measure::{Measure, Spread};

/// A demand, read from its words: `under 40 ms`, `at most 1.1 of psql`, `0.9 of bare Argon2id`, `100,000 or more`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Demand {
    bound: f64,
    /// Whether less is better.
    most: bool,
    /// Whether the ratio to the floor is meant, and not the value.
    of_floor: bool,
}

/// How far from the floor something may be that has to be "as" it.
const ALIKE: f64 = 1.1;

impl Demand {
    /// What the words demand of a value; nothing where they name no number.
    pub(crate) fn read(words: &str) -> Option<Self> {
        if words.starts_with("as ") {
            return Some(Self { bound: ALIKE, most: true, of_floor: true });
        }
        let most = words.starts_with("under ") || words.starts_with("at most ");
        let mut words = words.split_whitespace();
        let bound: f64 = words.find_map(|word| word.replace(',', "").parse().ok())?;
        Some(match words.next() {
            Some("of") => Self { bound, most, of_floor: true },
            // Times are measured in milliseconds.
            Some("s") => Self { bound: bound * 1_000.0, most, of_floor: false },
            _ => Self { bound, most, of_floor: false },
        })
    }

    /// Whether the medians meet it; nothing where there are none.
    pub(crate) fn is_met(self, measure: &Measure) -> Option<bool> {
        let value = if self.of_floor {
            measure.ratio()?
        } else {
            let Spread { median, .. } = Measure::spread(&measure.values)?;
            median
        };
        Some(if self.most { value <= self.bound } else { value >= self.bound })
    }
}

/// What is known of why a figure falls short: the beginning of a measure's name, `=>`, the cause.
const CAUSES: &str = include_str!("causes.txt");

/// `met`, `short` with its cause, or nothing where nothing is demanded.
pub(crate) fn verdict(measure: &Measure) -> Option<String> {
    let met = Demand::read(measure.target)?.is_met(measure)?;
    if met {
        return Some("met".to_owned());
    }
    let cause = causes().find(|(name, _)| measure.name.starts_with(name)).map(|(_, cause)| cause);
    Some(format!("short: {}", cause.unwrap_or("cause not known")))
}

fn causes() -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = CAUSES.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.filter_map(|line| line.split_once(" => "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn demand(bound: f64, most: bool, of_floor: bool) -> Demand {
        Demand { bound, most, of_floor }
    }

    #[test]
    fn words_are_understood() {
        assert_eq!(Demand::read("under 1,500 ms"), Some(demand(1_500.0, true, false)));
        assert_eq!(Demand::read("under 1.5 s"), Some(demand(1_500.0, true, false)));
        assert_eq!(Demand::read("at most 1.1 of psql"), Some(demand(1.1, true, true)));
        assert_eq!(Demand::read("0.9 of bare Argon2id"), Some(demand(0.9, false, true)));
        assert_eq!(Demand::read("100,000 or more"), Some(demand(100_000.0, false, false)));
        assert_eq!(Demand::read("as without"), Some(demand(1.1, true, true)));
        assert_eq!(Demand::read("at most 1.5 times"), Some(demand(1.5, true, false)));
        assert_eq!(Demand::read("–"), None);
    }

    #[test]
    fn a_figure_is_met_or_short_by_its_median() {
        let measure = |target| Measure {
            floors: vec![100.0, 100.0, 100.0],
            ..Measure::alone("nothing of that name", vec![95.0, 10.0, 120.0], "ms", target)
        };
        assert_eq!(verdict(&measure("under 95 ms")).as_deref(), Some("met"));
        assert_eq!(verdict(&measure("0.9 of the floor")).as_deref(), Some("met"));
        assert_eq!(verdict(&measure("at most 0.9 of the floor")).as_deref(), Some("short: cause not known"));
        assert_eq!(verdict(&measure("–")), None);
    }

    #[test]
    fn the_median_of_four_lies_between_those_in_the_middle() {
        let spread = Measure::spread(&[9.0, 1.0, 4.0, 2.0]).unwrap();
        assert_eq!((spread.minimum, spread.median, spread.maximum), (1.0, 3.0, 9.0));
    }

    #[test]
    fn every_cause_can_be_read() {
        let written = CAUSES.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).count();
        assert_eq!(causes().count(), written);
    }
}
