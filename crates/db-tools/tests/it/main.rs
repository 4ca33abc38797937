//! The throwaway PostgreSQL, schemas and migrations, all for real.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

mod child;
mod death;
mod engine;
mod introspect;
mod missing;
mod start;
mod support;
mod url;
mod users;
mod verify;
