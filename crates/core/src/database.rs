//! What core declares about its database.

use atriz_db::catalog::SeedSet;
use atriz_db::{Descriptor, FileSet};
use rust_embed::RustEmbed;

use crate::demo;
use crate::entity::auth;

#[derive(RustEmbed)]
#[folder = "../../migrations/core"]
#[include = "*.sql"]
#[include = "differences.toml"]
struct Migrations;

#[derive(RustEmbed)]
#[folder = "../../seeds/core"]
#[include = "*.sql"]
#[include = "*.csv"]
#[include = "*.json"]
struct Seeds;

/// The database `core`.
pub fn descriptor() -> Descriptor {
    Descriptor::new("core", "atriz_shared", "crates/core")
        .url_alias("SHARED_DATABASE_URL")
        .schema("auth")
        .reader_role("verifier")
        .entity::<auth::users::Entity>()
        .entity::<auth::user_credentials::Entity>()
        .entity::<auth::apps::Entity>()
        .entity::<auth::roles::Entity>()
        .entity::<auth::role_permissions::Entity>()
        .entity::<auth::user_roles::Entity>()
        .entity::<auth::sessions::Entity>()
        .entity::<auth::auth_tokens::Entity>()
        .entity::<auth::phone_verifications::Entity>()
        .entity::<auth::totp_secrets::Entity>()
        .entity::<auth::throttles::Entity>()
        .entity::<auth::signing_keys::Entity>()
        .entity::<auth::revocations::Entity>()
        .entity::<auth::audit_log::Entity>()
        .entity::<auth::service_accounts::Entity>()
        .entity::<auth::api_keys::Entity>()
        .entity::<auth::messages::Entity>()
        .entity::<auth::role_includes::Entity>()
        .delivery_tables()
        .migrations(FileSet::embedded::<Migrations>("migrations/core"))
        .seeds(FileSet::embedded::<Seeds>("seeds/core"))
        .seed_function(SeedSet::Demo, "03_user_credentials", demo::passwords())
        .seed_function_back(demo::passwords_back())
}

atriz_db::migrator!(
    /// Core's migrations through SeaORM's interface.
    Migrator,
    descriptor
);
