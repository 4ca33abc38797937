//! A clock that stands still until a test moves it.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use atriz_kernel::Clock;
use sea_orm::prelude::ChronoDateTimeUtc;

/// A clock that goes on by hand alone. It starts at noon of 2026-02-01, a day behind the last of the demo data.
#[derive(Debug)]
pub struct FixedClock(Mutex<ChronoDateTimeUtc>);

impl FixedClock {
    /// A clock at the usual time.
    pub fn new() -> Self {
        Self::at("2026-02-01T12:00:00Z")
    }

    /// A clock at `time`, such as `2026-02-01T12:00:00Z`.
    ///
    /// # Panics
    ///
    /// If `time` is not RFC 3339.
    pub fn at(time: &str) -> Self {
        Self(Mutex::new(time.parse().expect("a test writes its times in RFC 3339")))
    }

    /// Lets time pass.
    pub fn advance(&self, by: Duration) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now += by;
    }

    /// Puts the clock right, which was ahead.
    pub fn set_back(&self, by: Duration) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now -= by;
    }
}

impl Default for FixedClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for FixedClock {
    fn now(&self) -> ChronoDateTimeUtc {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
