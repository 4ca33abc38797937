//! The throwaway PostgreSQL, schemas and migrations, and what other tools leave, all for real.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

mod adopt;
mod check;
mod child;
mod death;
mod docs;
mod engine;
mod folders;
mod generate;
mod histories;
mod introspect;
mod layouts;
mod lint;
mod live;
mod missing;
mod plan;
mod source;
mod squash;
mod start;
mod support;
mod url;
mod users;
mod verify;
