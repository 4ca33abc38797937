//! The verifier beside its issuer and elsewhere: one suite for both.

use std::future::Future;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use atriz_core::{
    AuthError, Caller, DEMO_PASSWORD, Held, Keep, NewKey, NewServiceAccount, RemoteSettings, Returned, Rotation,
    SignIn, SignInFlow, Verifier,
};
use atriz_kernel::{SharedClock, UserId, seed_id};
use atriz_testing::{Engine, both_engines};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::people::{PASSWORD, Post};
use crate::sessions::codes::{REDIRECT, register_redirects, request};
use crate::sessions::with_cookie;
use crate::support::House;
use crate::wire::Wire;

const EMAIL: &str = "cashier@example.com";

/// Where the issuer is, as the verifier sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Here,
    Elsewhere,
}

/// An issuer, and a verifier for `pshop`.
struct Pair {
    house: House,
    wire: Wire,
    verifier: Verifier,
    admin: Caller,
}

impl Pair {
    async fn new(engine: Engine, place: Place) -> Self {
        let house = House::new(engine).await;
        let admin = house.caller("admin@example.com", "atriz").await;
        let wire = Wire::of(&house.issuer).await;
        let verifier = match place {
            Place::Here => house.verifier(),
            Place::Elsewhere => elsewhere(&house, &admin, &wire.url).await,
        };
        Self { house, wire, verifier, admin }
    }

    async fn cookie(&self, email: &str) -> String {
        let attempt = SignIn {
            email: email.to_owned(),
            password: SecretString::from(DEMO_PASSWORD),
            code: None,
            app: "pshop".to_owned(),
            keep: Keep::Cookie,
        };
        match self.house.issuer.sessions().sign_in(attempt, &self.house.client()).await.unwrap().held {
            Held::Cookie(cookie) => cookie.value.expose_secret().to_owned(),
            Held::Tokens(_) => panic!("a cookie was asked for"),
        }
    }

    async fn bearer(&self, token: &str) -> Result<Caller, AuthError> {
        self.verifier.bearer(token, "pshop").await
    }
}

async fn elsewhere(house: &House, admin: &Caller, url: &str) -> Verifier {
    let client_secret = house.issuer.introspection().rotate_app_secret(admin, "pshop", &house.client()).await.unwrap();
    let settings = RemoteSettings {
        url: url.to_owned(),
        issuer: house.issuer.settings().public_url.clone(),
        client_id: "pshop".to_owned(),
        client_secret,
    };
    let clock: SharedClock = house.fleet.clock.clone();
    Verifier::of_remote(settings, clock).await.unwrap()
}

fn is_invalid<T>(result: &Result<T, AuthError>) -> bool {
    matches!(result, Err(AuthError::InvalidToken))
}

/// Waits until `ask` is refused, which has to be within two seconds.
async fn refused_in_time<F: Future<Output = Result<Caller, AuthError>>>(what: &str, ask: impl Fn() -> F) {
    let begun = Instant::now();
    loop {
        let answer = ask().await;
        if is_invalid(&answer) {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(2), "{what}: {answer:?} after {:?}", begun.elapsed());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn reads_what_is_good(place: Place, engine: Engine) {
    let pair = Pair::new(engine, place).await;
    let tokens = pair.house.tokens(EMAIL, "pshop").await;
    let token = tokens.access_token.expose_secret();
    for round in 0..3 {
        let caller = pair.bearer(token).await.unwrap();
        assert_eq!(caller.user, Some(UserId(seed_id("users", EMAIL))), "{round}");
        assert!(caller.may("sales.create") && !caller.may("sales.void") && caller.app == "pshop");
        assert_eq!(caller.roles, ["member", "pshop.cashier"]);
        pair.verifier.fresh(&caller).await.unwrap();
        let elsewhere = Caller { app: "mextrack".to_owned(), ..caller.clone() };
        assert!(is_invalid(&pair.verifier.fresh(&elsewhere).await));
        let mut more = caller;
        more.permissions.insert("sales.void".to_owned());
        assert!(is_invalid(&pair.verifier.fresh(&more).await), "a right that was taken away");
    }
    pair.verifier.writes_allowed().unwrap();
    // Another app's, another kind's, and what was changed.
    assert!(is_invalid(&pair.verifier.bearer(token, "mextrack").await));
    let other = pair.house.tokens(EMAIL, "mextrack").await;
    assert!(is_invalid(&pair.bearer(other.access_token.expose_secret()).await));
    assert!(is_invalid(&pair.bearer(tokens.refresh_token.expose_secret()).await));
    assert!(is_invalid(&pair.verifier.cookie(token, "pshop").await));
    for text in ["", "a", "a.b.c", "key_", "ses_x", &token[..token.len() - 1], &format!("{token}A")] {
        assert!(is_invalid(&pair.bearer(text).await), "{text}");
        assert!(is_invalid(&pair.verifier.cookie(text, "pshop").await), "{text}");
    }

    let cookie = pair.cookie(EMAIL).await;
    let caller = pair.verifier.cookie(&cookie, "pshop").await.unwrap();
    assert!(caller.may("sales.create"));
    pair.verifier.fresh(&caller).await.unwrap();
    assert!(is_invalid(&pair.verifier.cookie(&cookie, "atriz").await));
    assert!(is_invalid(&pair.bearer(&cookie).await));
}

async fn time_ends_what_is_good(place: Place, engine: Engine) {
    let pair = Pair::new(engine, place).await;
    let tokens = pair.house.tokens(EMAIL, "pshop").await;
    let token = tokens.access_token.expose_secret();
    pair.house.fleet.clock.advance(Duration::from_secs(309));
    assert!(pair.bearer(token).await.is_ok(), "the clocks of two machines may be ten seconds apart");
    pair.house.fleet.clock.advance(Duration::from_secs(1));
    assert!(is_invalid(&pair.bearer(token).await));
}

async fn what_is_revoked_is_refused(place: Place, engine: Engine) {
    let pair = Pair::new(engine, place).await;
    let (issuer, client) = (&pair.house.issuer, pair.house.client());
    // One session.
    let tokens = pair.house.tokens(EMAIL, "pshop").await;
    let stays = pair.house.tokens(EMAIL, "pshop").await;
    let token = tokens.access_token.expose_secret();
    let caller = pair.bearer(token).await.unwrap();
    issuer.sessions().sign_out(&caller, &client).await.unwrap();
    assert!(is_invalid(&pair.verifier.fresh(&caller).await), "the issuer is asked, and knows at once");
    refused_in_time("a session", || pair.bearer(token)).await;
    assert!(pair.bearer(stays.access_token.expose_secret()).await.is_ok());
    // A cookie.
    let cookie = pair.cookie(EMAIL).await;
    let caller = pair.verifier.cookie(&cookie, "pshop").await.unwrap();
    issuer.sessions().sign_out(&caller, &client).await.unwrap();
    assert!(is_invalid(&pair.verifier.fresh(&caller).await));
    refused_in_time("a cookie", || pair.verifier.cookie(&cookie, "pshop")).await;
    // A role.
    let user = UserId(seed_id("users", EMAIL));
    issuer.roles().grant(&pair.admin, user, "pshop.manager", None, &client).await.unwrap();
    refused_in_time("a token from before a change of roles", || pair.bearer(stays.access_token.expose_secret())).await;
    // An account.
    let tokens = pair.house.tokens(EMAIL, "pshop").await;
    assert!(pair.bearer(tokens.access_token.expose_secret()).await.unwrap().may("sales.void"));
    issuer.sessions().revoke_user(&pair.admin, user, &client).await.unwrap();
    refused_in_time("all of a person's", || pair.bearer(tokens.access_token.expose_secret())).await;
}

async fn keys_of_programs_are_read(place: Place, engine: Engine) {
    let pair = Pair::new(engine, place).await;
    let cookie = pair.cookie(EMAIL).await;
    let owner = pair.house.issuer.sessions().by_cookie(&cookie, "pshop").await.unwrap();
    let keys = pair.house.issuer.api_keys();
    let (info, key) = keys.create(&owner, wanted_key(), &pair.house.client()).await.unwrap();
    let caller = pair.bearer(key.expose_secret()).await.unwrap();
    assert!(caller.may("products.read") && !caller.may("sales.create") && caller.key == Some(info.id));
    pair.verifier.fresh(&caller).await.unwrap();
    assert!(is_invalid(&pair.verifier.bearer(key.expose_secret(), "atriz").await));
    keys.revoke(&owner, info.id, &pair.house.client()).await.unwrap();
    assert!(is_invalid(&pair.verifier.fresh(&caller).await));
    refused_in_time("a key", || pair.bearer(key.expose_secret())).await;
}

async fn new_keys_are_learned(place: Place, engine: Engine) {
    let pair = Pair::new(engine, place).await;
    let before = pair.house.tokens(EMAIL, "pshop").await;
    pair.house.fleet.clock.advance(Duration::from_mins(10));
    let old = pair.house.tokens(EMAIL, "pshop").await;
    assert!(pair.house.issuer.signing_keys().rotate(Rotation::Now).await.unwrap());
    let new = pair.house.tokens(EMAIL, "pshop").await;
    for tokens in [&old, &new] {
        assert!(pair.bearer(tokens.access_token.expose_secret()).await.is_ok());
    }
    assert!(is_invalid(&pair.bearer(before.access_token.expose_secret()).await));
    pair.house.issuer.signing_keys().rotate(Rotation::Emergency).await.unwrap();
    refused_in_time("what a lost key signed", || pair.bearer(old.access_token.expose_secret())).await;
    refused_in_time("what a lost key signed", || pair.bearer(new.access_token.expose_secret())).await;
    let after = pair.house.tokens(EMAIL, "pshop").await;
    assert!(pair.bearer(after.access_token.expose_secret()).await.is_ok());
}

/// A key of `owner` for `pshop`.
async fn key_of(pair: &Pair, owner: &Caller) -> (uuid::Uuid, SecretString) {
    let wanted = wanted_key();
    let (info, key) = pair.house.issuer.api_keys().create(owner, wanted, &pair.house.client()).await.unwrap();
    (info.id, key)
}

fn wanted_key() -> NewKey {
    let permissions = vec!["products.read".to_owned()];
    NewKey { name: "till".to_owned(), app: "pshop".to_owned(), permissions, expires_at: None }
}

/// Whether these are the head of a request and as much of a body as it says.
fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    body.len() >= length.unwrap_or(0)
}

/// The address of something that finds every request bad.
async fn refusing(body: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/auth", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut request = Vec::new();
                while !is_whole(&request) && stream.read_buf(&mut request).await.is_ok_and(|read| read > 0) {}
                let length = body.len();
                let answer =
                    format!("HTTP/1.1 400 Bad Request\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
                // Whoever asked may have left.
                let _ = stream.write_all(answer.as_bytes()).await;
            });
        }
    });
    url
}

/// A token whose header names a key that nobody has.
fn by_made_up_key(token: &str, number: usize) -> String {
    let header = format!(r#"{{"alg":"EdDSA","kid":"made-up-{number}","typ":"at+jwt"}}"#);
    format!("{}.{}", URL_SAFE_NO_PAD.encode(header), token.split_once('.').unwrap().1)
}

both_engines! {
    async fn what_is_good_is_read_here_and_elsewhere(engine) {
        reads_what_is_good(Place::Here, engine).await;
        reads_what_is_good(Place::Elsewhere, engine).await;
    }

    async fn time_ends_tokens_here_and_elsewhere(engine) {
        time_ends_what_is_good(Place::Here, engine).await;
        time_ends_what_is_good(Place::Elsewhere, engine).await;
    }

    async fn revocations_are_in_force_within_two_seconds_here_and_elsewhere(engine) {
        what_is_revoked_is_refused(Place::Here, engine).await;
        what_is_revoked_is_refused(Place::Elsewhere, engine).await;
    }

    async fn keys_of_programs_are_read_here_and_elsewhere(engine) {
        keys_of_programs_are_read(Place::Here, engine).await;
        keys_of_programs_are_read(Place::Elsewhere, engine).await;
    }

    /// The feed alone tells it: about tokens the issuer goes on to answer as before.
    async fn keys_and_cookies_that_ended_are_in_the_feed(engine) {
        let pair = Pair::new(engine, Place::Elsewhere).await;
        let (keys, client) = (pair.house.issuer.api_keys(), pair.house.client());
        let (cookie, of_member) = (pair.cookie(EMAIL).await, pair.cookie("member@example.com").await);
        let owner = pair.house.issuer.sessions().by_cookie(&cookie, "pshop").await.unwrap();
        let (ended, of_ended) = key_of(&pair, &owner).await;
        let (_, stays) = key_of(&pair, &owner).await;
        let wanted = NewServiceAccount {
            code: "till".to_owned(),
            name: "Till".to_owned(),
            app: None,
            permissions: vec!["products.read".to_owned()],
        };
        let service = keys.create_service_account(&pair.admin, wanted, &client).await.unwrap().id;
        let (_, of_service) = keys.create_service_key(&pair.admin, service, wanted_key(), &client).await.unwrap();
        for key in [&of_ended, &stays, &of_service] {
            pair.bearer(key.expose_secret()).await.unwrap();
        }
        let member = pair.verifier.cookie(&of_member, "pshop").await.unwrap();
        pair.wire.keep_answers();
        keys.revoke(&owner, ended, &client).await.unwrap();
        refused_in_time("a key", || pair.bearer(of_ended.expose_secret())).await;
        keys.disable_service_account(&pair.admin, service, &client).await.unwrap();
        refused_in_time("a key of a service account", || pair.bearer(of_service.expose_secret())).await;
        pair.house.issuer.sessions().sign_out(&member, &client).await.unwrap();
        refused_in_time("a cookie", || pair.verifier.cookie(&of_member, "pshop")).await;
        pair.bearer(stays.expose_secret()).await.unwrap();
        // A new password ends the keys.
        let accounts = pair.house.issuer.accounts();
        accounts.forgot_password(EMAIL, &client).await.unwrap();
        let letters = Post::of(&pair.house).take(EMAIL).await;
        let link = letters.iter().find(|letter| letter.subject == "Set a new password").unwrap().token();
        accounts.reset_password(&link, &SecretString::from(PASSWORD), &client).await.unwrap();
        refused_in_time("a key from before a new password", || pair.bearer(stays.expose_secret())).await;
    }

    /// What is grave takes the second factor, wherever the verifier is.
    async fn a_step_up_takes_the_second_factor_here_and_elsewhere(engine) {
        for place in [Place::Here, Place::Elsewhere] {
            let pair = Pair::new(engine, place).await;
            let without = pair.house.tokens("member@example.com", "pshop").await;
            let without = pair.bearer(without.access_token.expose_secret()).await.unwrap();
            pair.verifier.stepped_up(&without).await.unwrap();
            // A session that was begun by the password alone, and still is there: as after a restored database.
            let (cookie, tokens) = (pair.cookie(EMAIL).await, pair.house.tokens(EMAIL, "pshop").await);
            let by_cookie = pair.verifier.cookie(&cookie, "pshop").await.unwrap();
            let by_token = pair.bearer(tokens.access_token.expose_secret()).await.unwrap();
            for caller in [&by_cookie, &by_token] {
                pair.verifier.stepped_up(caller).await.unwrap();
            }
            crate::second_factor::has_one(&pair.house, EMAIL).await;
            for caller in [&by_cookie, &by_token] {
                pair.verifier.fresh(caller).await.unwrap();
                let asked = pair.verifier.stepped_up(caller).await;
                assert!(matches!(asked, Err(AuthError::StepUpRequired)), "{place:?}: {asked:?}");
            }
            crate::people::run_sql(&pair.house, "UPDATE sessions SET acr = 'aal2'").await;
            for caller in [&by_cookie, &by_token] {
                pair.verifier.stepped_up(caller).await.unwrap();
            }
        }
    }

    async fn new_keys_are_learned_here_and_elsewhere(engine) {
        new_keys_are_learned(Place::Here, engine).await;
        new_keys_are_learned(Place::Elsewhere, engine).await;
    }

    async fn an_old_copy_of_the_keys_brings_none_back(engine) {
        let pair = Pair::new(engine, Place::Elsewhere).await;
        let tokens = pair.house.tokens(EMAIL, "pshop").await;
        let token = tokens.access_token.expose_secret();
        assert!(pair.bearer(token).await.is_ok());
        // As a cache between the two would.
        pair.wire.keep_keys(&pair.house.issuer).await;
        pair.house.issuer.signing_keys().rotate(Rotation::Emergency).await.unwrap();
        refused_in_time("what a lost key signed", || pair.bearer(token)).await;
        let after = pair.house.tokens(EMAIL, "pshop").await;
        assert!(pair.bearer(after.access_token.expose_secret()).await.is_err(), "its key is not told yet");
        assert!(is_invalid(&pair.bearer(token).await));
        pair.wire.tell_keys();
        pair.verifier.refresh().await.unwrap();
        assert!(pair.bearer(after.access_token.expose_secret()).await.is_ok());
        assert!(is_invalid(&pair.bearer(token).await));
    }

    async fn made_up_keys_cause_one_question(engine) {
        let pair = Pair::new(engine, Place::Elsewhere).await;
        let tokens = pair.house.tokens(EMAIL, "pshop").await;
        let before = pair.wire.asked_for_keys.load(Ordering::Relaxed);
        for number in 0..2_000 {
            assert!(is_invalid(&pair.bearer(&by_made_up_key(tokens.access_token.expose_secret(), number)).await));
        }
        assert!(pair.wire.asked_for_keys.load(Ordering::Relaxed) <= before + 1);
        assert!(pair.bearer(tokens.access_token.expose_secret()).await.is_ok());
    }

    async fn an_issuer_that_is_away_stops_writes_and_not_reads(engine) {
        let pair = Pair::new(engine, Place::Elsewhere).await;
        let tokens = pair.house.tokens(EMAIL, "pshop").await;
        let cookie = pair.cookie(EMAIL).await;
        let caller = pair.bearer(tokens.access_token.expose_secret()).await.unwrap();
        pair.wire.close().await;
        tokio::time::sleep(Duration::from_millis(10_600)).await;
        assert!(matches!(pair.verifier.writes_allowed(), Err(AuthError::Stale)));
        assert!(pair.verifier.bearer(tokens.access_token.expose_secret(), "pshop").await.is_ok());
        let asked = pair.verifier.cookie(&cookie, "pshop").await;
        assert!(matches!(asked, Err(AuthError::Unreachable)), "that is no word about the cookie: {asked:?}");
        assert!(matches!(pair.verifier.fresh(&caller).await, Err(AuthError::Unreachable)));
        // Nor of one by a key that it has not heard of: there may be new ones.
        pair.house.issuer.signing_keys().rotate(Rotation::Emergency).await.unwrap();
        let by_new_key = pair.house.tokens(EMAIL, "pshop").await;
        let asked = pair.verifier.bearer(by_new_key.access_token.expose_secret(), "pshop").await;
        assert!(matches!(asked, Err(AuthError::Unreachable)), "{asked:?}");
    }

    async fn a_refusal_that_is_not_the_issuers_says_nothing_of_a_code(engine) {
        let house = House::new(engine).await;
        register_redirects(&house).await;
        let (me, _) = with_cookie(&house, EMAIL, "atriz").await;
        let admin = house.caller("admin@example.com", "atriz").await;
        for (body, is_word) in
            [("", false), ("{}", false), (r#"{"error":"invalid_client"}"#, false), (r#"{"error":"invalid_grant"}"#, true)]
        {
            let verifier = elsewhere(&house, &admin, &refusing(body).await).await;
            let code = house.issuer.sessions().authorize(&me, request("pshop"), &house.client()).await.unwrap().code;
            let flow = SignInFlow::new("/").unwrap();
            let left = url::Url::parse(&verifier.leave(&flow, "pshop", REDIRECT).unwrap()).unwrap();
            let state = left.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
            let returned =
                Returned { code, state: state.into(), issuer: house.issuer.settings().public_url.clone() };
            match verifier.come_back(&flow, &returned, REDIRECT).await {
                Err(AuthError::InvalidGrant) => assert!(is_word, "{body}"),
                Err(AuthError::Unreachable) => assert!(!is_word, "{body}"),
                other => panic!("{body}: {other:?}"),
            }
        }
    }

    async fn an_issuer_may_come_later_than_its_verifiers(engine) {
        let house = House::new(engine).await;
        let admin = house.caller("admin@example.com", "atriz").await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let verifier = elsewhere(&house, &admin, &format!("http://{address}/auth")).await;
        let tokens = house.tokens(EMAIL, "pshop").await;
        let early = verifier.bearer(tokens.access_token.expose_secret(), "pshop").await;
        assert!(matches!(early, Err(AuthError::Unreachable)), "{early:?}");
        assert!(verifier.writes_allowed().is_err());
        let wire = Wire::at(&house.issuer, TcpListener::bind(address).await.unwrap());
        tokio::time::sleep(Duration::from_millis(1_200)).await;
        assert!(verifier.bearer(tokens.access_token.expose_secret(), "pshop").await.is_ok());
        verifier.writes_allowed().unwrap();
        wire.close().await;
    }

    async fn a_verifier_with_a_wrong_secret_knows_nothing(engine) {
        let pair = Pair::new(engine, Place::Elsewhere).await;
        let settings = RemoteSettings {
            url: pair.wire.url.clone(),
            issuer: pair.house.issuer.settings().public_url.clone(),
            client_id: "pshop".to_owned(),
            client_secret: SecretString::from("cli_wrong"),
        };
        let clock: SharedClock = pair.house.fleet.clock.clone();
        let verifier = Verifier::of_remote(settings, clock).await.unwrap();
        assert!(matches!(verifier.writes_allowed(), Err(AuthError::Stale)));
        let cookie = pair.cookie(EMAIL).await;
        assert!(matches!(verifier.cookie(&cookie, "pshop").await, Err(AuthError::Unreachable)));
    }
}
