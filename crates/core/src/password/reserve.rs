//! The core that hashes leave to everybody else, for as long as there is anybody else.
//!
//! A hash that fills a core gives it to whoever wakes, but not always at once: the kernel looks at its next tick, up to 4 ms
//! later. With a hash on every core, that is what one in a hundred other requests waits for.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// When others were served last, and what they are left.
#[derive(Debug)]
pub(super) struct Reserve {
    /// How many hash at once beside others.
    beside: usize,
    /// For how long somebody who was served is expected to come again.
    expected: Duration,
    begun: Instant,
    /// Until when others are expected, in milliseconds since `begun`.
    until: AtomicU64,
}

impl Reserve {
    /// One of so many cores; of one core, nothing but what a second hash would take.
    pub(super) fn one_of(cores: usize) -> Self {
        Self::new(cores.saturating_sub(1).max(1), Duration::from_millis(250))
    }

    /// Nothing at all.
    pub(super) fn nothing() -> Self {
        Self::new(usize::MAX, Duration::ZERO)
    }

    /// At most `beside` hash as long as others are `expected`.
    pub(super) fn new(beside: usize, expected: Duration) -> Self {
        Self { beside, expected, begun: Instant::now(), until: AtomicU64::new(0) }
    }

    /// Somebody is served who needs no hash.
    pub(super) fn note(&self) {
        let until = self.now() + milliseconds(self.expected);
        // Nearly always somebody has been here a moment ago; then all cores only read.
        if self.until.load(Ordering::Relaxed) + milliseconds(self.expected / 10) < until {
            self.until.fetch_max(until, Ordering::Relaxed);
        }
    }

    /// For how long no hash may begin where `busy` are at work; nothing where one may.
    pub(super) fn holds_back(&self, busy: usize) -> Option<Duration> {
        if busy < self.beside {
            return None;
        }
        let rest = self.until.load(Ordering::Relaxed).saturating_sub(self.now());
        (rest > 0).then(|| Duration::from_millis(rest))
    }

    fn now(&self) -> u64 {
        milliseconds(self.begun.elapsed())
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_are_expected_for_a_while() {
        let reserve = Reserve::new(2, Duration::from_mins(1));
        assert_eq!(reserve.holds_back(9), None, "nobody was there yet");
        reserve.note();
        assert_eq!(reserve.holds_back(1), None, "there is room beside them");
        let rest = reserve.holds_back(2).unwrap();
        assert!(rest <= Duration::from_mins(1), "{rest:?}");

        let brief = Reserve::new(1, Duration::from_millis(20));
        brief.note();
        std::thread::sleep(Duration::from_millis(30));
        assert_eq!(brief.holds_back(9), None);
        // Whoever comes after that is noticed anew.
        brief.note();
        assert!(brief.until.load(Ordering::Relaxed) >= 50);
    }

    #[test]
    fn one_hash_is_always_possible() {
        for cores in [0, 1, 2, 64] {
            let reserve = Reserve::one_of(cores);
            reserve.note();
            assert_eq!(reserve.holds_back(0), None, "{cores} cores");
        }
    }
}
