//! Vehicles.

use std::collections::BTreeSet;

use atriz_testing::{both_engines, execute};

use crate::support::serve;

both_engines! {
    async fn vehicles_are_listed_by_plate_each_once(engine) {
        let app = serve(engine).await;
        let plates = app.http.walk("/vehicles", 7, "plate").await;
        assert_eq!(plates.iter().collect::<BTreeSet<_>>().len(), 50);
        assert!(plates.is_sorted());
        assert_eq!(plates, app.http.walk("/vehicles?fleet=demo", 200, "plate").await);
    }

    async fn a_vehicle_is_shown_where_it_was_last(engine) {
        let app = serve(engine).await;
        let id = app.http.walk("/vehicles", 200, "id").await.remove(0);
        let answer = app.http.get_expecting(&format!("/api/v1/vehicles/{id}"), 200).await;
        let vehicle = answer.json();
        let tag = answer.header("etag").unwrap();
        assert!(tag.starts_with(&format!("\"{}-", vehicle["version"])), "{tag}");
        for (name, value) in [("plate", "MX01"), ("fleet", "demo"), ("fuel", "diesel")] {
            assert_eq!(vehicle[name], value);
        }
        assert_eq!(vehicle["latest"]["recorded_at"], "2026-01-31T23:59:32Z");
        assert_eq!(vehicle["latest"]["coordinates"]["lat"], 20.312_395);
        assert_eq!(vehicle["latest"]["ignition"], true);
    }

    async fn whoever_knows_a_vehicle_is_told_so_until_it_moves(engine) {
        let app = serve(engine).await;
        let id = app.http.walk("/vehicles", 200, "id").await.remove(0);
        let path = format!("/api/v1/vehicles/{id}");
        let knowing = app.http.get_expecting(&path, 200).await;
        let knowing = app.http.with("if-none-match", knowing.header("etag").unwrap());
        assert_eq!(knowing.get_expecting(&path, 304).await.text, "");
        let owner = app.databases.session("mextrack").await;
        let moved = "UPDATE vehicle_latest SET lat_e7 = 0 WHERE \
                     vehicle_id = (SELECT id FROM vehicles WHERE plate = 'MX01')";
        execute(&owner.connection, moved).await.unwrap();
        assert_eq!(knowing.get(&path).await["latest"]["coordinates"]["lat"], 0.0);
    }

    async fn the_cursor_of_another_vehicle_is_refused(engine) {
        let app = serve(engine).await;
        let ids = app.http.walk("/vehicles", 200, "id").await;
        let next = app.http.get(&format!("/api/v1/vehicles/{}/positions?limit=1", ids[0])).await["next"].clone();
        let after = next.as_str().unwrap();
        assert_eq!(app.http.refused(&format!("/vehicles/{}/positions?after={after}", ids[1])).await, "after");
        app.http.get(&format!("/api/v1/vehicles/{}/positions?after={after}", ids[0])).await;
    }

    async fn a_vehicle_that_never_reported_is_nowhere(engine) {
        let app = serve(engine).await;
        let id = app.http.walk("/vehicles", 200, "id").await.remove(0);
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
        let id = app.http.walk("/vehicles", 200, "id").await.remove(0);
        let owner = app.databases.session("mextrack").await;
        execute(&owner.connection, "UPDATE vehicles SET deleted_at = created_at WHERE plate = 'MX01'").await.unwrap();
        app.http.get_expecting(&format!("/api/v1/vehicles/{id}"), 404).await;
        app.http.get_expecting(&format!("/api/v1/vehicles/{id}/positions"), 404).await;
        assert_eq!(app.http.walk("/vehicles", 200, "plate").await[0], "MX02");
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
            assert_eq!(app.http.refused(path).await, field, "{path}");
        }
        app.http.get_expecting("/api/v1/vehicles/00000000-0000-0000-0000-000000000000", 404).await;
    }
}
