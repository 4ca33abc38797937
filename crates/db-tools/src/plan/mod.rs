//! What pending migrations would do to those who use the databases meanwhile: locks, scans, rewrites.
//!
//! [`effect`] reads one statement and nothing else.

mod cursor;
mod effect;
mod estimate;
mod known;
mod live;
mod name;
mod postgres;
mod rows;
mod run;
mod sqlite;

pub use effect::{Blocks, Change, Effect, LockLevel, TableLock, Work, effect, effect_knowing};
pub use estimate::{Quality, Rows};
pub use known::{Known, Reference};
pub use live::Live;
pub use name::Name;
