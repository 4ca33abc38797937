//! The multi-database toolkit that ships in production: descriptors and their order, configuration, connections,
//! migrations, seeds, and the life of a database from create to drop.
//!
//! **Invariant:** this crate knows no concrete database; every owner crate hands it a [`Descriptor`].
//! **Invariant:** it never prints; what happens is told to a [`progress::Observer`], what came out is returned.

pub mod catalog;
pub mod config;
mod connect;
mod destructive;
mod engine;
pub mod entity;
mod environment;
mod error;
mod failure;
mod fleet;
mod lifecycle;
mod lock;
pub mod migrate;
pub mod progress;
pub mod seed;
mod sql;
mod tracking;
mod transaction;
mod triggers;

pub(crate) use catalog::nearest as catalog_nearest;
pub use catalog::{Catalog, CatalogError, Descriptor, FileSet, Plan};
pub use config::{ConfigError, Configuration, Target};
pub use connect::{ConnectError, Database, Purpose, Session};
pub use destructive::{Consent, ConsentError, DestructiveToken, Loss, Reach};
pub use engine::Engine;
pub use environment::Environment;
pub use error::Error;
pub use failure::{Failure, FailureKind};
pub use fleet::*;
pub use lifecycle::{CleanReport, Created, LifecycleError};
pub use lock::LockError;
pub use migrate::MigrationError;
pub use seed::SeedError;
pub use tracking::{AppliedRecord, Identity, IdentityError, Snapshot, TRACKING_TABLES};
pub use transaction::{AsDbErr, with_transaction};

/// What [`migrator!`] writes into an owner crate refers to these, so that the crate need not depend on them itself.
#[doc(hidden)]
pub mod private {
    pub use {sea_orm, sea_orm_migration};
}
