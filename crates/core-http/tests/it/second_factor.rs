//! A second factor, from its beginning to its end.

use std::time::Duration;

use atriz_kernel::Clock;
use atriz_testing::both_engines;
use serde_json::{Value, json};
use totp_rs::{Algorithm, Builder, Secret};

use crate::support::{House, PASSWORD, house};

const ANN: &str = "ann@example.net";

/// What an authenticator app shows now.
fn code(house: &House, enrolled: &Value) -> String {
    let secret = Secret::try_from_base32(enrolled["secret"].as_str().unwrap()).unwrap();
    let totp = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_step_duration(30)
        .with_secret(secret)
        .with_account_name("ann");
    let now = house.app.databases.clock.now().timestamp();
    totp.build().unwrap().generate(now.unsigned_abs()).to_string()
}

both_engines! {
    async fn a_password_alone_is_not_enough_any_more(engine) {
        let house = house(engine).await;
        house.account(ANN).await;
        let ann = house.http().bearing(house.tokens(ANN).await["access_token"].as_str().unwrap());
        let enrolled = ann.post("/auth/totp", &json!({"label": "telephone"}), 201).await.json();
        assert!(enrolled["otpauth_url"].as_str().unwrap().starts_with("otpauth://totp/"), "{enrolled}");
        let confirm = format!("/auth/totp/{}/confirm", enrolled["id"].as_str().unwrap());
        let codes = ann.post(&confirm, &json!({"code": code(&house, &enrolled)}), 200).await.json();
        let codes = codes["recovery_codes"].as_array().unwrap().clone();
        assert_eq!(codes.len(), 10);
        let listed = ann.get("/auth/totp").await;
        assert!(listed["items"][0]["confirmed_at"].is_string() && listed["items"][0].get("secret").is_none(), "{listed}");
        let sign_in = |code: Option<Value>| {
            let mut body = json!({"email": ANN, "password": PASSWORD});
            if let Some(code) = code {
                body["code"] = code;
            }
            body
        };
        let refused = house.http().post("/auth/sign-in", &sign_in(None), 401).await.json();
        assert_eq!(refused["type"], "https://atriz.example/problems/second-factor-required");
        house.wait(Duration::from_mins(1));
        let shown = code(&house, &enrolled);
        house.http().post("/auth/sign-in", &sign_in(Some(shown.clone().into())), 200).await;
        house.wait(Duration::from_secs(10));
        // Each code is good once, be it shown or written down.
        house.http().post("/auth/sign-in", &sign_in(Some(shown.into())), 401).await;
        house.wait(Duration::from_mins(1));
        house.http().post("/auth/sign-in", &sign_in(Some(codes[0].clone())), 200).await;
        house.http().post("/auth/sign-in", &sign_in(Some(codes[0].clone())), 401).await;
        house.wait(Duration::from_mins(1));
        // The page asks for a code as well, and takes one.
        let page = |code: &'static str| [("email", ANN), ("password", PASSWORD), ("code", code)];
        let refused = house.http().post_form("/auth/sign-in/form", &page(" "), 401).await;
        assert!(refused.text.contains("second factor. Give its code"), "{}", refused.text);
        house.http().post_form("/auth/sign-in/form", &page("123456"), 401).await;
        house.wait(Duration::from_mins(1));
        let fields = [("email", ANN), ("password", PASSWORD), ("code", codes[3].as_str().unwrap())];
        house.http().post_form("/auth/sign-in/form", &fields, 200).await;
        house.wait(Duration::from_mins(1));
        let again = house.http().post("/auth/sign-in", &sign_in(Some(codes[1].clone())), 200).await.json();
        let ann = house.http().bearing(again["access_token"].as_str().unwrap());
        let removal = json!({"password": PASSWORD, "code": codes[2]});
        let path = format!("/auth/totp/{}", enrolled["id"].as_str().unwrap());
        ann.send("DELETE".parse().unwrap(), &path, Some(&removal), 204).await;
        house.wait(Duration::from_mins(1));
        house.tokens(ANN).await;
    }
}
