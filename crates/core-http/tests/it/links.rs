//! The links of mails: whoever only looks changes nothing.

use std::time::Duration;

use atriz_testing::both_engines;
use serde_json::json;

use crate::support::{PASSWORD, house};

const ANN: &str = "ann@example.net";

both_engines! {
    async fn looking_at_a_link_does_not_use_it(engine) {
        let house = house(engine).await;
        let http = house.http();
        http.post("/auth/sign-up", &json!({"email": ANN, "name": "Ann", "password": PASSWORD}), 202).await;
        let token = house.token_of_mail(ANN, "/email/verify").await;
        let path = format!("/auth/email/verify?token={token}");
        for _ in 0..100 {
            http.get_expecting(&path, 200).await;
            http.ask("HEAD".parse().unwrap(), &path, None).await;
        }
        http.post("/auth/sign-in", &json!({"email": ANN, "password": PASSWORD}), 401).await;
        let page = http.get_expecting(&path, 200).await;
        assert!(page.text.contains(&token) && page.text.contains("action=\"verify/form\""), "{}", page.text);
        assert!(!page.text.contains("http") && !page.text.contains("<script"), "{}", page.text);
        assert_eq!(page.header("referrer-policy"), Some("strict-origin"));
        let policy = "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        assert_eq!(page.header("content-security-policy"), Some(policy));
        assert_eq!(page.header("cache-control"), Some("no-store"));
        let browser = http.with("sec-fetch-site", "same-origin");
        assert!(page.text.contains("name=\"password\""), "{}", page.text);
        browser.post_form("/auth/email/verify/form", &[("token", &token)], 400).await;
        let press = |password: &'static str, status| {
            let (browser, token) = (browser.clone(), token.clone());
            async move {
                let fields = [("token", token.as_str()), ("password", password)];
                browser.post_form("/auth/email/verify/form", &fields, status).await
            }
        };
        let wrong = press("not this one, surely", 400).await;
        house.wait(Duration::from_secs(5));
        let done = press(PASSWORD, 200).await;
        assert!(done.text.contains("confirmed"), "{}", done.text);
        let again = press(PASSWORD, 400).await;
        assert_eq!(wrong.text, again.text, "which of the two it was is not told");
        assert!(again.text.contains("did not work") && again.header("content-type").unwrap().starts_with("text/html"));
        http.post("/auth/sign-in", &json!({"email": ANN, "password": PASSWORD}), 200).await;
    }

    async fn a_page_shows_a_token_as_text(engine) {
        let house = house(engine).await;
        let path = "/auth/password/reset?token=%22%3E%3Cscript%3Ealert(1)%3C/script%3E";
        let page = house.http().get_expecting(path, 200).await;
        assert!(!page.text.contains("<script"), "{}", page.text);
        assert!(page.text.contains("&quot;&gt;&lt;script&gt;"), "{}", page.text);
        house.http().get_expecting("/auth/password/reset", 400).await;
    }

    async fn an_address_is_changed_on_its_page_with_the_password(engine) {
        let house = house(engine).await;
        house.account(ANN).await;
        let tokens = house.tokens(ANN).await;
        let ann = house.http().bearing(tokens["access_token"].as_str().unwrap());
        ann.post("/auth/email/change", &json!({"email": "new@example.net", "password": PASSWORD}), 202).await;
        let token = house.token_of_mail("new@example.net", "/email/change").await;
        let http = house.http();
        let page = http.get_expecting(&format!("/auth/email/change?token={token}"), 200).await;
        assert!(page.text.contains("name=\"password\"") && page.text.contains("action=\"change/form\""), "{}", page.text);
        http.post_form("/auth/email/change/form", &[("token", &token)], 400).await;
        let wrong = [("token", token.as_str()), ("password", "not this one, surely")];
        let wrong = http.post_form("/auth/email/change/form", &wrong, 400).await;
        assert!(wrong.text.contains("do nothing"), "{}", wrong.text);
        http.post("/auth/email/change/confirm", &json!({"token": token}), 422).await;
        let done = [("token", token.as_str()), ("password", PASSWORD)];
        http.post_form("/auth/email/change/form", &done, 200).await;
        assert_eq!(ann.get_expecting("/auth/me", 200).await.json()["email"], "new@example.net");
    }

    async fn a_password_is_reset_on_its_page(engine) {
        const NEW: &str = "eleven slow clouds drift north";
        let house = house(engine).await;
        house.account(ANN).await;
        let http = house.http();
        http.post("/auth/password/forgot", &json!({"email": ANN}), 202).await;
        let token = house.token_of_mail(ANN, "/password/reset").await;
        let weak = http.post_form("/auth/password/reset/form", &[("token", &token), ("password", "short")], 422).await;
        assert!(weak.text.contains("password"), "{}", weak.text);
        http.post_form("/auth/password/reset/form", &[("token", &token), ("password", NEW)], 200).await;
        http.post("/auth/sign-in", &json!({"email": ANN, "password": NEW}), 200).await;
    }
}
