//! Places.

use std::collections::BTreeSet;

use atriz_testing::both_engines;

use crate::support::serve;

both_engines! {
    async fn large_places_come_first(engine) {
        let app = serve(engine).await;
        let found = app.http.get("/api/v1/locations?q=S%C3%A3o%20P&limit=2").await;
        assert_eq!(found["items"][0]["name"], "São Paulo");
        assert_eq!(found["items"][0]["within"][1]["name"], "Brazil");
        assert_eq!(found["items"], app.http.get("/api/v1/locations?q=sao+p&limit=2").await["items"]);
        assert_eq!(found["items"], app.http.get("/api/v1/locations?q=Sa%CC%83o%20p&limit=2").await["items"]);
        let people: Vec<i64> = app.http.walk("/locations?q=ber&kind=city", 200, "population")
            .await
            .iter()
            .map(|number| number.parse().unwrap_or(-1))
            .collect();
        assert!(people.len() > 20 && people.is_sorted_by(|one, next| one >= next));
    }

    async fn pages_show_every_place_once(engine) {
        let app = serve(engine).await;
        for path in ["/locations?q=san", "/locations?kind=country"] {
            let all = app.http.walk(path, 200, "id").await;
            assert_eq!(all, app.http.walk(path, 37, "id").await, "{path}");
            assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "{path}");
        }
        assert_eq!(app.http.walk("/locations?kind=country", 200, "code").await.len(), 250);
    }

    async fn one_place_is_shown_by_kind_and_code(engine) {
        let app = serve(engine).await;
        let lisbon = app.http.get("/api/v1/locations/city/2267057").await;
        assert_eq!((&lisbon["name"], &lisbon["time_zone"]), (&"Lisbon".into(), &"Europe/Lisbon".into()));
        assert_eq!(lisbon["coordinates"]["lat"], 38.72509);
        let country = app.http.get("/api/v1/locations/country/PT").await;
        assert!(country["coordinates"].is_null() && country["within"].as_array().unwrap().is_empty());
        app.http.get_expecting("/api/v1/locations/city/PT", 404).await;
    }

    async fn parameters_that_mean_nothing_are_named(engine) {
        let app = serve(engine).await;
        for (path, field) in [
            ("/locations?kind=town", "kind"),
            ("/locations?q=a%00", "q"),
            ("/locations/town/1", "kind"),
            ("/locations/city/a%00b", "code"),
            ("/locations?name=x", "name"),
        ] {
            assert_eq!(app.http.refused(path).await, field, "{path}");
        }
    }

    async fn wildcards_are_text(engine) {
        let app = serve(engine).await;
        for path in ["/locations?q=%25", "/locations?q=l_sbon", "/locations?q=lis%5C"] {
            assert!(app.http.walk(path, 200, "id").await.is_empty(), "{path}");
        }
    }
}
