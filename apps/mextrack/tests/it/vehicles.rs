//! Vehicles.

use std::collections::BTreeSet;

use atriz_testing::{both_engines, execute};

use crate::support::{refused, serve, walk};

both_engines! {
    async fn vehicles_are_listed_by_plate_each_once(engine) {
        let app = serve(engine).await;
        let plates = walk(&app.http, "/vehicles", 7, "plate").await;
        assert_eq!(plates.iter().collect::<BTreeSet<_>>().len(), 50);
        assert!(plates.is_sorted());
        assert_eq!(plates, walk(&app.http, "/vehicles?fleet=demo", 200, "plate").await);
    }

    async fn a_vehicle_is_shown_where_it_was_last(engine) {
        let app = serve(engine).await;
        let id = walk(&app.http, "/vehicles", 200, "id").await.remove(0);
        let answer = app.http.get_expecting(&format!("/api/v1/vehicles/{id}"), 200).await;
        let vehicle = answer.json();
        assert_eq!(answer.header("etag").unwrap(), format!("\"{}\"", vehicle["version"]));
        for (name, value) in [("plate", "MX01"), ("fleet", "demo"), ("fuel", "diesel")] {
            assert_eq!(vehicle[name], value);
        }
        assert_eq!(vehicle["latest"]["recorded_at"], "2026-01-31T23:59:32Z");
        assert_eq!(vehicle["latest"]["coordinates"]["lat"], 20.312_395);
        assert_eq!(vehicle["latest"]["ignition"], true);
    }

    async fn a_vehicle_that_never_reported_is_nowhere(engine) {
        let app = serve(engine).await;
        let id = walk(&app.http, "/vehicles", 200, "id").await.remove(0);
        let owner = app.databases.session("mextrack").await;
        let vehicle = "(SELECT id FROM vehicles WHERE plate = 'MX01')";
        execute(&owner.connection, &format!("DELETE FROM vehicle_latest WHERE vehicle_id = {vehicle}")).await.unwrap();
        assert!(app.http.get(&format!("/api/v1/vehicles/{id}")).await["latest"].is_null());
        assert!(app.http.get("/api/v1/vehicles").await["items"][0]["latest"].is_null());
        let positions = app.http.get(&format!("/api/v1/vehicles/{id}/positions")).await;
        assert!(positions["items"].as_array().unwrap().is_empty() && positions["next"].is_null());
    }

    async fn a_vehicle_that_was_removed_is_not_there(engine) {
        let app = serve(engine).await;
        let id = walk(&app.http, "/vehicles", 200, "id").await.remove(0);
        let owner = app.databases.session("mextrack").await;
        execute(&owner.connection, "UPDATE vehicles SET deleted_at = created_at WHERE plate = 'MX01'").await.unwrap();
        app.http.get_expecting(&format!("/api/v1/vehicles/{id}"), 404).await;
        app.http.get_expecting(&format!("/api/v1/vehicles/{id}/positions"), 404).await;
        assert_eq!(walk(&app.http, "/vehicles", 200, "plate").await[0], "MX02");
    }

    async fn parameters_that_mean_nothing_are_named(engine) {
        let app = serve(engine).await;
        for (path, field) in [
            ("/vehicles?fleet=none", "fleet"),
            ("/vehicles?fleet=a%00", "fleet"),
            ("/vehicles?after=x", "after"),
            ("/vehicles?plate=MX01", "plate"),
            ("/vehicles/x", "id"),
            ("/vehicles/x/positions", "id"),
        ] {
            assert_eq!(refused(&app.http, path).await, field, "{path}");
        }
        app.http.get_expecting("/api/v1/vehicles/00000000-0000-0000-0000-000000000000", 404).await;
    }
}
