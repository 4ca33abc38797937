//! What is answered while the database is away: neither a 401, which would sign people out, nor what broke.

use atriz_testing::{Engine, Gate, TestFleet};
use reqwest::Method;
use serde_json::json;

use crate::support::{PASSWORD, house_over};

#[test]
fn a_database_that_is_away_signs_nobody_out() {
    atriz_testing::run(Engine::Postgres, "a_database_that_is_away_signs_nobody_out", |engine| async move {
        let mut databases = TestFleet::prepared(engine, vec![atriz_core::descriptor()]).await;
        let mut gate = Gate::before(&mut databases, "core").await;
        let house = house_over(databases).await;
        let member = house.http().signed_in("member@example.com").await;
        member.get("/auth/me").await;
        gate.close().await;
        let sign_in = json!({"email": "member@example.com", "password": PASSWORD});
        let refresh = json!({"refresh_token": "x"});
        for (client, method, path, body) in [
            (house.http(), Method::POST, "/auth/sign-in", Some(&sign_in)),
            (&member, Method::GET, "/try/fresh", None),
            (&member, Method::GET, "/auth/me", None),
            (&member, Method::GET, "/auth/sessions", None),
        ] {
            let answer = client.ask(method, path, body).await;
            assert_eq!(answer.status.as_u16(), 503, "{path}: {}", answer.text);
            let problem = answer.json();
            assert_eq!(problem["type"], "https://atriz.example/problems/unavailable", "{path}");
            assert!(problem.get("detail").is_none() && answer.header("retry-after").is_some(), "{path}: {problem}");
        }
        // What needs no database is answered as ever.
        house.http().post("/auth/token/refresh", &refresh, 400).await;
        member.get_expecting("/try/auth", 200).await;
        house.http().bearing("a.b.c").get_expecting("/try/auth", 401).await;
        // After ten seconds nobody knows what was revoked, so nothing is changed on the word of a token.
        tokio::time::sleep(std::time::Duration::from_secs(11)).await;
        member.get_expecting("/try/auth", 200).await;
        member.post("/try/auth", &json!({}), 503).await;
        gate.open().await;
        tokio::time::sleep(std::time::Duration::from_secs(3)).await;
        member.post("/try/auth", &json!({}), 200).await;
        member.get("/auth/me").await;
    });
}
