//! What each database knows of itself: the history, the journal, the identity and the record of seeds.
//!
//! They stand in `public`, and every statement of ours says so, whatever `search_path` is.

mod bootstrap;
mod history;
mod identity;
mod journal;
mod snapshot;
mod steps;

pub(crate) use bootstrap::{bootstrap, grant_schemas, make_seed_history};
pub(crate) use history::{record_applied, record_reverted};
pub(crate) use identity::change_environment;
pub use identity::{Identity, IdentityError};
pub(crate) use journal::{Event, Journal, append, append_applied};
pub use snapshot::{AppliedRecord, Snapshot};
pub(crate) use steps::{Begun, Steps};

/// The tables that belong to the toolkit: never cleaned, never compared with entities.
pub const TRACKING_TABLES: [&str; 4] = ["seaql_migrations", "migration_history", "database_identity", "seed_history"];
