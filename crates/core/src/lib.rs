//! The shared authentication database that every app signs in against.
//!
//! **Invariant:** the entities are private. Whoever needs an account asks [`Accounts`] or [`Roles`], and gets values that
//! hold no secret.

mod accounts;
mod database;
mod demo;
mod entity;
mod password;
mod roles;

pub use accounts::{Account, AccountStatus, Accounts};
pub use database::{Migrator, descriptor};
pub use demo::{DEMO_PASSWORD, DEMO_USERS, DemoUser};
pub use password::{PasswordError, hash_password, verify_password};
pub use roles::{Role, Roles};
