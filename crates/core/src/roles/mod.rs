//! What somebody may do.
//!
//! A role belongs to one app or to all of them, permits things, and may include other roles with all that they permit.

mod book;
mod ceiling;
mod change;
mod list;
mod read;

use std::collections::BTreeSet;

pub(crate) use book::RoleBook;
pub(crate) use ceiling::{Lasting, hold_as_long, may_give, person_may_give};
pub(crate) use change::somebody_stays;

use crate::ground::Ground;

/// A role and what it permits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its code, such as `mextrack.dispatcher`.
    pub code: String,
    /// What it permits by itself, sorted.
    pub permissions: Vec<String>,
}

/// What somebody is and may do in one app.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EffectiveRoles {
    /// The codes of the roles that are held, and of those that they include; sorted.
    pub roles: Vec<String>,
    /// What all of them permit.
    pub permissions: BTreeSet<String>,
}

/// A role as an administrator sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleSummary {
    /// Its code.
    pub code: String,
    /// What people see.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The code of the app it belongs to; nothing for a role across all apps.
    pub app: Option<String>,
    /// The codes of the roles it includes, sorted.
    pub includes: Vec<String>,
    /// What it permits by itself, sorted.
    pub permissions: Vec<String>,
}

/// Looks roles up, and changes who holds them.
#[derive(Clone, Debug)]
pub struct Roles {
    ground: Ground,
}

impl Roles {
    /// Over the issuer's ground.
    pub(crate) fn new(ground: Ground) -> Self {
        Self { ground }
    }
}
