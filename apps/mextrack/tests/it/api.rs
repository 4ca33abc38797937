//! What the app says of itself.

use atriz_db::Environment;
use atriz_testing::{TestFleet, both_engines};
use mextrack_api::APP;

use crate::support::{serve, serve_over};

both_engines! {
    async fn everything_is_private(engine) {
        let app = serve(engine).await;
        let document = app.http.get("/openapi.json").await;
        let paths = document["paths"].as_object().unwrap().iter().filter(|(path, _)| path.starts_with("/api/"));
        let mut seen = Vec::new();
        for (path, item) in paths {
            assert!(item["get"]["security"][0]["bearer"].is_array(), "{path}");
            seen.push(path.as_str());
        }
        assert_eq!(seen, ["/api/v1/vehicles", "/api/v1/vehicles/{id}", "/api/v1/vehicles/{id}/positions"]);
        assert_eq!(document["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
    }

    async fn production_shows_nobody_what_is_private(engine) {
        let catalog = vec![atriz_core::descriptor(), (APP.descriptor)()];
        let mut databases = TestFleet::created(engine, catalog).await;
        databases.fleet.configuration.environment = Environment::Production;
        databases.context.environment = Environment::Production;
        databases.migrate_all().await;
        let app = serve_over(databases).await;
        for path in ["/vehicles", "/vehicles?fleet=x", "/vehicles/x", "/vehicles/x/positions"] {
            let answer = app.http.get_expecting(&format!("/api/v1{path}"), 401).await;
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{path}");
            assert!(answer.text.contains("sign-in is not available"), "{}", answer.text);
        }
        app.http.get("/health/ready").await;
    }
}
