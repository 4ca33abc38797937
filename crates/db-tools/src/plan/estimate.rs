//! How many rows a table holds, about.

use std::fmt;

use serde::Serialize;

/// How many rows a table holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Rows {
    /// The number.
    pub number: u64,
    /// What it is worth.
    pub quality: Quality,
}

/// What a number of rows is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Quality {
    /// It was counted.
    Counted,
    /// It comes from the engine's statistics.
    Estimate,
    /// There are more; counting ended here.
    AtLeast,
}

impl fmt::Display for Rows {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = grouped(self.number);
        match self.quality {
            Quality::Counted if self.number == 1 => formatter.write_str("1 row"),
            Quality::Counted => write!(formatter, "{number} rows"),
            Quality::Estimate => write!(formatter, "about {number} rows"),
            Quality::AtLeast => write!(formatter, "{number}+ rows"),
        }
    }
}

/// A number with a comma before every third digit.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_at_a_glance() {
        let say = |number, quality| Rows { number, quality }.to_string();
        assert_eq!(say(1, Quality::Counted), "1 row");
        assert_eq!(say(999, Quality::Counted), "999 rows");
        assert_eq!(say(1_200_000, Quality::Estimate), "about 1,200,000 rows");
        assert_eq!(say(1_000_000, Quality::AtLeast), "1,000,000+ rows");
    }
}
