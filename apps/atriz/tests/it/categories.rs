//! The tree of categories.

use std::time::Duration;

use atriz_testing::{both_engines, execute};
use serde_json::Value;

use crate::support::serve;

fn count(nodes: &Value) -> usize {
    nodes.as_array().unwrap().iter().map(|node| 1 + count(&node["children"])).sum()
}

both_engines! {
    async fn the_tree_holds_every_category_once(engine) {
        let app = serve(engine).await;
        let tree = app.http.get("/api/v1/categories?tree=1").await;
        assert_eq!((tree.as_array().unwrap().len(), count(&tree)), (22, 5_327));
        assert_eq!(tree[0]["slug"], "animals-and-pet-supplies");
    }

    async fn whoever_has_the_tree_is_told_so_until_it_changes(engine) {
        let app = serve(engine).await;
        let path = "/api/v1/categories?tree=1";
        let first = app.http.get_expecting(path, 200).await;
        let knowing = app.http.with("if-none-match", first.header("etag").unwrap());
        assert_eq!(knowing.get_expecting(path, 304).await.text, "");
        let owner = app.databases.session("atriz").await;
        let change = "UPDATE categories SET name = 'Beasts', version = 1000000 WHERE slug = 'animals-and-pet-supplies'";
        execute(&owner.connection, change).await.unwrap();
        // A change shows within a second.
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        assert_eq!(knowing.get(path).await[0]["name"], "Beasts");
    }

    async fn children_are_listed_in_their_order(engine) {
        let app = serve(engine).await;
        let (by_path, few) = ("/categories?parent=/electronics", 4);
        let slugs = app.http.walk(by_path, few, "slug").await;
        assert_eq!(slugs, app.http.walk(by_path, 200, "slug").await);
        assert_eq!((slugs.len(), slugs[0].as_str()), (19, "arcade-equipment"));
        let top = app.http.get("/api/v1/categories?limit=200").await;
        let electronics = top["items"].as_array().unwrap().iter().find(|item| item["slug"] == "electronics").unwrap();
        let by_id = format!("/categories?parent={}", electronics["id"].as_str().unwrap());
        assert_eq!(slugs, app.http.walk(&by_id, 200, "slug").await);
    }

    async fn parameters_that_mean_nothing_are_named(engine) {
        let app = serve(engine).await;
        for (path, field) in [
            ("/categories?parent=/no-such/", "parent"),
            ("/categories?parent=electronics", "parent"),
            ("/categories?parent=/a%00b/", "parent"),
            ("/categories?tree=2", "tree"),
            ("/categories?tree=1&limit=3", "limit"),
            ("/categories?after=x", "after"),
        ] {
            assert_eq!(app.http.refused(path).await, field, "{path}");
        }
    }
}
