//! What the app declares about its database.

use atriz_db::catalog::OnErase;
use atriz_db::{Descriptor, FileSet};
use rust_embed::RustEmbed;

use crate::entity::fleet;

#[derive(RustEmbed)]
#[folder = "../../migrations/mextrack"]
#[include = "*.sql"]
#[include = "differences.toml"]
struct Migrations;

#[derive(RustEmbed)]
#[folder = "../../seeds/mextrack"]
#[include = "*.sql"]
#[include = "*.csv"]
#[include = "*.json"]
struct Seeds;

const USERS: (&str, &str) = ("core", "users");

/// The database `mextrack`.
pub fn descriptor() -> Descriptor {
    Descriptor::new("mextrack", "mextrack_db", "apps/mextrack")
        .after("core")
        .schema("fleet")
        .entity::<fleet::fleets::Entity>()
        .entity::<fleet::fleet_members::Entity>()
        .entity::<fleet::drivers::Entity>()
        .entity::<fleet::vehicles::Entity>()
        .entity::<fleet::devices::Entity>()
        .entity::<fleet::device_bindings::Entity>()
        .entity::<fleet::tracking_data::Entity>()
        .entity::<fleet::vehicle_latest::Entity>()
        .delivery_tables()
        .reference("fleet_members", "user_id", USERS, OnErase::Erase)
        .reference("drivers", "user_id", USERS, OnErase::Anonymise)
        .reference("vehicles", "user_id", USERS, OnErase::Anonymise)
        .scope("fleet_id", "fleets")
        .migrations(FileSet::embedded::<Migrations>("migrations/mextrack"))
        .seeds(FileSet::embedded::<Seeds>("seeds/mextrack"))
}

atriz_db::migrator!(
    /// The app's migrations through SeaORM's interface.
    Migrator,
    descriptor
);
