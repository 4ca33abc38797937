//! Identifiers: time-ordered ones for new rows, repeatable ones for seeded rows.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::{NoContext, Timestamp, Uuid};

use crate::Clock;

/// A user of the shared authentication database. Other databases hold it as a plain column, since no foreign key
/// reaches across databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UserId(pub Uuid);

impl fmt::Display for UserId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// A new `UUIDv7` (RFC 9562 §5.7), whose time is the injected clock's.
pub fn new_id(clock: &dyn Clock) -> Uuid {
    let now = clock.now();
    let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
    Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, now.timestamp_subsec_nanos()))
}

/// The id of a seeded row: `UUIDv5` (RFC 9562 §5.5) of its table and natural key, so that both engines, and databases
/// that refer to each other, agree on it without asking.
///
/// The parts of the key are joined by `/`.
pub fn seed_id(table: &str, key: &str) -> Uuid {
    // uuid5(NAMESPACE_URL, "https://atriz.example/seed")
    const NAMESPACE: Uuid = Uuid::from_u128(0x48f0_49a6_4611_5e35_a277_eeb3_c240_4f50);
    Uuid::new_v5(&NAMESPACE, format!("{table}:{key}").as_bytes())
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::*;

    #[derive(Debug)]
    struct Fixed(DateTime<Utc>);

    impl Clock for Fixed {
        fn now(&self) -> DateTime<Utc> {
            self.0
        }
    }

    #[test]
    fn new_ids_carry_the_clocks_time_and_differ() {
        let clock = Fixed(DateTime::from_timestamp(1_767_225_600, 0).expect("a valid time"));
        let (first, second) = (new_id(&clock), new_id(&clock));
        assert_ne!(first, second);
        assert_eq!(first.get_version_num(), 7);
        assert_eq!(first.get_timestamp().map(|time| time.to_unix().0), Some(1_767_225_600));
    }

    #[test]
    fn seed_ids_are_the_same_everywhere() {
        let namespace = Uuid::new_v5(&Uuid::NAMESPACE_URL, b"https://atriz.example/seed");
        assert_eq!(seed_id("products", "DEMO/SKU-1"), Uuid::new_v5(&namespace, b"products:DEMO/SKU-1"));
        assert_ne!(seed_id("products", "a"), seed_id("product", "sa"));
    }
}
