//! Keys for programs: those of a person, and those of service accounts.
//!
//! **Invariant:** a key never permits more than its owner may now; what an owner loses, their keys lose.

mod create;
mod found;
mod manage;
mod service;
mod types;
mod verify;

use crate::ground::Ground;

pub(crate) use manage::end_all_of;
pub use types::{ApiKeyInfo, NewKey, NewServiceAccount, ServiceAccountInfo};

/// Makes, checks and ends API keys.
#[derive(Clone, Debug)]
pub struct ApiKeys {
    ground: Ground,
}

impl ApiKeys {
    /// Over what all flows share.
    pub(crate) fn new(ground: Ground) -> Self {
        Self { ground }
    }
}
