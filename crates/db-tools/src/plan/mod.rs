//! What pending migrations would do to those who use the databases meanwhile: locks, scans, rewrites.
//!
//! [`effect()`] reads one statement and nothing else; [`plan()`] adds what running databases say of their tables.
//!
//! **Invariant:** nothing here locks, makes or changes anything.

pub(crate) mod cursor;
mod effect;
mod estimate;
mod known;
mod live;
mod name;
mod postgres;
mod read;
mod report;
mod rows;
mod run;
mod sqlite;
mod summary;
mod text;
mod weigh;

pub use effect::{Blocks, Change, Effect, LockLevel, TableLock, Work, effect, effect_knowing};
pub use estimate::{Quality, Rows};
pub use known::{Column, Known, NotNullCheck, Reference};
pub use live::Live;
pub use name::Name;
pub use read::plan;
pub use report::{DatabasePlan, Grouping, MigrationPlan, PlannedMigration, PlannedStatement, PlannedTable};
pub use summary::{Careful, CarefulKind, Summary};
