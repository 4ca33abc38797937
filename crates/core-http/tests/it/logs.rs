//! What the logs of the issuer and of a verifier say of requests: nothing that somebody could sign in with.

use atriz_testing::{Child, Engine, both_engines, given};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::{Value, json};
use tracing_subscriber::filter::LevelFilter;

use crate::oauth;
use crate::support::{House, PASSWORD, cookie_of, house};
use crate::visiting::{ANN, CALLBACK, away, browser, cookies, led, visited};

both_engines! {
    async fn no_secret_of_a_request_is_logged(engine) {
        if given().is_some() {
            return talk(engine).await;
        }
        let (secrets, log) = Child::of_test_on(engine, "logs::no_secret_of_a_request_is_logged", "talk").told();
        let secrets: Vec<&str> = secrets.lines().filter_map(|line| line.split_once("SENT ")).map(|(_, one)| one).collect();
        assert!(secrets.len() >= 18, "{secrets:?}");
        for part in ["TRACE", "/auth/token", "/auth/callback", "/auth/email/verify", "INSERT INTO"] {
            assert!(log.contains(part), "the log has nothing of {part}: {}", log.len());
        }
        for line in log.lines() {
            let found = secrets.iter().find(|secret| line.contains(**secret));
            assert!(found.is_none(), "a secret is logged: {line}");
        }
    }
}

fn text(of: &Value) -> String {
    of.as_str().unwrap().to_owned()
}

/// The value of a parameter in an address.
fn part(address: &str, name: &str) -> String {
    let mut pairs = address.split(['?', '&']);
    pairs.find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).unwrap().to_owned()
}

/// The value of a cookie.
fn value(cookie: &str) -> String {
    cookie.split_once('=').unwrap().1.split(';').next().unwrap().to_owned()
}

/// Sends what people and programs send, with everything logged to standard error, and tells the secrets of it on standard
/// output.
async fn talk(engine: Engine) {
    let log =
        tracing_subscriber::fmt().with_max_level(LevelFilter::TRACE).with_writer(std::io::stderr).with_ansi(false);
    tracing::subscriber::set_global_default(log.finish()).expect("this process is for this test alone");
    let house = house(engine).await;
    let mut sent = by_mail(&house).await;
    sent.extend(tokens_and_keys(&house).await);
    sent.extend(through_a_verifier(&house).await);
    for secret in sent {
        println!("SENT {secret}");
    }
}

/// Links of mails, opened and used, and passwords.
async fn by_mail(house: &House) -> Vec<String> {
    const NEW: &str = "eleven slow clouds drift north";
    let http = house.http();
    http.post("/auth/sign-up", &json!({"email": ANN, "name": "Ann", "password": PASSWORD}), 202).await;
    let proof = house.token_of_mail(ANN, "/email/verify").await;
    http.get_expecting(&format!("/auth/email/verify?token={proof}"), 200).await;
    let form = [("token", proof.as_str()), ("password", PASSWORD)];
    http.with("sec-fetch-site", "same-origin").post_form("/auth/email/verify/form", &form, 200).await;
    http.post("/auth/password/forgot", &json!({"email": ANN}), 202).await;
    let reset = house.token_of_mail(ANN, "/password/reset").await;
    http.get_expecting(&format!("/auth/password/reset?token={reset}&surplus={reset}"), 400).await;
    http.post("/auth/password/reset", &json!({"token": reset, "password": "short"}), 422).await;
    http.post("/auth/password/reset", &json!({"token": reset, "password": PASSWORD}), 204).await;
    http.post("/auth/sign-in", &json!({"email": ANN, "password": NEW}), 401).await;
    // What cannot be read is not quoted either.
    http.raw(Method::POST, "/auth/sign-in", "application/json", format!("{{\"password\": \"{NEW}\", ")).await;
    vec![proof, reset, PASSWORD.to_owned(), NEW.to_owned()]
}

/// Access and refresh tokens, an API key, codes and the secret of an app, at the routes that take them.
async fn tokens_and_keys(house: &House) -> Vec<String> {
    let http = house.http();
    let tokens = house.tokens(ANN).await;
    let (access, refresh) = (text(&tokens["access_token"]), text(&tokens["refresh_token"]));
    let ann = http.bearing(&access);
    ann.get_expecting("/auth/me", 200).await;
    http.bearing(&format!("{access}x")).get_expecting("/auth/me", 401).await;
    let next = http.post("/auth/token/refresh", &json!({"refresh_token": refresh}), 200).await.json();
    let wanted = json!({"name": "a till", "app": "atriz", "permissions": ["account.read"]});
    let key = text(&ann.post("/auth/api-keys", &wanted, 201).await.json()["secret"]);
    http.bearing(&key).ask(Method::GET, "/auth/me", None).await;
    let program = oauth::client(house).await;
    let of_program = oauth::redeemed(house, &program).await;
    let asking = http.with("authorization", &program);
    asking.post_form("/auth/introspect", &[("token", access.as_str())], 200).await;
    asking.post_form("/auth/revoke", &[("token", of_program.as_str())], 200).await;
    let credential = program.strip_prefix("Basic ").unwrap().to_owned();
    let plain = String::from_utf8(STANDARD.decode(&credential).unwrap()).unwrap();
    let secret = plain.split_once(':').unwrap().1.to_owned();
    vec![
        access,
        refresh,
        text(&next["access_token"]),
        text(&next["refresh_token"]),
        key,
        of_program,
        credential,
        secret,
    ]
}

/// A browser that signs in at an app through the issuer, and asks with what it got.
async fn through_a_verifier(house: &House) -> Vec<String> {
    house.register_redirect(CALLBACK).await;
    let (app, at_issuer) = (visited(house, Some(CALLBACK)).await, browser(house).await);
    let (flow, back) = away(&app, &at_issuer, "/page").await;
    let done = led(&app.with("cookie", &flow), &back).await;
    let session = cookies(&done)[0].split(';').next().unwrap().to_owned();
    app.with("cookie", &session).get_expecting("/page", 200).await;
    app.with("cookie", &format!("{session}x")).get_expecting("/page", 401).await;
    let body = json!({"email": ANN, "password": PASSWORD, "session": "cookie"});
    let of_issuer = cookie_of(&house.http().post("/auth/sign-in", &body, 204).await);
    house.http().with("cookie", &of_issuer).get_expecting("/auth/me", 200).await;
    let kept = value(&flow);
    let verifier = kept.split('.').nth(1).unwrap().to_owned();
    vec![value(&session), value(&of_issuer), part(&back, "code"), part(&back, "state"), verifier, kept]
}
