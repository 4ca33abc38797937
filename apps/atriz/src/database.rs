//! What the app declares about its database.

use atriz_db::catalog::OnErase;
use atriz_db::{Descriptor, FileSet};
use rust_embed::RustEmbed;

use crate::entity::{app, master};

#[derive(RustEmbed)]
#[folder = "../../migrations/atriz"]
#[include = "*.sql"]
#[include = "differences.toml"]
struct Migrations;

#[derive(RustEmbed)]
#[folder = "../../seeds/atriz"]
#[include = "*.sql"]
#[include = "*.csv"]
#[include = "*.json"]
struct Seeds;

const USERS: (&str, &str) = ("core", "users");

/// The database `atriz`.
pub fn descriptor() -> Descriptor {
    Descriptor::new("atriz", "atriz_db", "apps/atriz")
        .after("core")
        .schema("master")
        .entity::<master::categories::Entity>()
        .entity::<master::locations::Entity>()
        .schema("app")
        .entity::<app::user_profiles::Entity>()
        .entity::<app::items::Entity>()
        .entity::<app::item_images::Entity>()
        .delivery_tables()
        .reference("user_profiles", "user_id", USERS, OnErase::Erase)
        .reference("items", "owner_id", USERS, OnErase::Erase)
        .reference("items", "buyer_id", USERS, OnErase::Anonymise)
        .migrations(FileSet::embedded::<Migrations>("migrations/atriz"))
        .seeds(FileSet::embedded::<Seeds>("seeds/atriz"))
}

atriz_db::migrator!(
    /// The app's migrations through SeaORM's interface.
    Migrator,
    descriptor
);
