//! Schema `auth`: who may sign in, and as what.

pub mod apps;
pub mod auth_tokens;
pub mod phone_verifications;
pub mod role_permissions;
pub mod roles;
pub mod sessions;
pub mod totp_secrets;
pub mod user_credentials;
pub mod user_roles;
pub mod users;
