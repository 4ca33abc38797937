//! The order of versions, however a tool spells them: numbers as numbers, not as text.

use std::cmp::Ordering;

/// The place of a version in the order of its folder.
///
/// `20260101000000_create_schemas` and `000001_create_users` lead with one number, `V1.2__add` with several, and
/// `2026-01-01-000000_create` with one number in groups. Two spellings of one number (`1`, `0001`) are equal; a version
/// that leads with no number comes behind all that do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VersionKey(Key);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Key {
    Numbers(Vec<Number>),
    Text(String),
}

/// A number of any length: the longer one is the larger, once leading zeros are gone.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Number {
    length: usize,
    digits: String,
}

impl Number {
    fn of(digits: &str) -> Self {
        let digits = digits.trim_start_matches('0').to_owned();
        Self { length: digits.len(), digits }
    }
}

impl VersionKey {
    /// Reads the number that leads `version`.
    pub fn of(version: &str) -> Self {
        match numbers(version) {
            Some(numbers) => Self(Key::Numbers(numbers)),
            None => Self(Key::Text(version.to_owned())),
        }
    }

    /// The digits of the one number that leads `version`, zeros and all; none for `V1.2__add`, which has two, and for
    /// `create`, which has none.
    pub fn digits(version: &str) -> Option<String> {
        leading_digits(version)
    }

    /// Compares two versions; those of one number by their text.
    pub fn compare(left: &str, right: &str) -> Ordering {
        Self::of(left).cmp(&Self::of(right)).then_with(|| left.cmp(right))
    }
}

/// The part of a version that holds its numbers. Flyway's `V1_2__add` writes a dot as `_`, and ends the number by `__`.
fn head(version: &str) -> String {
    let rest = version.strip_prefix(['V', 'U']).filter(|rest| rest.starts_with(|first: char| first.is_ascii_digit()));
    match rest {
        Some(rest) => rest.split("__").next().unwrap_or_default().replace('_', "."),
        None => version.split('_').next().unwrap_or_default().to_owned(),
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The one number that leads a version, with its zeros: that of `20260101000000-create`, or that of a time in groups which
/// begins with a year, `2026-01-01-000000_create`.
fn leading_digits(version: &str) -> Option<String> {
    let head = head(version);
    let mut groups = head.split('-').take_while(|group| is_number(group));
    let first = groups.next()?;
    let rest = if first.len() == 4 { groups.collect::<String>() } else { String::new() };
    Some(format!("{first}{rest}"))
}

/// A time in groups: one without its hours stands among those that have them, and what follows the seconds comes last.
fn time(digits: &str) -> Vec<Number> {
    let padded = format!("{digits:0<14}");
    let (time, rest) = padded.split_at(14);
    std::iter::once(time).chain((!rest.is_empty()).then_some(rest)).map(Number::of).collect()
}

fn numbers(version: &str) -> Option<Vec<Number>> {
    let head = head(version);
    if let Some(digits) = leading_digits(version) {
        let in_groups = head.as_bytes().get(4) == Some(&b'-');
        return Some(if in_groups { time(&digits) } else { vec![Number::of(&digits)] });
    }
    if !head.split('.').all(is_number) {
        return None;
    }
    let mut numbers: Vec<_> = head.split('.').map(Number::of).collect();
    // 1.0 is 1.
    while numbers.len() > 1 && numbers.last() == Some(&Number::default()) {
        numbers.pop();
    }
    Some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_compared_as_numbers() {
        let sorted =
            |versions: &[&str]| versions.windows(2).all(|pair| VersionKey::compare(pair[0], pair[1]) == Ordering::Less);
        assert!(sorted(&["20260101000000_b", "20260101000100_a", "20260101000200_c"]));
        assert!(sorted(&["1_z", "02_y", "10_x", "000011_w", "20260101000000_v", "zero"]));
        assert!(sorted(&["V1__a", "V1.1__b", "V1_2__c", "V1.10__d", "V2__e", "V10__f"]));
        assert!(sorted(&["1-z", "2-2fa", "10-x", "20260101000000-create_t"]));
        assert!(sorted(&["00000000000000_initial", "2024-01-02-030405_a", "20240102030406_b"]));
        assert!(sorted(&[
            "2024-03-06-170000_a",
            "2024-03-13_170000_b",
            "2024-03-13-170000-0000_c",
            "2024-03-14-000000_d"
        ]));
    }

    #[test]
    fn one_number_has_many_spellings() {
        for (left, right) in
            [("1_a", "0001_b"), ("V1.0__a", "V1"), ("2024-01-02-030405_a", "20240102030405"), ("1", "V1__x")]
        {
            assert_eq!(VersionKey::of(left), VersionKey::of(right), "{left} {right}");
        }
        assert_ne!(VersionKey::of("V1.1__a"), VersionKey::of("V11__a"));
        assert_ne!(VersionKey::of("create"), VersionKey::of("drop"));
    }
}
