//! Fleets are seen by their members.

use atriz_testing::{Engine, Running, both_engines, execute};

use crate::support::serve;

/// Takes the demo dispatcher out of the demo fleet.
async fn dismiss(app: &Running, engine: Engine) {
    let id = atriz_kernel::seed_id("users", "dispatcher@example.com");
    let id = match engine {
        Engine::Postgres => format!("'{id}'"),
        Engine::Sqlite => format!("X'{}'", id.simple()),
    };
    let owner = app.databases.session("mextrack").await;
    execute(&owner.connection, &format!("DELETE FROM fleet_members WHERE user_id = {id}")).await.unwrap();
}

both_engines! {
    async fn whoever_leaves_a_fleet_sees_nothing_of_it(engine) {
        let app = serve(engine).await;
        let id = app.http.walk("/vehicles", 200, "id").await.remove(0);
        app.http.get(&format!("/api/v1/vehicles/{id}")).await;
        dismiss(&app, engine).await;
        assert!(app.http.walk("/vehicles", 200, "id").await.is_empty());
        app.http.get_expecting(&format!("/api/v1/vehicles/{id}"), 404).await;
        app.http.get_expecting(&format!("/api/v1/vehicles/{id}/positions"), 404).await;
        assert_eq!(app.http.refused("/vehicles?fleet=demo").await, "fleet");
    }

    async fn a_role_without_the_permission_sees_nothing(engine) {
        let app = serve(engine).await;
        let cashier = app.signed_in("cashier@example.com").await;
        cashier.get_expecting("/api/v1/vehicles", 403).await;
    }
}
