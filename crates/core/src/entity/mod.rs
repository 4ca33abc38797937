//! The tables of the core database as SeaORM sees them. They stay inside this crate: callers get its API, never a row.

#![expect(unreachable_pub, reason = "SeaORM's macros write `pub` items, and this module is private on purpose")]
#![expect(
    clippy::disallowed_methods,
    reason = "SeaORM's macros write methods that begin transactions; nothing calls them"
)]

pub mod auth;
