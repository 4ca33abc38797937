//! The only place that reads the system clock.

use std::fmt::Debug;
use std::sync::Arc;

use chrono::{DateTime, SubsecRound, Utc};

/// Where the current time comes from. Every value is UTC and has no more than microseconds, since that is what
/// PostgreSQL keeps: a nanosecond sent would differ from the one stored, on that engine alone.
pub trait Clock: Debug + Send + Sync {
    /// The current time, in whole microseconds.
    fn now(&self) -> DateTime<Utc>;
}

/// A clock that many tasks hold.
pub type SharedClock = Arc<dyn Clock>;

/// The computer's own clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the place the rule points to")]
    fn now(&self) -> DateTime<Utc> {
        truncate_to_microseconds(Utc::now())
    }
}

/// Cuts a time to whole microseconds.
pub fn truncate_to_microseconds(time: DateTime<Utc>) -> DateTime<Utc> {
    time.trunc_subsecs(6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_cut_not_rounded() {
        let time = DateTime::from_timestamp(1_700_000_000, 123_456_999).expect("a valid time");
        assert_eq!(truncate_to_microseconds(time).timestamp_subsec_nanos(), 123_456_000);
        assert_eq!(SystemClock.now().timestamp_subsec_nanos() % 1_000, 0);
    }
}
