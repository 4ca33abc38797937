//! Versions of 14 digits for versions of any spelling.
//!
//! The rule reads one version alone, so that files which come later change nothing:
//!
//! - 14 digits that are a time stay, and hours, minutes or seconds too many carry over; 8, 12, and 15 or more digits that begin with a date are filled up with zeros or cut;
//! - 13 digits are milliseconds since 1970;
//! - any other number is seconds since 1970: `1` becomes `19700101000001`;
//! - Flyway's `V1.2.3` is 1,002,003 seconds since 1970.
//!
//! A version that would not come behind the one before it becomes one second later than that one.

use atriz_db::migrate::VersionKey;
use chrono::{DateTime, NaiveDateTime, TimeDelta};

const FORMAT: &str = "%Y%m%d%H%M%S";

/// The 14 digits for `version`, behind `previous`.
pub(super) fn digits(version: &str, previous: Option<&str>) -> Option<String> {
    let own = of_one(version)?;
    match previous {
        Some(previous) if own.as_str() <= previous => behind(previous),
        _ => Some(own),
    }
}

fn of_one(version: &str) -> Option<String> {
    if let Some(rest) = version.strip_prefix('V') {
        let parts: Vec<&str> = rest.split("__").next()?.split(['.', '_']).collect();
        return match parts.as_slice() {
            [one] => date(one).or_else(|| dotted(&parts)),
            _ => dotted(&parts),
        };
    }
    let number = VersionKey::digits(version)?;
    date(&number).or_else(|| seconds(number.parse().ok()?))
}

/// A number that is a time already.
fn date(number: &str) -> Option<String> {
    let valid = |text: String| NaiveDateTime::parse_from_str(&text, FORMAT).is_ok().then_some(text);
    match number.len() {
        _ if !number.bytes().all(|byte| byte.is_ascii_digit()) => None,
        14 => carried(number),
        8 => valid(format!("{number}000000")),
        12 => valid(format!("{number}00")),
        15.. => valid(number[..14].to_owned()),
        13 => seconds(number.parse::<i64>().ok()? / 1_000),
        _ => None,
    }
}

/// 14 digits as a time: `…235960` is the next day's first second.
fn carried(number: &str) -> Option<String> {
    let day = NaiveDateTime::parse_from_str(&format!("{}000000", &number[..8]), FORMAT).ok()?;
    let part = |from: usize| number[from..from + 2].parse::<i64>().ok();
    let seconds = part(8)? * 3_600 + part(10)? * 60 + part(12)?;
    Some(day.checked_add_signed(TimeDelta::seconds(seconds))?.format(FORMAT).to_string())
}

fn dotted(parts: &[&str]) -> Option<String> {
    let mut seconds_since = 0_i64;
    for place in 0..3 {
        let part = parts.get(place).map_or(Some(0), |part| part.parse::<i64>().ok())?;
        seconds_since = seconds_since.checked_mul(1_000)?.checked_add(part)?;
    }
    seconds(seconds_since)
}

fn seconds(number: i64) -> Option<String> {
    let text = DateTime::from_timestamp(number, 0)?.format(FORMAT).to_string();
    (text.len() == 14).then_some(text)
}

/// One second later.
fn behind(previous: &str) -> Option<String> {
    let time = NaiveDateTime::parse_from_str(previous, FORMAT).ok()?;
    Some(time.checked_add_signed(TimeDelta::seconds(1))?.format(FORMAT).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule_reads_one_version_alone() {
        for (version, becomes) in [
            ("000001_create_users", "19700101000001"),
            ("42_x", "19700101000042"),
            ("20240102030405_x", "20240102030405"),
            ("20240102030499_x", "20240102030539"),
            ("00000000000000_diesel_initial_setup", "19700101000000"),
            ("20240102_x", "20240102000000"),
            ("202401020304_x", "20240102030400"),
            ("20240102030405678_x", "20240102030405"),
            ("1704164645000_x", "20240102030405"),
            ("1704164645_x", "20240102030405"),
            ("2024-01-02-030405_x", "20240102030405"),
            ("2024-01-02-030405-0000_x", "20240102030405"),
            ("20240102030405-create", "20240102030405"),
            ("V1__x", "19700112134640"),
            ("V1.2__x", "19700112142000"),
            ("V1_2_3__x", "19700112142003"),
            ("V20240102__x", "20240102000000"),
        ] {
            assert_eq!(digits(version, None).as_deref(), Some(becomes), "{version}");
        }
        assert_eq!(digits("create_x", None), None);
        assert_eq!(digits("99999999999999999999_x", None), None);
    }

    #[test]
    fn the_order_stays() {
        assert_eq!(digits("1_x", Some("20240102030459")).as_deref(), Some("20240102030500"));
        assert_eq!(digits("20240102030405679_x", Some("20240102030405")).as_deref(), Some("20240102030406"));
    }
}
