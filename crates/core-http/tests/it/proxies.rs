//! Where a request came from, as far as our own proxies tell it.

use atriz_testing::{Engine, TestFleet, both_engines};
use serde_json::json;

use crate::support::house_over;

/// The address that a sign-in with this header is remembered with.
async fn remembered(engine: Engine, trusted: Option<&str>) -> String {
    let mut databases = TestFleet::prepared(engine, vec![atriz_core::descriptor()]).await;
    databases.fleet.configuration.auth.trusted_proxies = trusted.map(str::to_owned);
    let house = house_over(databases).await;
    let body = json!({"email": "member@example.com", "password": atriz_core::DEMO_PASSWORD});
    let forwarded = house.http().with("x-forwarded-for", "192.0.2.1, 198.51.100.7, 127.0.0.2");
    let tokens = forwarded.post("/auth/sign-in", &body, 200).await.json();
    let member = house.http().bearing(tokens["access_token"].as_str().unwrap());
    member.get("/auth/sessions").await["items"][0]["ip"].as_str().unwrap().to_owned()
}

both_engines! {
    async fn a_header_counts_from_our_own_proxies_alone(engine) {
        assert_eq!(remembered(engine, None).await, "127.0.0.1");
        assert_eq!(remembered(engine, Some("127.0.0.0/8")).await, "198.51.100.7");
    }
}
