//! The tables that every database has for what every app does: answering a repeated request once, handing messages over,
//! and drawing versions. Their migrations stand in each database's folder, in a schema of its own.

#![expect(
    clippy::disallowed_methods,
    reason = "SeaORM's macros write methods that begin transactions; nothing calls them"
)]

pub mod idempotency;
pub mod outbox;
pub mod sync_scopes;
