//! What the app says of itself.

use atriz_testing::both_engines;

use crate::support::serve;

both_engines! {
    async fn the_document_names_every_operation(engine) {
        let app = serve(engine).await;
        let document = app.http.get("/openapi.json").await;
        let paths = document["paths"].as_object().unwrap().keys();
        let paths: Vec<_> = paths.filter(|path| path.starts_with("/api/")).collect();
        assert_eq!(
            paths,
            [
                "/api/v1/categories",
                "/api/v1/items",
                "/api/v1/items/{id}",
                "/api/v1/locations",
                "/api/v1/locations/{kind}/{code}",
            ]
        );
        let parameters = document["paths"]["/api/v1/items"]["get"]["parameters"].as_array().unwrap();
        let names: Vec<_> = parameters.iter().map(|parameter| parameter["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["category", "location", "q", "currency", "price_lte", "after", "limit"]);
        assert!(document["info"]["description"].as_str().unwrap().contains("© GeoNames, https://www.geonames.org/"));
    }

    async fn both_databases_are_ready(engine) {
        let app = serve(engine).await;
        let ready = app.http.get("/health/ready").await;
        let names: Vec<_> = ready["components"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
        assert_eq!(names, ["core", "atriz"]);
        assert_eq!(ready["components"][1]["details"]["pending"], 0);
        assert_eq!(ready["components"][1]["details"]["engine"], engine.name());
    }
}
