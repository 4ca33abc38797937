//! An account's life, from sign-up to its end.

use std::time::Duration;

use atriz_testing::both_engines;
use serde_json::json;

use crate::support::{PASSWORD, house};

const ANN: &str = "ann@example.net";

both_engines! {
    async fn an_account_is_made_proven_used_and_closed(engine) {
        let house = house(engine).await;
        let (http, body) = (house.http(), json!({"email": ANN, "password": PASSWORD}));
        http.post("/auth/sign-up", &json!({"email": ANN, "name": "Ann", "password": PASSWORD}), 202).await;
        let early = http.post("/auth/sign-in", &body, 401).await.json();
        assert_eq!(early["type"], "https://atriz.example/problems/invalid-credentials");
        let token = house.token_of_mail(ANN, "/email/verify").await;
        let wrong = json!({"token": token, "password": "not this one, surely"});
        let wrong = http.post("/auth/email/verify", &wrong, 400).await.json();
        house.wait(Duration::from_secs(5));
        http.post("/auth/email/verify", &json!({"token": token, "password": PASSWORD}), 204).await;
        let used = http.post("/auth/email/verify", &json!({"token": token, "password": PASSWORD}), 400).await.json();
        assert_eq!((&wrong["type"], &wrong["title"]), (&used["type"], &used["title"]), "which of the two is not told");
        let tokens = http.post("/auth/sign-in", &body, 200).await;
        assert_eq!(tokens.header("cache-control"), Some("no-store"));
        let tokens = tokens.json();
        assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&"Bearer".into(), &300.into()));
        let ann = http.bearing(tokens["access_token"].as_str().unwrap());
        let me = ann.get_expecting("/auth/me", 200).await;
        let tag = me.header("etag").unwrap().to_owned();
        let me = me.json();
        assert_eq!((&me["email"], &me["name"], &me["app"]), (&ANN.into(), &"Ann".into(), &"atriz".into()));
        let renamed = ann.with("if-match", &tag).patch("/auth/me", &json!({"name": "Anna"}), 200).await.json();
        assert_eq!(renamed["name"], "Anna");
        ann.with("if-match", &tag).patch("/auth/me", &json!({"name": "Ann"}), 412).await;
        ann.patch("/auth/me", &json!({"name": "Ann"}), 428).await;
        ann.post("/auth/deactivate", &json!({"password": "not this one, surely"}), 401).await;
        ann.post("/auth/deactivate", &json!({"password": PASSWORD}), 204).await;
        ann.get_expecting("/try/fresh", 401).await;
        house.wait(Duration::from_mins(1));
        let closed = http.post("/auth/sign-in", &body, 403).await.json();
        assert_eq!(closed["type"], "https://atriz.example/problems/account-disabled");
    }

    async fn a_wrong_password_and_no_account_are_the_same_answer(engine) {
        let house = house(engine).await;
        house.account(ANN).await;
        let mut answers = Vec::new();
        for (email, password) in [(ANN, "some other password"), ("nobody@example.net", PASSWORD), ("not an address", "")] {
            let answer = house.http().post("/auth/sign-in", &json!({"email": email, "password": password}), 401).await;
            let mut body = answer.json();
            body["request_id"].take();
            answers.push((body, answer.header("www-authenticate").map(str::to_owned)));
        }
        assert_eq!(answers[0], answers[1]);
        assert_eq!(answers[0], answers[2]);
    }

    async fn tokens_are_renewed_exchanged_and_ended(engine) {
        let house = house(engine).await;
        house.account(ANN).await;
        let http = house.http();
        let first = house.tokens(ANN).await;
        let second = http.post("/auth/token/refresh", &json!({"refresh_token": first["refresh_token"]}), 200).await.json();
        let replayed = http.post("/auth/token/refresh", &json!({"refresh_token": first["refresh_token"]}), 200).await.json();
        assert_eq!(second["refresh_token"], replayed["refresh_token"]);
        let ann = http.bearing(second["access_token"].as_str().unwrap());
        let other = ann.post("/auth/token/exchange", &json!({"app": "mextrack", "refresh_token": second["refresh_token"]}), 200).await.json();
        // The session goes on by it, and what comes next is in the answer.
        let renewed = json!({"refresh_token": other["renewed_refresh_token"]});
        http.post("/auth/token/refresh", &renewed, 200).await;
        let alone = ann.post("/auth/token/exchange", &json!({"app": "mextrack"}), 422).await.json();
        assert_eq!(alone["errors"][0]["field"], "refresh_token");
        let wrong = json!({"app": "mextrack", "refresh_token": other["refresh_token"]});
        assert_eq!(ann.post("/auth/token/exchange", &wrong, 400).await.json()["error"], "invalid_grant");
        // A token of another app is no token here.
        http.bearing(other["access_token"].as_str().unwrap()).get_expecting("/auth/me", 401).await;
        let sessions = ann.get("/auth/sessions").await;
        let apps: Vec<_> = sessions["items"].as_array().unwrap().iter().map(|one| one["app"].clone()).collect();
        assert!(apps.len() == 2 && apps.contains(&"mextrack".into()), "{sessions}");
        ann.post("/auth/sign-out/everywhere", &json!({}), 204).await;
        for token in [&second["refresh_token"], &other["refresh_token"]] {
            let refused = http.post("/auth/token/refresh", &json!({"refresh_token": token}), 400).await.json();
            assert_eq!(refused["error"], "invalid_grant");
        }
        ann.get_expecting("/try/fresh", 401).await;
    }

    async fn a_password_is_reset_by_mail_alone(engine) {
        const NEW: &str = "eleven slow clouds drift north";
        let house = house(engine).await;
        house.account(ANN).await;
        let http = house.http();
        let tokens = house.tokens(ANN).await;
        http.post("/auth/password/forgot", &json!({"email": ANN}), 202).await;
        http.post("/auth/password/forgot", &json!({"email": "nobody@example.net"}), 202).await;
        let token = house.token_of_mail(ANN, "/password/reset").await;
        let weak = http.post("/auth/password/reset", &json!({"token": token, "password": "short"}), 422).await.json();
        assert_eq!(weak["errors"][0]["field"], "password");
        http.post("/auth/password/reset", &json!({"token": token, "password": NEW}), 204).await;
        http.post("/auth/password/reset", &json!({"token": token, "password": NEW}), 400).await;
        http.post("/auth/token/refresh", &json!({"refresh_token": tokens["refresh_token"]}), 400).await;
        http.post("/auth/sign-in", &json!({"email": ANN, "password": PASSWORD}), 401).await;
        house.wait(Duration::from_mins(1));
        http.post("/auth/sign-in", &json!({"email": ANN, "password": NEW}), 200).await;
    }

    async fn whoever_guesses_has_to_wait(engine) {
        let house = house(engine).await;
        let body = json!({"email": "member@example.com", "password": "not this one, surely"});
        let mut answers = Vec::new();
        for _ in 0..15 {
            let answer = house.http().ask("POST".parse().unwrap(), "/auth/sign-in", Some(&body)).await;
            answers.push((answer.status.as_u16(), answer.header("retry-after").is_some()));
        }
        assert_eq!(answers[0], (401, false));
        assert_eq!(answers[14], (429, true));
        assert!(answers.iter().all(|answer| [(401, false), (429, true)].contains(answer)), "{answers:?}");
        // A moment later the person whose account it is comes in.
        house.wait(Duration::from_mins(5));
        house.http().signed_in("member@example.com").await;
    }
}
