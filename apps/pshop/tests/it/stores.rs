//! Stores, and which one is meant.

use atriz_testing::{Engine, Running, both_engines, execute};

use crate::support::serve;

async fn second_store(app: &Running, engine: Engine) {
    let id = match engine {
        Engine::Postgres => "gen_random_uuid()",
        Engine::Sqlite => "randomblob(16)",
    };
    let copy = format!(
        "INSERT INTO stores (id, code, name, currency, tax_mode, rounding, version, created_at, updated_at) \
         SELECT {id}, 'other', 'Other Store', 'USD', tax_mode, rounding, version, created_at, updated_at FROM stores"
    );
    execute(&app.databases.session("pshop").await.connection, &copy).await.unwrap();
}

both_engines! {
    async fn stores_are_listed_by_code(engine) {
        let app = serve(engine).await;
        second_store(&app, engine).await;
        assert_eq!(app.http.walk("/stores", 1, "code").await, ["demo", "other"]);
        let store = app.http.get("/api/v1/stores").await["items"][0].clone();
        assert_eq!((&store["currency"], &store["tax_mode"]), (&"EUR".into(), &"incl".into()));
    }

    async fn the_store_may_be_left_out_where_there_is_one(engine) {
        let app = serve(engine).await;
        let lists = ["/products", "/inventory", "/products/by-barcode/2000000000015"];
        for path in lists {
            app.http.get(&format!("/api/v1{path}")).await;
        }
        second_store(&app, engine).await;
        // The manager is a member of one store, which is meant without a name; that there is another is nobody's business.
        app.http.get("/api/v1/inventory").await;
        assert_eq!(app.http.refused("/inventory?store=other").await, "store");
        for path in [lists[0], lists[2]] {
            assert_eq!(app.http.refused(path).await, "store", "{path}");
            assert_eq!(app.http.refused(&format!("{path}?store=none")).await, "store", "{path}");
            app.http.get(&format!("/api/v1{path}?store=demo")).await;
        }
        assert!(app.http.walk("/products?store=other", 200, "sku").await.is_empty());
        app.http.get_expecting("/api/v1/products/by-barcode/2000000000015?store=other", 404).await;
    }
}
