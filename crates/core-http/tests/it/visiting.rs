//! The pages of an app that is a verifier: a browser signs in there through the issuer.

use std::time::{Duration, Instant};

use atriz_core::{AuthSettings, DEMO_PASSWORD};
use atriz_core_http::{Auth, AuthState, verifier_routes, with_security};
use atriz_testing::{Answer, Http, both_engines, execute, number};
use atriz_web::Server;
use axum::Router;
use axum::routing::get;
use reqwest::Method;
use serde_json::json;
use utoipa_axum::router::OpenApiRouter;

use crate::support::{House, PASSWORD, cookie_of, house};
use crate::verifier::elsewhere;

pub(crate) const ANN: &str = "ann@example.net";
pub(crate) const CALLBACK: &str = "https://mextrack.example/auth/callback";
/// What the browser calls itself.
const BROWSER: &str = "A browser of the test";

/// App `mextrack` as a verifier of the house; it knows the issuer over HTTP alone.
pub(crate) async fn visited(house: &House, redirect_url: Option<&str>) -> Http {
    let verifier = elsewhere(house).await;
    let mut settings = AuthSettings::of(&house.app.databases.fleet.configuration).unwrap();
    settings.redirect_url = redirect_url.map(str::to_owned);
    let auth = AuthState::new("mextrack", verifier, &settings);
    let pages = Router::new().route("/page", get(async |caller: Auth| caller.app.clone())).with_state(auth.clone());
    let routes = verifier_routes(auth, &settings).merge(OpenApiRouter::from(pages));
    let server = Server::builder("mextrack", "1.0.0").api(with_security(routes, "mextrack")).build();
    let listener = atriz_web::bind(([127, 0, 0, 1], 0).into()).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(server.serve(listener, std::future::pending()));
    Http::new(&format!("http://{address}"))
}

/// Ann's browser, signed in at the issuer by its cookie.
pub(crate) async fn browser(house: &House) -> Http {
    let body = json!({"email": ANN, "password": PASSWORD, "session": "cookie"});
    let signed = house.http().post("/auth/sign-in", &body, 204).await;
    house.http().with("cookie", &cookie_of(&signed))
}

pub(crate) async fn led(http: &Http, path: &str) -> Answer {
    let answer = http.ask(Method::GET, path, None).await;
    assert_eq!(answer.status.as_u16(), 303, "{path}: {}", answer.text);
    answer
}

/// The headers `Set-Cookie` of an answer.
pub(crate) fn cookies(answer: &Answer) -> Vec<&str> {
    answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect()
}

/// A browser leaves the app: its cookie of the flow, and the way back that the issuer leads it.
pub(crate) async fn away(app: &Http, at_issuer: &Http, page: &str) -> (String, String) {
    let left = led(app, &format!("/auth/sign-in?return_to={page}")).await;
    let location = left.header("location").unwrap();
    let asked = location.strip_prefix("http://localhost:3000").unwrap_or_else(|| panic!("{location}"));
    let back = led(at_issuer, asked).await;
    let back = back.header("location").unwrap().strip_prefix("https://mextrack.example").unwrap().to_owned();
    (cookie_of(&left), back)
}

/// The name of a cookie.
fn name_of(cookie: &str) -> &str {
    cookie.split_once('=').unwrap().0
}

/// The value of a cookie.
fn value_of(cookie: &str) -> &str {
    cookie.split_once('=').unwrap().1.split(';').next().unwrap()
}

/// What the cookie of a flow keeps from everybody but the app.
fn verifier_of(cookie: &str) -> &str {
    value_of(cookie).split('.').nth(1).unwrap()
}

async fn wait_until_refused(http: &Http) {
    let begun = Instant::now();
    while http.ask(Method::GET, "/page", None).await.status.as_u16() != 401 {
        assert!(begun.elapsed() < Duration::from_secs(2), "it has to be in force within two seconds");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

both_engines! {
    async fn a_browser_signs_in_at_an_app_through_the_issuer(engine) {
        let house = house(engine).await;
        house.account(ANN).await;
        house.register_redirect(CALLBACK).await;
        let (app, at_issuer) = (visited(&house, Some(CALLBACK)).await, browser(&house).await);
        app.get_expecting("/page", 401).await;
        let left = led(&app, "/auth/sign-in?return_to=/page").await;
        let kept = cookies(&left);
        assert!(kept.len() == 1 && kept[0].starts_with("__Host-mextrack_flow."), "{kept:?}");
        assert!(kept[0].ends_with("; Max-Age=1800; Path=/; Secure; HttpOnly; SameSite=Lax"), "{kept:?}");
        let verifier = verifier_of(kept[0]);
        assert!(!left.header("location").unwrap().contains(verifier), "the verifier stays in the browser");

        let at_issuer = at_issuer.with("user-agent", BROWSER);
        let (flow, back) = away(&app, &at_issuer, "/page").await;
        let mine = app.with("cookie", &flow);
        let done = led(&mine, &back).await;
        assert_eq!(done.header("location"), Some("/page"));
        assert_eq!((done.header("cache-control"), done.header("referrer-policy")), (Some("no-store"), Some("no-referrer")));
        let set = cookies(&done);
        let over = format!("{}=; Max-Age=0;", name_of(&flow));
        assert!(set.iter().any(|cookie| cookie.starts_with(&over)), "{set:?}");
        let session = set.iter().find(|cookie| cookie.starts_with("__Host-mextrack_session=ses_")).unwrap();
        assert!(session.contains("; Path=/; Secure; HttpOnly; SameSite=Lax"), "{session}");
        let session = session.split(';').next().unwrap();
        let here = app.with("cookie", session);
        assert_eq!(here.get_expecting("/page", 200).await.text, "mextrack");
        // Its owner sees the browser, and not the app that asked for it.
        let listed = at_issuer.get("/auth/sessions").await;
        let session_here = listed["items"].as_array().unwrap().iter().find(|one| one["app"] == "mextrack").unwrap().clone();
        assert_eq!(session_here["user_agent"], BROWSER, "{listed}");
        // It is this app's alone.
        let (_, value) = session.split_once('=').unwrap();
        house.http().with("cookie", &format!("__Host-atriz_session={value}")).get_expecting("/try/auth", 401).await;

        // Out again here, from a page of this app alone; the issuer's own session goes on.
        here.with("sec-fetch-site", "cross-site").post("/auth/sign-out", &json!({}), 403).await;
        let out = here.with("sec-fetch-site", "same-origin").post("/auth/sign-out", &json!({}), 204).await;
        assert!(out.header("set-cookie").unwrap().starts_with("__Host-mextrack_session=; Max-Age=0;"));
        here.get_expecting("/page", 401).await;
        at_issuer.get_expecting("/try/auth", 200).await;

        // A browser that signs in again holds one session, however often it is led through.
        let mut held = String::new();
        for _ in 0..3 {
            let (flow, back) = away(&app, &at_issuer, "/page").await;
            let jar = if held.is_empty() { flow } else { [held.as_str(), &flow].join("; ") };
            let done = led(&app.with("cookie", &jar), &back).await;
            let before = std::mem::replace(&mut held, cookies(&done)[0].split(';').next().unwrap().to_owned());
            app.with("cookie", &held).get_expecting("/page", 200).await;
            if !before.is_empty() {
                app.with("cookie", &before).get_expecting("/page", 401).await;
            }
        }
        let listed = at_issuer.get("/auth/sessions").await;
        assert_eq!(listed["items"].as_array().unwrap().iter().filter(|one| one["app"] == "mextrack").count(), 1, "{listed}");
        app.with("cookie", &held).with("sec-fetch-site", "same-origin").post("/auth/sign-out", &json!({}), 204).await;

        // What was derived ends with the issuer's session.
        let (flow, back) = away(&app, &at_issuer, "/page").await;
        let done = led(&app.with("cookie", &flow), &back).await;
        let here = app.with("cookie", cookies(&done)[0].split(';').next().unwrap());
        here.get_expecting("/page", 200).await;
        at_issuer.with("sec-fetch-site", "same-origin").post("/auth/sign-out", &json!({}), 204).await;
        wait_until_refused(&here).await;
    }

    /// Of two tabs that both show the page to sign in, the second one does not end what the first one has begun.
    async fn who_signs_in_again_stays_at_the_apps(engine) {
        let house = house(engine).await;
        house.account(ANN).await;
        house.register_redirect(CALLBACK).await;
        let sign_in = async |jar: &str, email: &str, password: &str| {
            let http = house.http().with("sec-fetch-site", "same-origin");
            let http = if jar.is_empty() { http } else { http.with("cookie", jar) };
            let sent = [("email", email), ("password", password)];
            cookie_of(&http.post_form("/auth/sign-in/form", &sent, 200).await)
        };
        let first = sign_in("", ANN, PASSWORD).await;
        let app = visited(&house, Some(CALLBACK)).await;
        let (flow, back) = away(&app, &house.http().with("cookie", &first), "/page").await;
        let done = led(&app.with("cookie", &flow), &back).await;
        let here = app.with("cookie", cookies(&done)[0].split(';').next().unwrap());
        let second = sign_in(&first, ANN, PASSWORD).await;
        here.get_expecting("/page", 200).await;
        house.http().with("cookie", &second).get_expecting("/try/auth", 200).await;
        // Somebody else takes the browser over: what was the first one's ends.
        let other = sign_in(&first, "member@example.com", DEMO_PASSWORD).await;
        wait_until_refused(&here).await;
        house.http().with("cookie", &first).get_expecting("/try/auth", 401).await;
        house.http().with("cookie", &other).get_expecting("/try/auth", 200).await;
        let owner = house.app.databases.session("core").await;
        let told = "SELECT count(*) FROM audit_log WHERE action = 'session.replaced' AND actor_id <> subject_id";
        assert_eq!(number(&owner.connection, told).await, 1);
    }

    /// Whoever is signed in nowhere types their password at the issuer and is back at the app.
    async fn a_browser_that_is_signed_in_nowhere_signs_in_on_the_way(engine) {
        let house = house(engine).await;
        house.account(ANN).await;
        house.register_redirect(CALLBACK).await;
        let app = visited(&house, Some(CALLBACK)).await;
        let left = led(&app, "/auth/sign-in?return_to=/page").await;
        let asked = left.header("location").unwrap().strip_prefix("http://localhost:3000").unwrap();
        let browser = house.http().with("accept", "text/html").with("sec-fetch-site", "same-origin");
        let first = led(&browser, asked).await;
        let page = browser.get_expecting(&format!("/auth/{}", first.header("location").unwrap()), 200).await;
        let return_to = page.text.split("name=\"return_to\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        let return_to = return_to.replace("&amp;", "&");
        let sent = [("email", ANN), ("password", PASSWORD), ("code", ""), ("return_to", return_to.as_str())];
        let signed = browser.post_form("/auth/sign-in/form", &sent, 200).await;
        assert!(signed.text.contains(&format!("url={}", return_to.replace('&', "&amp;"))), "{}", signed.text);
        let back = led(&browser.with("cookie", &cookie_of(&signed)), &return_to).await;
        let back = back.header("location").unwrap().strip_prefix("https://mextrack.example").unwrap();
        let done = led(&app.with("cookie", &cookie_of(&left)), back).await;
        assert_eq!(done.header("location"), Some("/page"));
        let here = app.with("cookie", cookies(&done)[0].split(';').next().unwrap());
        assert_eq!(here.get_expecting("/page", 200).await.text, "mextrack");
    }

    /// An answer is for the browser that asked, from the issuer it was sent to, once.
    async fn an_answer_that_was_not_asked_for_signs_nobody_in(engine) {
        let house = house(engine).await;
        house.account(ANN).await;
        house.register_redirect(CALLBACK).await;
        let (app, at_issuer) = (visited(&house, Some(CALLBACK)).await, browser(&house).await);
        let (flow, back) = away(&app, &at_issuer, "/page").await;
        let (of_other, _) = away(&app, &at_issuer, "/page").await;
        let mine = app.with("cookie", &flow);
        let other_issuer = back.replace("localhost", "evil.example");
        assert_ne!(other_issuer, back);
        for (who, path) in [
            (&app, back.clone()),
            (&app.with("cookie", &of_other), back.clone()),
            (&app.with("cookie", &format!("{flow}; {flow}")), back.clone()),
            (&app.with("cookie", &format!("{}=a.b.c", name_of(&flow))), back.clone()),
            (&app.with("cookie", &format!("{}={}", name_of(&flow), value_of(&of_other))), back.clone()),
            (&mine, other_issuer),
            (&mine, back.replace("code=cod_", "code=cod_x")),
            (&mine, "/auth/callback?code=x&state=y".to_owned()),
            (&mine, "/auth/callback".to_owned()),
        ] {
            let refused = who.ask(Method::GET, &path, None).await;
            assert_eq!(refused.status.as_u16(), 400, "{path}: {}", refused.text);
            assert!(refused.header("set-cookie").is_none() && refused.header("location").is_none());
        }
        // None of these used it up.
        let done = led(&mine, &back).await;
        let here = app.with("cookie", cookies(&done)[0].split(';').next().unwrap());
        here.get_expecting("/page", 200).await;
        // A second time means that the code was copied: the session that it made ends.
        let again = mine.ask(Method::GET, &back, None).await;
        assert_eq!(again.status.as_u16(), 400, "{}", again.text);
        wait_until_refused(&here).await;
        for path in ["//evil.example", "https://evil.example", "/%5Cevil.example", "x"] {
            let refused = app.ask(Method::GET, &format!("/auth/sign-in?return_to={path}"), None).await;
            assert_eq!(refused.status.as_u16(), 422, "{path}: {}", refused.text);
        }
    }

    /// Tabs that a browser opens all at once sign in each by itself, in whatever order they come back.
    async fn each_tab_signs_in_by_itself(engine) {
        let house = house(engine).await;
        house.account(ANN).await;
        house.register_redirect(CALLBACK).await;
        let (app, at_issuer) = (visited(&house, Some(CALLBACK)).await, browser(&house).await);
        let mut tabs = Vec::new();
        for page in ["/page?tab=1", "/page?tab=2", "/page?tab=3"] {
            tabs.push((page, away(&app, &at_issuer, page).await));
        }
        let jar = tabs.iter().map(|(_, (flow, _))| flow.as_str()).collect::<Vec<_>>().join("; ");
        tabs.rotate_left(1);
        for (page, (flow, back)) in &tabs {
            let done = led(&app.with("cookie", &jar), back).await;
            assert_eq!(done.header("location"), Some(*page));
            let set = cookies(&done);
            assert!(set.len() == 2 && set[1].starts_with(&format!("{}=; Max-Age=0;", name_of(flow))), "{set:?}");
            let here = app.with("cookie", set[0].split(';').next().unwrap());
            here.get_expecting("/page", 200).await;
        }
        // However many leave and never come back, a browser keeps five.
        let mut kept: Vec<String> = Vec::new();
        for _ in 0..7 {
            let left = led(&app.with("cookie", &kept.join("; ")), "/auth/sign-in?return_to=/page").await;
            let set = cookies(&left);
            for cleared in &set[1..] {
                assert!(cleared.starts_with(&format!("{}=; Max-Age=0;", name_of(&kept[0]))), "the oldest: {set:?}");
                kept.remove(0);
            }
            kept.push(set[0].split(';').next().unwrap().to_owned());
        }
        assert_eq!(kept.len(), 5);
    }

    async fn a_cookie_is_handed_to_clients_with_a_secret_alone(engine) {
        let house = house(engine).await;
        house.account(ANN).await;
        house.register_redirect(CALLBACK).await;
        let without = visited(&house, None).await;
        without.get_expecting("/auth/sign-in", 501).await;
        let app = visited(&house, Some(CALLBACK)).await;
        let at_issuer = browser(&house).await;
        let (flow, back) = away(&app, &at_issuer, "/page").await;
        let part = |name: &str| back.split(['?', '&']).find_map(|pair| pair.strip_prefix(name)).unwrap().to_owned();
        let (code, verifier) = (part("code="), verifier_of(&flow).to_owned());
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("client_id", "mextrack"),
            ("redirect_uri", CALLBACK),
            ("code", &code),
            ("code_verifier", &verifier),
            ("session", "cookie"),
        ];
        let refused = house.http().post_form("/auth/token", &form, 400).await.json();
        assert_eq!(refused["error"], "invalid_request");
        form.push(("client_secret", "cli_made-up"));
        house.http().post_form("/auth/token", &form, 401).await;
        // An app without a secret has none to guess either.
        let owner = house.app.databases.session("core").await;
        execute(&owner.connection, "UPDATE apps SET secret_hash = NULL WHERE code = 'mextrack'").await.unwrap();
        house.http().post_form("/auth/token", &form, 401).await;
        let made = "SELECT count(*) FROM sessions s JOIN apps a ON a.id = s.app_id WHERE a.code = 'mextrack'";
        assert_eq!(number(&owner.connection, made).await, 0);
    }
}
