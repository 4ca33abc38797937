//! The developer's side of the database toolkit, never linked into an app.

pub mod adopt;
pub mod cluster;
pub mod layout;
pub mod plan;
