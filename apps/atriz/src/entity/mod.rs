//! The tables of this app's database as SeaORM sees them, one module per schema.

#![expect(
    clippy::disallowed_methods,
    reason = "SeaORM's macros write methods that begin transactions; nothing calls them"
)]

pub mod app;
pub mod master;
