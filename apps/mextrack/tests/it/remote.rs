//! The app beside an issuer that runs elsewhere: it knows public keys and what was revoked, and nothing else of core.

use std::time::{Duration, Instant};

use atriz_app::Pools;
use atriz_testing::{Http, Running, both_engines};
use mextrack_api::APP;
use serde_json::json;

use crate::support::serve;

/// Another process of the app, which is told to be a verifier.
async fn verifier(issuer: &Running) -> Http {
    let admin = issuer.signed_in("admin@example.com").await;
    let secret = admin.post("/auth/admin/apps/mextrack/secret", &json!({}), 200).await.json();
    let mut fleet = issuer.databases.fleet.clone();
    fleet.configuration.auth.mode = Some("verifier".to_owned());
    fleet.configuration.auth.issuer_url = Some(format!("{}/auth", issuer.http.base()));
    fleet.configuration.auth.client_secret = Some(secret["secret"].as_str().unwrap().into());
    let pools = Pools::open(&fleet, &APP.plan_to_serve(&fleet).unwrap()).await.unwrap();
    assert!(pools.get("core").is_err(), "a verifier opens core");
    let server = APP.server(&fleet, &pools, issuer.databases.clock.clone()).await.unwrap();
    let listener = atriz_web::bind(([127, 0, 0, 1], 0).into()).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(server.serve(listener, std::future::pending()));
    Http::new(&format!("http://{address}"))
}

async fn ends(what: &Http, path: &str) {
    let since = Instant::now();
    while what.ask("GET".parse().unwrap(), path, None).await.status.is_success() {
        assert!(since.elapsed() < Duration::from_secs(2), "{path} is still answered");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    what.get_expecting(path, 401).await;
}

both_engines! {
    async fn the_same_sign_in_is_good_beside_a_remote_issuer(engine) {
        let issuer = serve(engine).await;
        let verifier = verifier(&issuer).await;
        verifier.get_expecting("/api/v1/vehicles", 401).await;
        let body = json!({"email": "dispatcher@example.com", "password": atriz_core::DEMO_PASSWORD});
        let tokens = issuer.http.without("authorization").post("/auth/sign-in", &body, 200).await.json();
        let dispatcher = verifier.bearing(tokens["access_token"].as_str().unwrap());
        assert_eq!(dispatcher.walk("/vehicles", 200, "plate").await.len(), 50);
        let ready = verifier.get("/health/ready").await;
        assert_eq!(ready["components"].as_array().unwrap().len(), 1, "{ready}");
        verifier.get_expecting("/auth/.well-known/jwks.json", 404).await;
        let body = json!({"email": "dispatcher@example.com", "password": atriz_core::DEMO_PASSWORD, "session": "cookie"});
        let set = issuer.http.without("authorization").post("/auth/sign-in", &body, 204).await;
        let cookie = set.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
        let browser = verifier.with("cookie", &cookie);
        browser.get("/api/v1/vehicles").await;
        let signed_in = issuer.http.bearing(tokens["access_token"].as_str().unwrap());
        signed_in.post("/auth/sign-out/everywhere", &json!({}), 204).await;
        ends(&dispatcher, "/api/v1/vehicles").await;
        ends(&browser, "/api/v1/vehicles").await;
    }
}
