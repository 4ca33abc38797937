//! What typical files say.

use atriz_db_tools::logical::Action::{Cascade, Restrict};
use atriz_db_tools::logical::ColumnType::{BigInteger, Boolean, Integer, Text, Timestamp, Uuid};
use atriz_testing::Workspace;

use super::{Entities, Entity, generated, text};

fn stores() -> Entity {
    Entity::new("stores")
        .column("code", Text)
        .column("created_at", Timestamp)
        .column("updated_at", Timestamp)
        .unique(&["code"])
}

fn products() -> Entity {
    Entity::bare("products")
        .column("store_id", Uuid)
        .column("id", Uuid)
        .column("name", Text)
        .default("active", Boolean, "true")
        .nullable("parent_id", Uuid)
        .key(&["store_id", "id"])
        .refers("store_id", "stores", Restrict)
        .refers_to(&["store_id", "parent_id"], "products", &["store_id", "id"], Cascade)
}

#[tokio::test(flavor = "multi_thread")]
async fn new_tables() {
    let made = generated(&Workspace::new(), Entities::of([products(), stores()]).logical(), "create_products").await;
    insta::assert_snapshot!(text(&made));
}

#[tokio::test(flavor = "multi_thread")]
async fn changed_tables() {
    let workspace = Workspace::new();
    generated(&workspace, Entities::of([products(), stores()]).logical(), "create_products").await;
    let products = Entity::bare("products")
        .column("store_id", Uuid)
        .column("id", Uuid)
        .column("title", Text)
        .was("name")
        .default("active", Boolean, "false")
        .nullable("weight", Integer)
        .key(&["store_id", "id"])
        .refers("store_id", "stores", Cascade)
        .unique(&["store_id", "title"]);
    let stores = stores().default("number", BigInteger, "0").indexed(&["number"]);
    let made = generated(&workspace, Entities::of([products, stores]).logical(), "change_products").await;
    insta::assert_snapshot!(text(&made));
}
