//! Whose rows a caller sees.

use atriz_core::Caller;

/// The role that runs the platform.
const PLATFORM_ADMIN: &str = "admin";

/// Whether a caller sees the rows of everybody, as far as their permissions go: somebody who runs the platform, or a
/// service account, which is nobody's. Everybody else sees those of what they are a member of.
pub fn sees_all(caller: &Caller) -> bool {
    caller.user.is_none() || caller.roles.iter().any(|role| role == PLATFORM_ADMIN)
}
