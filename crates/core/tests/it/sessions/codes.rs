//! Codes that another app exchanges for a session of its own.

use std::sync::Arc;
use std::time::Duration;

use atriz_core::{AuthError, AuthorizationRequest, Caller, Keep, NewKey, Redemption};
use atriz_testing::{both_engines, execute, texts};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use tokio::task::JoinSet;

use super::{admin, caller, count, is_invalid, tokens, with_cookie};
use crate::support::House;

/// Registers the address that apps of these tests are returned to.
pub(crate) async fn register_redirects(house: &House) {
    let session = house.fleet.session("core").await;
    let uris = "[\"https://app.example.com/signed-in\"]";
    execute(&session.connection, &format!("UPDATE apps SET redirect_uris = '{uris}'")).await.unwrap();
}

pub(crate) const REDIRECT: &str = "https://app.example.com/signed-in";
pub(crate) const VERIFIER: &str = "a-verifier-of-more-than-forty-three-letters-0123456789";

pub(crate) fn request(app: &str) -> AuthorizationRequest {
    AuthorizationRequest {
        app: app.to_owned(),
        redirect_uri: REDIRECT.to_owned(),
        challenge: URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER)),
        challenge_method: "S256".to_owned(),
        state: Some("a state & more".to_owned()),
    }
}

pub(crate) fn redemption(app: &str, code: &SecretString) -> Redemption {
    Redemption {
        app: app.to_owned(),
        code: code.clone(),
        verifier: SecretString::from(VERIFIER),
        redirect_uri: REDIRECT.to_owned(),
        secret: None,
        keep: Keep::Tokens,
    }
}

/// Somebody's program, by a key that they gave it.
async fn by_key(house: &House, who: &Caller, permissions: &[&str]) -> Caller {
    let permissions = permissions.iter().map(|&one| one.to_owned()).collect();
    let new = NewKey { name: "a program".to_owned(), app: "atriz".to_owned(), permissions, expires_at: None };
    let (_, secret) = house.issuer.api_keys().create(who, new, &house.client()).await.unwrap();
    house.issuer.api_keys().verify(secret.expose_secret(), "atriz").await.unwrap()
}

both_engines! {
    async fn a_code_is_good_once_and_where_it_was_meant(engine) {
        let house = House::new(engine).await;
        register_redirects(&house).await;
        let (sessions, client) = (house.issuer.sessions(), house.client());
        let (me, _) = with_cookie(&house, "manager@example.com", "atriz").await;
        let answer = sessions.authorize(&me, request("pshop"), &client).await.unwrap();
        let location = url::Url::parse(answer.location.expose_secret()).unwrap();
        let query: Vec<(String, String)> = location.query_pairs().into_owned().collect();
        assert!(query.contains(&("state".to_owned(), "a state & more".to_owned())), "{query:?}");
        assert!(query.contains(&("code".to_owned(), answer.code.expose_secret().to_owned())));
        let pair = tokens(sessions.redeem(redemption("pshop", &answer.code), &client).await.unwrap());
        let at_shop = caller(&house, pair.access_token.expose_secret(), "pshop").await.unwrap();
        assert_eq!(at_shop.user, me.user);
        // Shown again it ends what it made.
        let again = sessions.redeem(redemption("pshop", &answer.code), &client).await;
        assert!(matches!(again, Err(AuthError::InvalidGrant)));
        assert!(is_invalid(&sessions.fresh(&at_shop).await));
        assert_eq!(count(&house, "SELECT count(*) FROM audit_log WHERE action = 'session.code_reused'").await, 1);
        // Each thing that does not fit spends it.
        let wrong: [fn(&mut Redemption); 4] = [
            |wanted| "mextrack".clone_into(&mut wanted.app),
            |wanted| wanted.redirect_uri.push('/'),
            |wanted| wanted.verifier = SecretString::from(VERIFIER.to_uppercase()),
            |wanted| wanted.verifier = SecretString::from(""),
        ];
        for spoil in wrong {
            let code = sessions.authorize(&me, request("pshop"), &client).await.unwrap().code;
            let mut wanted = redemption("pshop", &code);
            spoil(&mut wanted);
            assert!(matches!(sessions.redeem(wanted, &client).await, Err(AuthError::InvalidGrant)));
            let late = sessions.redeem(redemption("pshop", &code), &client).await;
            assert!(matches!(late, Err(AuthError::InvalidGrant)));
        }
        let code = sessions.authorize(&me, request("pshop"), &client).await.unwrap().code;
        house.fleet.clock.advance(Duration::from_mins(1));
        let late = sessions.redeem(redemption("pshop", &code), &client).await;
        assert!(matches!(late, Err(AuthError::InvalidGrant)), "a minute is over");
        let code = sessions.authorize(&me, request("pshop"), &client).await.unwrap().code;
        sessions.sign_out(&me, &client).await.unwrap();
        let orphan = sessions.redeem(redemption("pshop", &code), &client).await;
        assert!(matches!(orphan, Err(AuthError::InvalidGrant)), "its sign-in is over");
    }

    async fn codes_are_made_for_what_is_registered(engine) {
        let house = House::new(engine).await;
        let (sessions, client) = (house.issuer.sessions(), house.client());
        let (me, _) = with_cookie(&house, "manager@example.com", "atriz").await;
        let field = async |wanted| match sessions.authorize(&me, wanted, &client).await {
            Err(AuthError::Unacceptable { field, .. }) => field,
            other => panic!("{other:?}"),
        };
        assert_eq!(field(request("pshop")).await, "redirect_uri", "none is registered yet");
        register_redirects(&house).await;
        for uri in ["https://app.example.com/signed-in/", "https://app.example.com.evil.example/signed-in", "", "\0"] {
            assert_eq!(field(AuthorizationRequest { redirect_uri: uri.to_owned(), ..request("pshop") }).await, "redirect_uri");
        }
        let plain = AuthorizationRequest { challenge_method: "plain".to_owned(), ..request("pshop") };
        assert_eq!(field(plain).await, "code_challenge_method");
        for challenge in ["", "abc", &"a".repeat(44), VERIFIER] {
            let wanted = AuthorizationRequest { challenge: challenge.to_owned(), ..request("pshop") };
            assert_eq!(field(wanted).await, "code_challenge");
        }
        assert_eq!(field(request("nowhere")).await, "app");
    }

    async fn who_administers_apps_says_where_codes_go(engine) {
        let house = House::new(engine).await;
        let (sessions, client) = (house.issuer.sessions(), house.client());
        let (administrator, (me, _)) = (admin(&house).await, with_cookie(&house, "manager@example.com", "atriz").await);
        let wanted = [REDIRECT.to_owned(), "http://localhost:3001/auth/callback".to_owned()];
        let registered = sessions.register_redirects(&administrator, "pshop", &wanted, &client).await.unwrap();
        assert_eq!((registered.code.as_str(), registered.redirect_uris.as_slice()), ("pshop", wanted.as_slice()));
        assert!(sessions.apps().await.unwrap().contains(&registered));
        sessions.authorize(&me, request("pshop"), &client).await.unwrap();
        assert!(sessions.authorize(&me, request("mextrack"), &client).await.is_err(), "it is of one app");
        // What is refused leaves what was registered.
        let bad = ["http://app.example.com/signed-in".to_owned()];
        let refused = sessions.register_redirects(&administrator, "pshop", &bad, &client).await;
        assert!(matches!(refused, Err(AuthError::Unacceptable { field: "redirect_uris", .. })), "{refused:?}");
        let nowhere = sessions.register_redirects(&administrator, "nowhere", &wanted, &client).await;
        assert!(matches!(nowhere, Err(AuthError::NotFound)), "{nowhere:?}");
        let mine = sessions.register_redirects(&me, "pshop", &[], &client).await;
        assert!(matches!(mine, Err(AuthError::Forbidden(_))), "{mine:?}");
        let key = by_key(&house, &administrator, &["apps.write", "roles.grant"]).await;
        let by_program = sessions.register_redirects(&key, "pshop", &[], &client).await;
        let Err(AuthError::Forbidden(why)) = by_program else { panic!("it takes a person, and {by_program:?}") };
        assert!(why.contains("takes a session"), "{why}");
        sessions.authorize(&me, request("pshop"), &client).await.unwrap();
        let code = sessions.authorize(&me, request("pshop"), &client).await.unwrap().code;
        let none = sessions.register_redirects(&administrator, "pshop", &[], &client).await.unwrap();
        assert!(none.redirect_uris.is_empty());
        assert!(sessions.authorize(&me, request("pshop"), &client).await.is_err());
        let late = sessions.redeem(redemption("pshop", &code), &client).await;
        assert!(matches!(late, Err(AuthError::InvalidGrant)), "the address is gone, and {late:?}");
        let audited = "SELECT CAST(detail AS text) FROM audit_log WHERE action = 'app.register_redirects' ORDER BY seq";
        let audited = texts(house.fleet.database("core").await.read(), audited).await;
        let audited: Vec<serde_json::Value> = audited.iter().map(|text| serde_json::from_str(text).unwrap()).collect();
        assert_eq!(audited, [
            json!({ "app": "pshop", "before": [], "redirect_uris": wanted }),
            json!({ "app": "pshop", "before": wanted, "redirect_uris": [] }),
        ]);
    }

    /// Who copied a refresh token of an app that has a secret, and not the secret, has nothing.
    async fn a_session_begun_with_a_secret_goes_on_with_it_alone(engine) {
        let house = House::new(engine).await;
        register_redirects(&house).await;
        let (sessions, client) = (house.issuer.sessions(), house.client());
        let introspection = house.issuer.introspection();
        let administrator = admin(&house).await;
        let secret = introspection.rotate_app_secret(&administrator, "pshop", &client).await.unwrap();
        let (me, _) = with_cookie(&house, "manager@example.com", "atriz").await;
        let code = sessions.authorize(&me, request("pshop"), &client).await.unwrap().code;
        let wanted = Redemption { secret: Some(secret.clone()), ..redemption("pshop", &code) };
        let first = tokens(sessions.redeem(wanted, &client).await.unwrap());
        let (token, secret) = (first.refresh_token.expose_secret(), &secret);
        let wrong = SecretString::from("cli_wrong");
        for _ in 0..3 {
            assert!(matches!(sessions.refresh(token, &client).await, Err(AuthError::InvalidGrant)));
            assert!(matches!(sessions.refresh_as(token, "pshop", None, &client).await, Err(AuthError::InvalidToken)));
            let guessed = sessions.refresh_as(token, "pshop", Some(&wrong), &client).await;
            assert!(matches!(guessed, Err(AuthError::InvalidToken)), "{guessed:?}");
        }
        let second = sessions.refresh_as(token, "pshop", Some(secret), &client).await.unwrap();
        // The one before is repeated for a while, to the same client alone.
        assert!(matches!(sessions.refresh(token, &client).await, Err(AuthError::InvalidGrant)));
        let again = sessions.refresh_as(token, "pshop", Some(secret), &client).await.unwrap();
        assert_eq!(again.refresh_token.expose_secret(), second.refresh_token.expose_secret());
        // Shown late and without the secret, it ends nothing: that would let whoever copied it sign people out.
        house.fleet.clock.advance(Duration::from_mins(2));
        assert!(matches!(sessions.refresh(token, &client).await, Err(AuthError::InvalidGrant)));
        let newer = introspection.rotate_app_secret(&administrator, "pshop", &client).await.unwrap();
        let token = second.refresh_token.expose_secret();
        assert!(matches!(sessions.refresh_as(token, "pshop", Some(secret), &client).await, Err(AuthError::InvalidToken)));
        sessions.refresh_as(token, "pshop", Some(&newer), &client).await.unwrap();
        // A person's own program needs no secret, whatever the app has.
        let own = house.tokens("cashier@example.com", "pshop").await;
        sessions.refresh(own.refresh_token.expose_secret(), &client).await.unwrap();
    }

    async fn sixty_four_redeem_one_code(engine) {
        let house = Arc::new(House::new(engine).await);
        register_redirects(&house).await;
        let (me, _) = with_cookie(&house, "manager@example.com", "atriz").await;
        let code = house.issuer.sessions().authorize(&me, request("pshop"), &house.client()).await.unwrap().code;
        let mut tasks = JoinSet::new();
        for _ in 0..64 {
            let (house, code) = (Arc::clone(&house), code.clone());
            tasks.spawn(async move {
                house.issuer.sessions().redeem(redemption("pshop", &code), &house.client()).await
            });
        }
        let mut good = 0;
        while let Some(answer) = tasks.join_next().await {
            match answer.unwrap() {
                Ok(_) => good += 1,
                Err(AuthError::InvalidGrant) => {}
                Err(error) => panic!("{error}"),
            }
        }
        assert_eq!(good, 1);
        assert_eq!(count(&house, "SELECT count(*) FROM sessions WHERE reason = 'code_reused'").await, 1);
    }
}
