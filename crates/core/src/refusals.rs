//! Which refusals were noted a moment ago, so that nobody fills the audit trail by asking again and again.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use moka::ops::compute::{CompResult, Op};
use moka::sync::Cache;
use uuid::Uuid;

/// Of one person and one thing, one refusal in this time is noted.
const APART: TimeDelta = TimeDelta::minutes(1);

/// When a refusal was last noted, by who was refused and what for.
pub(crate) struct Refusals(Cache<(Uuid, &'static str), DateTime<Utc>>);

impl Refusals {
    /// None yet.
    pub(crate) fn new() -> Self {
        let kept = Duration::from_mins(2);
        Self(Cache::builder().max_capacity(50_000).time_to_live(kept).build())
    }

    /// Whether a refusal at `now` is to be noted; it counts as noted from then on. Of any number at once one is.
    pub(crate) fn is_news(&self, who: Uuid, what: &'static str, now: DateTime<Utc>) -> bool {
        let noted = self.0.entry((who, what)).and_compute_with(|last| match last {
            Some(last) if now - *last.value() < APART => Op::Nop,
            _ => Op::Put(now),
        });
        matches!(noted, CompResult::Inserted(_) | CompResult::ReplacedWith(_))
    }
}

impl fmt::Debug for Refusals {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Refusals").field("known", &self.0.entry_count()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_a_minute_of_each_is_news() {
        let (refusals, now) = (Refusals::new(), DateTime::from_timestamp(1_770_000_000, 0).unwrap());
        let (ann, bob) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let asked: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| (0..100).filter(|_| refusals.is_news(ann, "users.read", now)).count()))
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(asked.iter().sum::<usize>(), 1, "{asked:?}");
        assert!(refusals.is_news(bob, "users.read", now) && refusals.is_news(ann, "users.write", now));
        assert!(!refusals.is_news(ann, "users.read", now + TimeDelta::seconds(59)));
        assert!(refusals.is_news(ann, "users.read", now + TimeDelta::seconds(60)));
    }
}
