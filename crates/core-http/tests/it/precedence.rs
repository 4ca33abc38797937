//! Sign-ins leave a core to everybody else who is served.

use std::time::{Duration, Instant};

use atriz_testing::both_engines;
use reqwest::Method;
use serde_json::json;

use crate::support::house;

both_engines! {
    async fn sign_ins_and_programs_that_ask_all_the_time_keep_no_core_free(engine) {
        let house = house(engine).await;
        let claim = json!({"email": "nobody@example.com", "password": "no such password"});
        house.http().post("/auth/sign-in", &claim, 401).await;
        for path in ["/auth/.well-known/jwks.json", "/auth/revocations"] {
            house.http().ask(Method::GET, path, None).await;
            assert!(!house.issuer.leaves_a_core(), "{path}");
        }
        // Nobody knows before whether who asks is signed in.
        let patience = Instant::now() + Duration::from_secs(30);
        while !house.issuer.leaves_a_core() {
            assert!(Instant::now() < patience, "others are not noticed");
            house.http().get_expecting("/auth/me", 401).await;
        }
    }
}
