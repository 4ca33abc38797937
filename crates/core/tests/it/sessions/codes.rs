//! Codes that another app exchanges for a session of its own.

use std::sync::Arc;
use std::time::Duration;

use atriz_core::{AuthError, AuthorizationRequest, Keep, Redemption};
use atriz_testing::{both_engines, execute};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use tokio::task::JoinSet;

use super::{caller, count, is_invalid, tokens, with_cookie};
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
