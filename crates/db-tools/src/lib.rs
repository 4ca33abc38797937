//! The developer's side of the database toolkit, never linked into an app.

pub mod cluster;
pub mod introspect;
pub mod scratch;
pub mod verify;
