//! Seeds: data keyed by natural key, loaded in file order by an upsert that changes only what differs.
//!
//! Ids of seeded rows are `UUIDv5` of table and natural key, so a file names a parent by what people call it, and both
//! engines and all databases agree on the id without asking. `seeds/README.md` describes the format.

mod convert;
mod error;
mod files;
mod history;
mod keys;
mod load;
mod raw;
mod read;
mod refused;
mod retry;
mod rows;
mod script;
mod shape;
mod stage;
mod take_back;
mod untouched;

use atriz_kernel::SharedClock;
use serde::Serialize;

pub use error::SeedError;
pub(crate) use files::list;
pub(crate) use history::is_stale;
pub(crate) use load::Loader;
pub(crate) use take_back::Referenced;

use crate::{Engine, Environment};

/// What a seed in Rust may use.
#[derive(Clone, Debug)]
pub struct SeedContext {
    /// The engine.
    pub engine: Engine,
    /// The environment of the process.
    pub environment: Environment,
    /// Where the time comes from.
    pub clock: SharedClock,
}

/// What a seed did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SeedOutcome {
    /// Rows that were not there.
    pub inserted: u64,
    /// Rows that were there and differed.
    pub changed: u64,
    /// Rows that were as they should be.
    pub unchanged: u64,
}

impl SeedOutcome {
    /// Adds another outcome.
    pub fn add(&mut self, other: Self) {
        self.inserted += other.inserted;
        self.changed += other.changed;
        self.unchanged += other.unchanged;
    }
}

/// What was done with one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SeedReport {
    /// `reference/01_locations.csv`.
    pub file: String,
    /// What it did; nothing where it was skipped, since it was loaded before and has not changed.
    pub outcome: Option<SeedOutcome>,
}
