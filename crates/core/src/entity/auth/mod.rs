//! Schema `auth`: who may sign in, and as what.

pub mod api_keys;
pub mod apps;
pub mod audit_log;
pub mod auth_tokens;
pub mod messages;
pub mod phone_verifications;
pub mod revocations;
pub mod role_includes;
pub mod role_permissions;
pub mod roles;
pub mod service_accounts;
pub mod sessions;
pub mod signing_keys;
pub mod throttles;
pub mod totp_secrets;
pub mod user_credentials;
pub mod user_roles;
pub mod users;
