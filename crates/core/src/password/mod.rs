//! Passwords: how they are taken, judged, hashed and checked.
//!
//! **Invariant:** whatever is asked about a password costs exactly one run of Argon2id, so that time tells nothing.

mod blocklist;
mod give_way;
mod hash;
mod memory;
mod normalise;
mod policy;
mod pool;
mod reserve;
mod threads;

pub use hash::{PasswordError, hash_password, verify_password};

pub(crate) use hash::{Hashed, NO_PEPPER, Stored};
pub(crate) use policy::{Context, Policy};
pub(crate) use pool::HashPool;
