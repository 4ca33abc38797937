//! The throwaway PostgreSQL, started for real.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

mod child;
mod death;
mod engine;
mod missing;
mod plan;
mod start;
mod support;
mod url;
mod users;
