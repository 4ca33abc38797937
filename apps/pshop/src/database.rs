//! What the app declares about its database.

use atriz_db::catalog::OnErase;
use atriz_db::{Descriptor, FileSet};
use rust_embed::RustEmbed;

use crate::entity::{catalog, sales, stock};

#[derive(RustEmbed)]
#[folder = "../../migrations/pshop"]
#[include = "*.sql"]
#[include = "differences.toml"]
struct Migrations;

#[derive(RustEmbed)]
#[folder = "../../seeds/pshop"]
#[include = "*.sql"]
#[include = "*.csv"]
#[include = "*.json"]
struct Seeds;

const USERS: (&str, &str) = ("core", "users");

/// The database `pshop`.
pub fn descriptor() -> Descriptor {
    Descriptor::new("pshop", "pshop_db", "apps/pshop")
        .after("core")
        .schema("catalog")
        .entity::<catalog::stores::Entity>()
        .entity::<catalog::store_members::Entity>()
        .entity::<catalog::tax_rates::Entity>()
        .entity::<catalog::products::Entity>()
        .entity::<catalog::product_barcodes::Entity>()
        .schema("stock")
        .entity::<stock::inventory::Entity>()
        .entity::<stock::stock_movements::Entity>()
        .schema("sales")
        .entity::<sales::registers::Entity>()
        .entity::<sales::shifts::Entity>()
        .entity::<sales::sales::Entity>()
        .entity::<sales::sale_lines::Entity>()
        .entity::<sales::payments::Entity>()
        .delivery_tables()
        .reference("store_members", "user_id", USERS, OnErase::Erase)
        .reference("sales", "user_id", USERS, retained("receipts say who sold, and the law keeps them for years"))
        .reference("shifts", "opened_by", USERS, retained("a drawer's count says who answers for it"))
        .scope("store_id", "stores")
        .migrations(FileSet::embedded::<Migrations>("migrations/pshop"))
        .seeds(FileSet::embedded::<Seeds>("seeds/pshop"))
}

/// The id stays when the account goes; it then leads to nobody, for core has forgotten the person.
fn retained(why: &str) -> OnErase {
    OnErase::Retain(why.to_owned())
}

atriz_db::migrator!(
    /// The app's migrations through SeaORM's interface.
    Migrator,
    descriptor
);
