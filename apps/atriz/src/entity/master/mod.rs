//! Schema `master`: what the whole site shares.

pub mod categories;
pub mod locations;
