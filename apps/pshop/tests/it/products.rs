//! What stores sell.

use std::collections::BTreeSet;

use atriz_testing::{both_engines, execute};

use crate::support::serve;

both_engines! {
    async fn products_are_listed_by_sku_each_once(engine) {
        let app = serve(engine).await;
        let skus = app.http.walk("/products", 37, "sku").await;
        assert_eq!(skus.iter().collect::<BTreeSet<_>>().len(), 500);
        assert!(skus.is_sorted());
        let first = app.http.get("/api/v1/products?limit=1").await["items"][0].clone();
        assert_eq!((&first["price"]["minor"], &first["price"]["currency"]), (&95.into(), &"EUR".into()));
        assert!(first.get("cost").is_none() && first.get("cost_minor").is_none());
    }

    async fn words_are_found_by_how_they_begin(engine) {
        let app = serve(engine).await;
        assert_eq!(app.http.walk("/products?q=whole+BAG", 200, "name").await, ["Baguette, wholemeal 250 g"]);
        assert_eq!(app.http.walk("/products?q=P0001", 200, "sku").await, ["P0001"]);
        let litres = app.http.walk("/products?q=1.5", 3, "name").await;
        assert!(!litres.is_empty() && litres.iter().all(|name| name.contains("1.5")), "{litres:?}");
        assert_eq!(app.http.refused("/products?q=%21").await, "q");
    }

    async fn both_engines_find_the_same(engine) {
        let app = serve(engine).await;
        let owner = app.databases.session("pshop").await;
        for (sku, name) in [
            ("P0001", "Zqcaf\u{e9} -1 cr\u{e8}me"),
            ("P0002", "Zqcafe\u{301} 5-10 v2.75"),
            ("P0003", "Zqti\u{1ebf}ng ad_hoc left-handed"),
            ("P0004", "Zqmail ann@shop.example a/b <b>bold</b> &nbsp;"),
            ("P0005", "ZQ\u{d55c}\u{ae00} O''Neill''s OR"),
        ] {
            execute(&owner.connection, &format!("UPDATE products SET name = '{name}' WHERE sku = '{sku}'")).await.unwrap();
        }
        for (q, skus) in [
            ("zqcafe", vec!["P0001", "P0002"]),
            ("ZQCAF\u{c9}", vec!["P0001", "P0002"]),
            ("zqcafe\u{301}", vec!["P0001", "P0002"]),
            ("zq -1", vec!["P0001", "P0002"]),
            ("zq 1", vec!["P0001", "P0002"]),
            ("zq creme", vec!["P0001"]),
            ("zq cre\u{300}me", vec!["P0001"]),
            ("zq 10", vec!["P0002"]),
            ("zq 75", vec!["P0002"]),
            ("zq 2.7", vec![]),
            ("zq v2.75", vec!["P0002"]),
            ("zq 5-10", vec!["P0002"]),
            ("zqtie", vec!["P0003"]),
            ("zqti\u{1ebf}", vec!["P0003"]),
            ("zq hoc", vec!["P0003"]),
            ("zq ad_hoc", vec!["P0003"]),
            ("zq handed", vec!["P0003"]),
            ("zq left-hand", vec!["P0003"]),
            ("zq shop.example", vec!["P0004"]),
            ("zq example", vec!["P0004"]),
            ("zq ann@shop", vec!["P0004"]),
            ("zq bold", vec!["P0004"]),
            ("zq nbsp", vec!["P0004"]),
            ("zq a/b", vec!["P0004"]),
            ("zq\u{d55c}", vec!["P0005"]),
            ("zq o'neill", vec!["P0005"]),
            ("zq OR", vec!["P0005"]),
            ("zq NOT", vec![]),
            ("zq nothing", vec![]),
        ] {
            let q: String = form_urlencoded::byte_serialize(q.as_bytes()).collect();
            assert_eq!(app.http.walk(&format!("/products?q={q}"), 200, "sku").await, skus, "{q}");
        }
    }

    async fn a_cursor_belongs_to_its_list(engine) {
        let app = serve(engine).await;
        let next = app.http.get("/api/v1/products?limit=1&q=P000").await["next"].clone();
        let after = next.as_str().unwrap();
        for path in ["/products?", "/products?q=P001&", "/products?q=P000&store=demo&", "/stores?", "/inventory?"] {
            assert_eq!(app.http.refused(&format!("{path}after={after}")).await, "after", "{path}");
        }
        assert_eq!(app.http.refused("/products?limit=0").await, "limit");
    }

    async fn a_scan_finds_the_product_and_how_many(engine) {
        let app = serve(engine).await;
        let piece = app.http.get("/api/v1/products/by-barcode/2000000000015?store=demo").await;
        assert_eq!((&piece["product"]["sku"], &piece["quantity_milli"]), (&"P0001".into(), &1_000.into()));
        app.http.get_expecting("/api/v1/products/by-barcode/1", 404).await;
        assert_eq!(app.http.refused("/products/by-barcode/a%00").await, "code");
    }

    async fn what_was_removed_is_not_there(engine) {
        let app = serve(engine).await;
        let owner = app.databases.session("pshop").await;
        execute(&owner.connection, "UPDATE products SET deleted_at = created_at WHERE sku = 'P0001'").await.unwrap();
        assert_eq!(app.http.walk("/products", 200, "sku").await[0], "P0002");
        assert!(app.http.walk("/products?q=P0001", 200, "sku").await.is_empty());
        app.http.get_expecting("/api/v1/products/by-barcode/2000000000015", 404).await;
    }
}
