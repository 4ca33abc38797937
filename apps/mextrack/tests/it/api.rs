//! What the app says of itself.

use atriz_testing::both_engines;

use crate::support::serve;

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

    async fn nobody_sees_anything_signed_out(engine) {
        let app = serve(engine).await;
        let stranger = app.http.without("authorization");
        for path in ["/vehicles", "/vehicles?fleet=x", "/vehicles/x", "/vehicles/x/positions"] {
            let answer = stranger.get_expecting(&format!("/api/v1{path}"), 401).await;
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{path}");
        }
        stranger.get("/health/ready").await;
    }
}
