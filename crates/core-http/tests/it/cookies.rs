//! Sessions of an app's own pages.

use atriz_testing::both_engines;
use serde_json::json;

use crate::support::{PASSWORD, cookie_of, house};

const ANN: &str = "ann@example.net";

both_engines! {
    async fn a_cookie_is_set_for_this_app_alone_and_taken_away(engine) {
        let house = house(engine).await;
        house.account(ANN).await;
        let http = house.http();
        let body = json!({"email": ANN, "password": PASSWORD, "session": "cookie"});
        let answer = http.post("/auth/sign-in", &body, 204).await;
        let header = answer.header("set-cookie").unwrap();
        assert!(header.starts_with("__Host-atriz_session=ses_"), "{header}");
        for part in ["; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax", "; Max-Age="] {
            assert!(header.contains(part), "{part} in {header}");
        }
        assert!(!header.to_lowercase().contains("domain"));
        let other = json!({"email": ANN, "password": PASSWORD, "session": "cookie", "app": "mextrack"});
        let refused = http.post("/auth/sign-in", &other, 422).await.json();
        assert_eq!(refused["errors"][0]["field"], "session");
        let browser = http.with("cookie", &cookie_of(&answer));
        assert_eq!(browser.get("/auth/me").await["email"], ANN);
        let page = browser.with("sec-fetch-site", "same-origin");
        let gone = page.post("/auth/sign-out", &json!({}), 204).await;
        assert!(gone.header("set-cookie").unwrap().starts_with("__Host-atriz_session=; Max-Age=0; "));
        browser.get_expecting("/auth/me", 401).await;
    }

    async fn another_site_cannot_use_it(engine) {
        let house = house(engine).await;
        house.account(ANN).await;
        let http = house.http();
        let body = json!({"email": ANN, "password": PASSWORD, "session": "cookie"});
        let browser = http.with("cookie", &cookie_of(&http.post("/auth/sign-in", &body, 204).await));
        let own = http.base().to_owned();
        for (name, value, status) in [
            ("sec-fetch-site", "same-origin", 200),
            ("sec-fetch-site", "none", 200),
            ("sec-fetch-site", "same-site", 403),
            ("sec-fetch-site", "cross-site", 403),
            ("origin", own.as_str(), 200),
            ("origin", "https://evil.example", 403),
            ("origin", "null", 403),
            ("x-nothing", "neither header", 403),
        ] {
            let asked = browser.with(name, value);
            assert_eq!(asked.post("/try/auth", &json!({}), status).await.status.as_u16(), status, "{name}: {value}");
            // Reading is not changing.
            asked.get_expecting("/try/auth", 200).await;
        }
        // Signing somebody in as somebody else is a change, too.
        for path in ["/auth/sign-in", "/auth/sign-up"] {
            let answer = http.with("sec-fetch-site", "cross-site").post(path, &body, 403).await.json();
            assert_eq!(answer["type"], "https://atriz.example/problems/cross-site", "{path}");
            http.with("origin", "https://evil.example").post(path, &body, 403).await;
        }
    }

    async fn two_credentials_are_one_too_many(engine) {
        let house = house(engine).await;
        house.account(ANN).await;
        let http = house.http();
        let body = json!({"email": ANN, "password": PASSWORD, "session": "cookie"});
        let cookie = cookie_of(&http.post("/auth/sign-in", &body, 204).await);
        let tokens = house.tokens(ANN).await;
        let both = http.with("cookie", &cookie).bearing(tokens["access_token"].as_str().unwrap());
        let refused = both.get_expecting("/auth/me", 400).await.json();
        assert_eq!(refused["errors"][0]["field"], "Authorization");
        http.with("cookie", &format!("{cookie}; {cookie}")).get_expecting("/auth/me", 401).await;
        http.with("cookie", "__Host-atriz_session=").get_expecting("/auth/me", 401).await;
    }

    async fn proving_oneself_again_changes_the_cookie(engine) {
        let house = house(engine).await;
        house.account(ANN).await;
        let http = house.http();
        let body = json!({"email": ANN, "password": PASSWORD, "session": "cookie"});
        let before = cookie_of(&http.post("/auth/sign-in", &body, 204).await);
        let page = http.with("cookie", &before).with("sec-fetch-site", "same-origin");
        let after = cookie_of(&page.post("/auth/step-up", &json!({"password": PASSWORD}), 204).await);
        assert_ne!(before, after);
        http.with("cookie", &before).get_expecting("/auth/me", 401).await;
        http.with("cookie", &after).get("/auth/me").await;
        let page = http.with("cookie", &after).with("sec-fetch-site", "same-origin");
        let change = json!({"current": PASSWORD, "password": "another one, and long enough"});
        let changed = cookie_of(&page.post("/auth/password/change", &change, 204).await);
        http.with("cookie", &after).get_expecting("/auth/me", 401).await;
        http.with("cookie", &changed).get("/auth/me").await;
    }
}
