//! What other programs ask of the issuer.

use atriz_testing::both_engines;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{House, PASSWORD, house};

const ANN: &str = "ann@example.net";

/// Name and secret of app `mextrack`, as a header.
pub(crate) async fn client(house: &House) -> String {
    let admin = house.http().signed_in("admin@example.com").await;
    let made = admin.post("/auth/admin/apps/mextrack/secret", &json!({}), 200).await.json();
    basic("mextrack", made["secret"].as_str().unwrap())
}

fn basic(name: &str, secret: &str) -> String {
    use base64::Engine as _;
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("{name}:{secret}")))
}

/// The address of the app that a code is sent to.
const CALLBACK: &str = "https://mextrack.example/callback";

/// The refresh token of a code that app `mextrack` redeemed with its secret.
pub(crate) async fn redeemed(house: &House, program: &str) -> String {
    house.register_redirect(CALLBACK).await;
    let ann = house.browser(ANN).await;
    let path = format!(
        "/auth/authorize?response_type=code&client_id=mextrack&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM\
         &code_challenge_method=S256&state=xyz&redirect_uri={CALLBACK}"
    );
    let led = ann.ask(Method::GET, &path, None).await;
    let location = led.header("location").unwrap();
    let code = location.split(['?', '&']).find_map(|pair| pair.strip_prefix("code=")).unwrap();
    let form = [
        ("grant_type", "authorization_code"),
        ("redirect_uri", CALLBACK),
        ("code", code),
        ("code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
    ];
    let given = house.http().with("authorization", program).post_form("/auth/token", &form, 200).await.json();
    given["refresh_token"].as_str().unwrap().to_owned()
}

both_engines! {
    async fn keys_and_addresses_are_for_everybody(engine) {
        let house = house(engine).await;
        let keys = house.http().get_expecting("/auth/.well-known/jwks.json", 200).await;
        assert_eq!(keys.header("cache-control"), Some("public, max-age=600"));
        let keys = keys.json();
        for key in keys["keys"].as_array().unwrap() {
            assert_eq!((&key["kty"], &key["crv"], &key["alg"]), (&"OKP".into(), &"Ed25519".into(), &"EdDSA".into()));
            assert!(key.get("d").is_none(), "a private key is public");
        }
        let below = house.http().get("/auth/.well-known/oauth-authorization-server").await;
        let root = house.http().get("/.well-known/oauth-authorization-server/auth").await;
        assert_eq!(below, root);
        let issuer = below["issuer"].as_str().unwrap();
        assert_eq!(below["jwks_uri"], format!("{issuer}/.well-known/jwks.json"));
    }

    async fn a_client_that_proved_itself_learns_about_its_own_tokens(engine) {
        let house = house(engine).await;
        house.account(ANN).await;
        let program = house.http().with("authorization", &client(&house).await);
        let body = json!({"email": ANN, "password": PASSWORD, "app": "mextrack"});
        let tokens = house.http().post("/auth/sign-in", &body, 200).await.json();
        let access = tokens["access_token"].as_str().unwrap();
        let told = program.post_form("/auth/introspect", &[("token", access)], 200).await.json();
        assert_eq!((&told["active"], &told["aud"]), (&true.into(), &"mextrack".into()));
        let other = house.tokens(ANN).await;
        for junk in ["x", "", access.get(1..).unwrap(), other["access_token"].as_str().unwrap()] {
            let told = program.post_form("/auth/introspect", &[("token", junk)], 200).await.json();
            assert_eq!(told, json!({"active": false}), "{junk}");
        }
        program.post_form("/auth/revoke", &[("token", tokens["refresh_token"].as_str().unwrap())], 200).await;
        program.post_form("/auth/revoke", &[("token", "x")], 200).await;
        let told = program.post_form("/auth/introspect", &[("token", access)], 200).await.json();
        assert_eq!(told, json!({"active": false}));
        let feed = program.get("/auth/revocations?after=0").await;
        assert!(feed.to_string().contains("seq"), "{feed}");
    }

    async fn a_stranger_learns_nothing(engine) {
        let house = house(engine).await;
        let _ = client(&house).await;
        for header in [String::new(), basic("mextrack", "wrong"), basic("none", "wrong"), "Bearer key_x".to_owned()] {
            let stranger = house.http().with("authorization", &header);
            for path in ["/auth/introspect", "/auth/revoke"] {
                let refused = stranger.post_form(path, &[("token", "x")], 401).await;
                assert_eq!(refused.json()["error"], "invalid_client");
                assert!(refused.header("www-authenticate").unwrap().starts_with("Basic"));
            }
            stranger.get_expecting("/auth/revocations", 401).await;
        }
    }

    async fn a_code_is_asked_for_and_redeemed(engine) {
        let house = house(engine).await;
        house.account(ANN).await;
        let ann = house.browser(ANN).await;
        let query = "response_type=code&client_id=mextrack&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM\
            &code_challenge_method=S256&state=xyz&redirect_uri=";
        // No address is registered for the app, so none is good.
        for redirect in ["https://mextrack.example/callback", "https://evil.example", "javascript:alert(1)", ""] {
            let answer = ann.ask(Method::GET, &format!("/auth/authorize?{query}{redirect}"), None).await;
            assert!(answer.status.is_client_error() && answer.header("location").is_none(), "{redirect}: {}", answer.text);
        }
        house.register_redirect(CALLBACK).await;
        let path = format!("/auth/authorize?{query}https://mextrack.example/callback");
        // An access token that somebody copied gets no code.
        let tokens = house.tokens(ANN).await;
        let copied = house.http().bearing(tokens["access_token"].as_str().unwrap());
        assert_eq!(copied.ask(Method::GET, &path, None).await.status.as_u16(), 403);
        let led = ann.ask(Method::GET, &path, None).await;
        assert_eq!(led.status.as_u16(), 303, "{}", led.text);
        let location = led.header("location").unwrap();
        let (address, answer) = location.split_once('?').unwrap();
        assert_eq!(address, "https://mextrack.example/callback");
        let code = answer.split('&').find_map(|pair| pair.strip_prefix("code=")).unwrap();
        assert!(answer.contains("state=xyz") && answer.contains("iss="), "{answer}");
        let form = |verifier: &'static str| {
            [
                ("grant_type", "authorization_code"),
                ("client_id", "mextrack"),
                ("redirect_uri", "https://mextrack.example/callback"),
                ("code", code),
                ("code_verifier", verifier),
            ]
        };
        let given = house.http().post_form("/auth/token", &form("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"), 200).await.json();
        let refresh = given["refresh_token"].as_str().unwrap();
        // Whoever says which app they are has to be that one.
        for (app, secret, status) in [("pshop", None, 400), ("none", None, 401), ("mextrack", Some("wrong"), 401)] {
            let mut wrong = vec![("grant_type", "refresh_token"), ("refresh_token", refresh), ("client_id", app)];
            wrong.extend(secret.map(|secret| ("client_secret", secret)));
            house.http().post_form("/auth/token", &wrong, status).await;
        }
        let next = [("grant_type", "refresh_token"), ("refresh_token", refresh), ("client_id", "mextrack")];
        let next: Value = house.http().post_form("/auth/token", &next, 200).await.json();
        // Whoever redeems it again has stolen it, or was stolen from: what it gave ends.
        let again = form("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        let refused = house.http().post_form("/auth/token", &again, 400).await.json();
        assert_eq!(refused["error"], "invalid_grant");
        let ended = json!({"refresh_token": next["refresh_token"]});
        house.http().post("/auth/token/refresh", &ended, 400).await;
    }

    /// A token of an app that has a secret is good for nobody who has not that too, whatever they leave out.
    async fn a_session_of_a_client_with_a_secret_goes_on_with_it_alone(engine) {
        let house = house(engine).await;
        house.account(ANN).await;
        let program = client(&house).await;
        let refresh = redeemed(&house, &program).await;
        let bare = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
        let refused = house.http().post_form("/auth/token", &bare, 400).await.json();
        assert_eq!(refused["error"], "invalid_grant");
        house.http().post("/auth/token/refresh", &json!({"refresh_token": refresh}), 400).await;
        let mut named = bare.to_vec();
        named.push(("client_id", "mextrack"));
        let unknown = house.http().post_form("/auth/token", &named, 401).await;
        assert_eq!((unknown.json()["error"].as_str(), unknown.header("www-authenticate")), (Some("invalid_client"), Some("Basic realm=\"clients\"")));
        // It proves itself in one way (RFC 6749 §2.3).
        let mut both = bare.to_vec();
        both.push(("client_secret", "cli_made-up"));
        let refused = house.http().with("authorization", &program).post_form("/auth/token", &both, 400).await.json();
        assert_eq!(refused["error"], "invalid_request");
        // None of that used it up.
        house.http().with("authorization", &program).post_form("/auth/token", &bare, 200).await;
    }

    /// A service account that may asks as an app does, by its key.
    async fn a_service_key_asks_about_tokens(engine) {
        let house = house(engine).await;
        house.account(ANN).await;
        let admin = house.http().signed_in("admin@example.com").await;
        let key = async |code: &str, permission: &str| {
            let account = json!({"code": code, "name": "A gateway", "permissions": [permission]});
            let account = admin.post("/auth/admin/service-accounts", &account, 201).await.json();
            let (id, key) = (account["id"].as_str().unwrap(), json!({"name": "key", "app": "mextrack", "permissions": [permission]}));
            let made = admin.post(&format!("/auth/admin/service-accounts/{id}/keys"), &key, 201).await.json();
            (id.to_owned(), made["secret"].as_str().unwrap().to_owned())
        };
        let (id, gateway) = key("gateway", "tokens.introspect").await;
        let program = house.http().with("authorization", &format!("Bearer {gateway}"));
        let body = json!({"email": ANN, "password": PASSWORD, "app": "mextrack"});
        let tokens = house.http().post("/auth/sign-in", &body, 200).await.json();
        let access = tokens["access_token"].as_str().unwrap();
        let told = program.post_form("/auth/introspect", &[("token", access)], 200).await.json();
        assert_eq!((&told["active"], &told["client_id"]), (&true.into(), &"mextrack".into()), "{told}");
        let elsewhere = house.tokens(ANN).await;
        let told = program.post_form("/auth/introspect", &[("token", elsewhere["access_token"].as_str().unwrap())], 200).await;
        assert_eq!(told.json(), json!({"active": false}), "another app's");
        program.get("/auth/revocations?after=0").await;
        program.post_form("/auth/revoke", &[("token", access)], 200).await;
        let told = program.post_form("/auth/introspect", &[("token", access)], 200).await.json();
        assert_eq!(told, json!({"active": false}));
        // One that may something else is told so, and one that is shut is nobody.
        let (_, other) = key("reader", "vehicles.read").await;
        let other = house.http().with("authorization", &format!("Bearer {other}"));
        other.post_form("/auth/introspect", &[("token", access)], 403).await;
        admin.post(&format!("/auth/admin/service-accounts/{id}/disable"), &json!({}), 204).await;
        program.post_form("/auth/introspect", &[("token", access)], 401).await;
    }

    async fn the_token_endpoint_says_what_is_wrong_as_oauth_has_it(engine) {
        let house = house(engine).await;
        for (fields, error) in [
            (&[("grant_type", "password")][..], "unsupported_grant_type"),
            (&[("grant_type", "refresh_token")], "invalid_request"),
            (&[("grant_type", "refresh_token"), ("refresh_token", "x")], "invalid_grant"),
            (&[("grant_type", "authorization_code"), ("client_id", "mextrack")], "invalid_request"),
        ] {
            let refused = house.http().post_form("/auth/token", fields, 400).await.json();
            assert_eq!(refused["error"], error, "{fields:?}");
        }
    }
}
