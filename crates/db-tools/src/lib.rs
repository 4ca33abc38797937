//! The developer's side of the database toolkit, never linked into an app.

pub mod adopt;
pub mod check;
pub mod cluster;
pub mod docs;
pub mod generate;
pub mod introspect;
pub mod layout;
pub mod lint;
pub mod logical;
mod parallel;
pub mod plan;
pub mod scratch;
pub mod squash;
pub mod verify;
