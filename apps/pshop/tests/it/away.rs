//! What is answered while the server of the database is away.

use std::time::{Duration, Instant};

use atriz_testing::{Engine, Gate, TestFleet};
use pshop_api::APP;

use crate::support::serve_over;

#[test]
fn a_server_that_is_away_is_told_soon_and_may_come_back() {
    atriz_testing::run(Engine::Postgres, "a_server_that_is_away_is_told_soon_and_may_come_back", |engine| async move {
        let mut databases = TestFleet::migrated(engine, vec![atriz_core::descriptor(), (APP.descriptor)()]).await;
        let mut gate = Gate::before(&mut databases, "pshop").await;
        let app = serve_over(databases).await;
        app.http.get("/api/v1/stores").await;
        app.http.get("/health/ready").await;
        gate.close().await;
        for _ in 0..2 {
            let asked = Instant::now();
            let answer = app.http.get_expecting("/api/v1/stores", 503).await;
            assert!(asked.elapsed() < Duration::from_secs(4), "{:?}", asked.elapsed());
            assert_eq!(answer.json()["type"], "https://atriz.example/problems/unavailable");
            assert!(answer.header("retry-after").is_some());
            let asked = Instant::now();
            let report = app.http.get_expecting("/health/ready", 503).await.json();
            assert!(asked.elapsed() < Duration::from_millis(1_500), "{:?}", asked.elapsed());
            assert_eq!(report["components"][0]["status"], "ok");
            assert_eq!(report["components"][1]["status"], "failed");
        }
        app.http.get("/health/live").await;
        gate.open().await;
        app.http.get("/api/v1/stores").await;
        app.http.get("/health/ready").await;
    });
}
