//! Accounts: how people get one, keep it and give it up, and how administrators look after them.
//!
//! **Invariant:** nobody learns from an answer, its time or its number of queries whether an address has an account.
//! **Invariant:** whatever changes credentials raises `cred_gen`, which voids every link that was sent before, and tells
//! the person by mail.

mod account;
mod admin;
mod begin_anew;
mod by_mail;
mod change_email;
mod change_password;
mod deactivate;
mod find;
mod first_admin;
mod invite;
mod phone;
mod profile;
mod prove;
mod reset;
mod rows;
mod sign_up;
mod verify_email;

use sea_orm::DbErr;

use crate::ground::Ground;
use crate::single_use;

pub use account::{Account, AccountFilter, AccountStatus};
pub use invite::Invitation;
pub use sign_up::NewAccount;

pub(crate) use first_admin::lock_administrators;
pub(crate) use prove::prove_password;
pub(crate) use rows::next_generation;

/// What hashing passwords took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hashing {
    /// How many hashes were begun since the start.
    pub operations: u64,
    /// How many pieces of memory of 19 MiB each are kept for the next ones, at most.
    pub idle_memory: usize,
}

/// Makes, changes and finds accounts.
#[derive(Clone, Debug)]
pub struct Accounts {
    ground: Ground,
}

impl Accounts {
    /// Over what all flows share.
    pub(crate) fn new(ground: Ground) -> Self {
        Self { ground }
    }

    /// What hashing passwords took so far.
    pub fn hashing(&self) -> Hashing {
        let pool = &self.ground.hashing;
        Hashing { operations: pool.operations(), idle_memory: pool.idle_memory() }
    }

    /// Deletes the rows of links and codes that are long dead. How many.
    ///
    /// # Errors
    ///
    /// What the engine says.
    pub(crate) async fn sweep(&self) -> Result<u64, DbErr> {
        single_use::sweep(&self.ground).await
    }
}
