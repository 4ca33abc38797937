//! When something shall end.

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, TimeDelta, Utc};

use crate::AuthError;

/// Years of RFC 3339 have four digits.
const LAST_YEAR: i32 = 9999;

/// The last moment that something may end at.
pub(crate) fn last_moment() -> DateTime<Utc> {
    let day = NaiveDate::from_ymd_opt(LAST_YEAR, 12, 31).unwrap_or(NaiveDate::MAX);
    day.and_time(NaiveTime::MIN).and_utc() + TimeDelta::days(1) - TimeDelta::microseconds(1)
}

/// Asks that `expires_at`, where there is one, be a time to come that can be written down.
///
/// # Errors
///
/// [`AuthError::Unacceptable`].
pub(crate) fn check_end(expires_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<(), AuthError> {
    match expires_at {
        Some(end) if end <= now => Err(AuthError::unacceptable("expires_at", "it takes a time to come")),
        Some(end) if end.year() > LAST_YEAR => {
            Err(AuthError::unacceptable("expires_at", format!("it takes a year up to {LAST_YEAR}")))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_comes_and_can_be_written() {
        let time = |text: &str| -> DateTime<Utc> { text.parse().unwrap() };
        let now = time("2026-02-01T12:00:00Z");
        assert!(check_end(None, now).is_ok());
        for (end, good) in [
            ("2026-02-01T12:00:00Z", false),
            ("2026-02-01T12:00:01Z", true),
            ("9999-12-31T23:59:59Z", true),
            ("9999-12-31T23:59:59-23:59", false),
            ("+10000-01-01T00:00:00Z", false),
            ("+262142-12-31T23:59:59Z", false),
            ("-0001-01-01T00:00:00Z", false),
        ] {
            assert_eq!(check_end(Some(time(end)), now).is_ok(), good, "{end}");
        }
    }
}
