//! What people offer.

use std::collections::BTreeSet;

use atriz_kernel::Cursor;
use atriz_testing::{both_engines, execute, texts};

use crate::support::serve;

both_engines! {
    async fn what_is_published_is_listed_newest_first(engine) {
        let app = serve(engine).await;
        let times = app.http.walk("/items", 7, "published_at").await;
        assert!(times.len() == 59 && times.is_sorted_by(|one, next| one >= next));
        let statuses: BTreeSet<_> = app.http.walk("/items", 200, "status").await.into_iter().collect();
        assert_eq!(statuses, BTreeSet::from(["published".to_owned()]));
        let ids = app.http.walk("/items", 7, "id").await;
        assert_eq!(ids, app.http.walk("/items", 200, "id").await);
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    }

    async fn a_row_that_comes_between_two_pages_moves_no_other(engine) {
        let app = serve(engine).await;
        let before = app.http.walk("/items", 200, "id").await;
        let first = app.http.get("/api/v1/items?limit=10").await;
        let owner = app.databases.session("atriz").await;
        let newest = "UPDATE items SET published_at = '2026-02-01T00:00:00+00:00' WHERE status = 'reserved'";
        execute(&owner.connection, newest).await.unwrap();
        execute(&owner.connection, "UPDATE items SET status = 'published', buyer_id = NULL WHERE status = 'reserved'")
            .await
            .unwrap();
        let next = first["next"].as_str().unwrap();
        let second = app.http.get(&format!("/api/v1/items?limit=10&after={next}")).await;
        let ids: Vec<_> = second["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect();
        assert_eq!(ids, before[10..20]);
    }

    async fn a_category_has_what_is_filed_below_it(engine) {
        let app = serve(engine).await;
        let titles = app.http.walk("/items?category=/sporting-goods", 2, "title").await;
        assert!(titles.contains(&"Steel touring bicycle, 56 cm".to_owned()), "{titles:?}");
        let narrow = "/items?category=/sporting-goods/outdoor-recreation/cycling/bicycles/";
        let narrow = app.http.walk(narrow, 200, "title").await;
        assert!(!narrow.is_empty() && narrow.iter().all(|title| titles.contains(title)));
        assert!(narrow.len() < app.http.walk("/items", 200, "id").await.len());
    }

    async fn a_country_has_what_lies_in_its_cities(engine) {
        let app = serve(engine).await;
        let country = app.http.walk("/items?location=country/PT", 200, "id").await;
        let city = app.http.walk("/items?location=city/2267057", 1, "id").await;
        assert!(!city.is_empty() && city.len() < country.len() && city.iter().all(|id| country.contains(id)));
    }

    async fn words_are_found_by_how_they_begin(engine) {
        let app = serve(engine).await;
        for (q, titles) in [
            ("steel+bic", vec!["Steel touring bicycle, 56 cm"]),
            ("BICYCLE+56", vec!["Steel touring bicycle, 56 cm"]),
            ("children%27s", vec!["Children's bicycle, 20 inch, blue"]),
            ("bicycle+-steel", vec!["Steel touring bicycle, 56 cm"]),
            ("icycle", vec![]),
            ("bicycle+-56", vec!["Steel touring bicycle, 56 cm"]),
            ("bicycle-56", vec!["Steel touring bicycle, 56 cm"]),
            ("bi%CC%81cycle+56", vec!["Steel touring bicycle, 56 cm"]),
            ("bicycle+%26+%21zzz", vec![]),
            ("%22%2A%29+nosuch", vec![]),
        ] {
            assert_eq!(app.http.walk(&format!("/items?q={q}"), 200, "title").await, titles, "{q}");
        }
    }

    async fn frequent_words_are_found_as_rare_ones_are(engine) {
        let app = serve(engine).await;
        let owner = app.databases.session("atriz").await;
        let number = match engine {
            atriz_testing::Engine::Postgres => "SELECT n FROM generate_series(1, 6000) AS n",
            atriz_testing::Engine::Sqlite => {
                "WITH RECURSIVE s(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM s WHERE n < 6000) SELECT n FROM s"
            }
        };
        let id = match engine {
            atriz_testing::Engine::Postgres => "gen_random_uuid()",
            atriz_testing::Engine::Sqlite => "randomblob(16)",
        };
        let many = format!(
            "INSERT INTO items (id, owner_id, category_id, title, body, price_minor, currency, status, published_at, \
             version, created_at, updated_at) SELECT {id}, owner_id, category_id, 'Plain frob', '', 1, 'EUR', \
             'published', '2025-01-01T00:00:00+00:00', 1, created_at, updated_at \
             FROM (SELECT * FROM items LIMIT 1) AS one, ({number}) AS many"
        );
        execute(&owner.connection, &many).await.unwrap();
        assert_eq!(app.http.walk("/items?q=frob", 200, "id").await.len(), 6_000);
        assert_eq!(app.http.walk("/items?q=frob&location=country/PT", 200, "id").await.len(), 0);
        assert_eq!(app.http.walk("/items?q=bicycle", 200, "id").await.len(), 2);
    }

    async fn prices_are_compared_within_one_currency(engine) {
        let app = serve(engine).await;
        let owner = app.databases.session("atriz").await;
        let krona = "UPDATE items SET currency = 'ISK', price_minor = 1 WHERE title LIKE 'Steel touring bicycle%'";
        execute(&owner.connection, krona).await.unwrap();
        let cheap = app.http.get("/api/v1/items?currency=EUR&price_lte=10000&limit=200").await;
        let prices: Vec<_> = cheap["items"].as_array().unwrap().iter().map(|item| &item["price"]).collect();
        assert!(!prices.is_empty());
        assert!(prices.iter().all(|price| price["minor"].as_i64().unwrap() <= 10_000 && price["currency"] == "EUR"));
        let found = app.http.walk("/items?currency=ISK", 200, "title").await;
        assert_eq!(found, ["Steel touring bicycle, 56 cm"]);
        assert_eq!(app.http.walk("/items?currency=ISK&price_lte=1", 200, "title").await, found);
        assert!(app.http.walk("/items?currency=ISK&price_lte=0", 200, "title").await.is_empty());
    }

    async fn an_item_is_shown_with_its_pictures(engine) {
        let app = serve(engine).await;
        let id = app.http.walk("/items?q=steel+touring", 1, "id").await.remove(0);
        let answer = app.http.get_expecting(&format!("/api/v1/items/{id}"), 200).await;
        let item = answer.json();
        let tag = answer.header("etag").unwrap();
        assert!(tag.starts_with(&format!("\"{}-", item["version"])), "{tag}");
        let knowing = app.http.with("if-none-match", tag);
        assert_eq!(knowing.get_expecting(&format!("/api/v1/items/{id}"), 304).await.text, "");
        assert_eq!(item["body"], "New chain and tyres last summer. Racks stay on.");
        assert_eq!((&item["price"]["minor"], &item["price"]["currency"]), (&42_000.into(), &"EUR".into()));
        assert!(item["images"][0]["alt"].as_str().unwrap().starts_with("Steel touring bicycle"));
        assert_eq!(item["cover"], item["images"][0]);
    }

    async fn drafts_are_not_there(engine) {
        let app = serve(engine).await;
        let id = match engine {
            atriz_testing::Engine::Postgres => "id::text",
            atriz_testing::Engine::Sqlite => "lower(hex(id))",
        };
        let owner = app.databases.session("atriz").await;
        let hidden = format!("SELECT {id} FROM items WHERE status IN ('draft', 'archived')");
        let hidden = texts(&owner.connection, &hidden).await;
        assert!(!hidden.is_empty());
        for id in hidden {
            app.http.get_expecting(&format!("/api/v1/items/{id}"), 404).await;
        }
        app.http.get_expecting("/api/v1/items/00000000-0000-0000-0000-000000000000", 404).await;
    }

    async fn parameters_that_mean_nothing_are_named(engine) {
        let app = serve(engine).await;
        for (path, field) in [
            ("/items?category=/nope/", "category"),
            ("/items?category=nope", "category"),
            ("/items?location=city", "location"),
            ("/items?location=town/1", "location"),
            ("/items?location=city/0", "location"),
            ("/items?q=---", "q"),
            ("/items?price_lte=-1&currency=EUR", "price_lte"),
            ("/items?price_lte=ten", "price_lte"),
            ("/items?price_lte=1", "currency"),
            ("/items?price_lte=1&currency=eur", "currency"),
            ("/items?currency=EURO", "currency"),
            ("/items?limit=ten", "limit"),
            ("/items?limit=201", "limit"),
            ("/items/x", "id"),
        ] {
            assert_eq!(app.http.refused(path).await, field, "{path}");
        }
    }

    async fn a_cursor_belongs_to_its_list(engine) {
        let app = serve(engine).await;
        let all = app.http.get("/api/v1/items?limit=1").await;
        let all = all["next"].as_str().unwrap();
        let sports = app.http.get("/api/v1/items?limit=1&category=/sporting-goods").await;
        let sports = sports["next"].as_str().unwrap();
        for path in [
            format!("/items?after={sports}"),
            format!("/items?category=/electronics&after={sports}"),
            format!("/items?q=steel&after={all}"),
            format!("/categories?after={all}"),
            format!("/locations?after={all}"),
        ] {
            assert_eq!(app.http.refused(&path).await, "after", "{path}");
        }
        app.http.get(&format!("/api/v1/items?limit=9&category=/sporting-goods&after={sports}")).await;
        // A cursor of the right list and shape whose year no database holds.
        let (list, _): (u32, serde_json::Value) = Cursor::decode(all).unwrap();
        let key = ("+200000-01-01T00:00:00Z", "fd575943-bce5-5450-b6fe-f4ad114b600a");
        let path = format!("/items?after={}", Cursor::encode(&(list, key)));
        assert_eq!(app.http.refused(&path).await, "after");
    }
}
