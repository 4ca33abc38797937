//! The throwaway PostgreSQL, started for real; folders and histories of other tools, read and taken over on real databases.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

mod adopt;
mod child;
mod death;
mod engine;
mod folders;
mod histories;
mod layouts;
mod missing;
mod plan;
mod source;
mod start;
mod support;
mod url;
mod users;
