//! The page on which a browser signs in.

use atriz_testing::both_engines;
use serde_json::json;

use crate::support::{PASSWORD, cookie_of, house};

const ANN: &str = "ann@example.net";
const FORM: &str = "/auth/sign-in/form";

both_engines! {
    async fn a_browser_signs_in_on_a_page_and_goes_on(engine) {
        let house = house(engine).await;
        house.account(ANN).await;
        let browser = house.http().with("sec-fetch-site", "same-origin");
        let page = browser.get_expecting("/auth/sign-in?return_to=/try/auth?a=%22%3E%3Cb%3E", 200).await;
        assert!(page.text.contains("action=\"sign-in/form\"") && page.text.contains("href=\"password/forgot\""), "{}", page.text);
        assert!(page.text.contains("value=\"/try/auth?a=&quot;&gt;&lt;b&gt;\"") && !page.text.contains("<b>"), "{}", page.text);
        assert!(!page.text.contains("http:") && !page.text.contains("<script"), "{}", page.text);
        assert_eq!(page.header("cache-control"), Some("no-store"));

        let sent = |password: &'static str| [("email", ANN), ("password", password), ("code", ""), ("return_to", "/try/auth")];
        let wrong = browser.post_form(FORM, &sent("not this one, surely"), 401).await;
        let other = [("email", "nobody@example.net"), ("password", PASSWORD), ("code", ""), ("return_to", "/try/auth")];
        let nobody = browser.post_form(FORM, &other, 401).await;
        assert_eq!(wrong.text, nobody.text.replace("nobody@example.net", ANN), "which of the two it was is not told");
        assert!(wrong.header("set-cookie").is_none() && !wrong.text.contains("surely"), "{}", wrong.text);
        assert!(wrong.text.contains("action=\"form\"") && wrong.text.contains("href=\"../password/forgot\""), "{}", wrong.text);
        assert!(wrong.text.contains(&format!("value=\"{ANN}\"")) && wrong.text.contains("value=\"/try/auth\""), "{}", wrong.text);
        // The next try comes too soon, and is told when it may come.
        browser.post_form(FORM, &sent("not this one either"), 401).await;
        let soon = browser.post_form(FORM, &sent(PASSWORD), 429).await;
        assert!(soon.header("retry-after").is_some() && soon.header("content-type").unwrap().starts_with("text/html"));

        house.wait(std::time::Duration::from_mins(1));
        let done = browser.post_form(FORM, &sent(PASSWORD), 200).await;
        assert!(done.text.contains("content=\"0; url=/try/auth\"") && done.text.contains("href=\"/try/auth\""), "{}", done.text);
        assert!(done.header("set-cookie").unwrap().starts_with("__Host-atriz_session=ses_"));
        let here = house.http().with("cookie", &cookie_of(&done));
        assert_eq!(here.get_expecting("/try/auth", 200).await.text, "atriz");
        assert!(!done.text.contains("ses_"), "{}", done.text);
        // Whoever signs in again, here or by the route for programs, has the new session alone.
        let again = browser.with("cookie", &cookie_of(&done)).post_form(FORM, &sent(PASSWORD), 200).await;
        here.get_expecting("/try/auth", 401).await;
        let here = house.http().with("cookie", &cookie_of(&again));
        here.get_expecting("/try/auth", 200).await;
        let body = json!({"email": ANN, "password": PASSWORD, "session": "cookie"});
        let third = here.with("sec-fetch-site", "same-origin").post("/auth/sign-in", &body, 204).await;
        here.get_expecting("/try/auth", 401).await;
        house.http().with("cookie", &cookie_of(&third)).get_expecting("/try/auth", 200).await;
    }

    async fn a_sign_in_leads_nowhere_else_and_comes_from_nowhere_else(engine) {
        let house = house(engine).await;
        house.account(ANN).await;
        let long = format!("/{}", "a".repeat(4_096));
        for path in ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "x", "", &long] {
            let refused = house.http().get_expecting(&format!("/auth/sign-in?return_to={}", encoded(path)), 422).await;
            assert_eq!(refused.json()["errors"][0]["field"], "return_to", "{path}");
            let sent = [("email", ANN), ("password", PASSWORD), ("return_to", path)];
            let refused = house.http().post_form(FORM, &sent, 422).await;
            assert!(refused.header("set-cookie").is_none(), "{path}");
        }
        house.http().get_expecting("/auth/sign-in?return_to=/a&other=b", 400).await;
        let sent = [("email", ANN), ("password", PASSWORD)];
        for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
            let refused = house.http().with(name, value).post_form(FORM, &sent, 403).await;
            assert!(refused.header("set-cookie").is_none(), "{name}");
        }
        // A browser that is too old for the first of these headers, and a program.
        let old = house.http().with("origin", house.http().base());
        old.post_form(FORM, &sent, 200).await;
        let done = house.http().post_form(FORM, &sent, 200).await;
        assert!(done.text.contains("signed in") && !done.text.contains("http-equiv"), "{}", done.text);
    }

    /// The answer to HEAD leads nobody on, so that no code is made for it.
    async fn only_get_makes_a_code(engine) {
        let house = house(engine).await;
        house.account(ANN).await;
        let ann = house.browser(ANN).await;
        let path = "/auth/authorize?response_type=code&client_id=mextrack&redirect_uri=x&code_challenge=y&code_challenge_method=S256";
        let refused = ann.ask(reqwest::Method::HEAD, path, None).await;
        assert_eq!((refused.status.as_u16(), refused.header("allow")), (405, Some("GET")));
    }

    /// Programs are told that nobody is signed in; only a browser is shown a page.
    async fn a_browser_that_asks_for_a_code_signs_in_first(engine) {
        let house = house(engine).await;
        let path = "/auth/authorize?response_type=code&client_id=mextrack&redirect_uri=https%3A%2F%2Fa.example%2Fb&x=%22";
        let browser = house.http().with("accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8");
        let led = browser.get_expecting(path, 303).await;
        let page = led.header("location").unwrap();
        assert_eq!(page, format!("sign-in?return_to={}", encoded(path)));
        let shown = browser.get_expecting(&format!("/auth/{page}"), 200).await;
        assert!(shown.text.contains(&format!("value=\"{}\"", path.replace('&', "&amp;"))), "{}", shown.text);
        for kinds in ["*/*", "application/json", ""] {
            let told = house.http().with("accept", kinds).get_expecting(path, 401).await;
            assert!(told.header("location").is_none(), "{kinds}");
        }
        // Signing in mends neither of these: a header goes before the cookie, and no page takes so long an address.
        let told = browser.with("authorization", "Basic eDp5").get_expecting(path, 401).await;
        assert!(told.header("www-authenticate").is_some() && told.header("location").is_none());
        browser.get_expecting(&format!("{path}&state={}", "x".repeat(4_096)), 401).await;
        house.account(ANN).await;
        let body = json!({"email": ANN, "password": PASSWORD, "session": "cookie"});
        let signed = house.http().post("/auth/sign-in", &body, 204).await;
        // Whoever is signed in hears what is wrong with the request.
        browser.with("cookie", &cookie_of(&signed)).get_expecting(path, 400).await;
    }
}

/// As browsers write what is typed into a form.
fn encoded(text: &str) -> String {
    let sign = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(sign).collect()
}
