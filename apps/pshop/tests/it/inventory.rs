//! How much is there.

use std::collections::BTreeSet;

use atriz_testing::both_engines;

use crate::support::serve;

both_engines! {
    async fn stock_is_listed_each_product_once(engine) {
        let app = serve(engine).await;
        let ids = app.http.walk("/inventory", 37, "product_id").await;
        assert_eq!((ids.len(), ids.iter().collect::<BTreeSet<_>>().len()), (495, 495));
        assert_eq!(ids, app.http.walk("/inventory", 200, "product_id").await);
    }

    async fn low_is_what_should_be_ordered(engine) {
        let app = serve(engine).await;
        let number = |item: &serde_json::Value, name: &str| item[name].as_i64().unwrap();
        let low = app.http.get("/api/v1/inventory?low=1&limit=200").await;
        let low = low["items"].as_array().unwrap();
        assert_eq!(low.len(), 20);
        for item in low {
            assert!(number(item, "available_milli") <= number(item, "reorder_at_milli"), "{item}");
            let left = number(item, "on_hand_milli") - number(item, "reserved_milli") - number(item, "leased_milli");
            assert_eq!(number(item, "available_milli"), left);
        }
        assert_eq!(app.http.walk("/inventory?low=0", 200, "sku").await.len(), 495);
    }

    async fn parameters_that_mean_nothing_are_named(engine) {
        let app = serve(engine).await;
        assert_eq!(app.http.refused("/inventory?low=yes").await, "low");
        assert_eq!(app.http.refused("/inventory?after=x").await, "after");
    }
}
