//! Identifiers, time, money and page cursors: what every crate speaks.
//!
//! **Invariant:** this crate does no input or output. The system clock is the one exception, and it is reached through
//! [`Clock`] alone, so that a test can stand still.

mod clock;
mod cursor;
mod ids;
mod money;

pub use clock::{Clock, SharedClock, SystemClock, truncate_to_microseconds};
pub use cursor::{Cursor, CursorError};
pub use ids::{UserId, new_id, seed_id};
pub use money::{Currency, Money, MoneyError};
