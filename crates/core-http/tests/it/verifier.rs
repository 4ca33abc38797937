//! A verifier elsewhere, which asks the routes that the issuer really has, beside one in the issuer's process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use atriz_core::{
    AuthError, AuthSettings, Caller, DEMO_PASSWORD, Held, Keep, RemoteSettings, Rotation, SignIn, Verifier,
};
use atriz_kernel::SharedClock;
use atriz_testing::{TestFleet, both_engines};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use crate::support::{House, house, house_with};

const APP: &str = "mextrack";
const EMAIL: &str = "dispatcher@example.com";

/// A verifier for app `mextrack` that knows the issuer by its address.
pub(crate) async fn elsewhere(house: &House) -> Verifier {
    let admin = house.http().signed_in("admin@example.com").await;
    let made = admin.post("/auth/admin/apps/mextrack/secret", &json!({}), 200).await.json();
    let settings = AuthSettings::of(&house.app.databases.fleet.configuration).unwrap();
    let remote = RemoteSettings {
        url: format!("{}/auth", house.http().base()),
        issuer: settings.public_url,
        client_id: APP.to_owned(),
        client_secret: SecretString::from(made["secret"].as_str().unwrap()),
    };
    let clock: SharedClock = Arc::clone(&house.app.databases.clock) as Arc<_>;
    Verifier::of_remote(remote, clock).await.unwrap()
}

/// What somebody may show, by what it is.
struct Shown {
    what: &'static str,
    credential: String,
    /// Whether it is good at the app.
    is_good: bool,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

async fn tokens(house: &House, app: &str) -> Value {
    let body = json!({"email": EMAIL, "password": DEMO_PASSWORD, "app": app});
    house.http().post("/auth/sign-in", &body, 200).await.json()
}

async fn cookie(house: &House) -> String {
    let attempt = SignIn {
        email: EMAIL.to_owned(),
        password: SecretString::from(DEMO_PASSWORD),
        code: None,
        app: APP.to_owned(),
        keep: Keep::Cookie,
    };
    match house.issuer.sessions().sign_in(attempt, &atriz_core::Client::default()).await.unwrap().held {
        Held::Cookie(cookie) => cookie.value.expose_secret().to_owned(),
        Held::Tokens(_) => panic!("a cookie was asked for"),
    }
}

/// A key of a service account.
async fn service_key(house: &House) -> String {
    let admin = house.http().signed_in("admin@example.com").await;
    let account = json!({"code": "gateway", "name": "A gateway", "permissions": ["vehicles.read"]});
    let account = admin.post("/auth/admin/service-accounts", &account, 201).await.json();
    let key = json!({"name": "a key", "app": APP, "permissions": ["vehicles.read"]});
    let path = format!("/auth/admin/service-accounts/{}/keys", text(&account["id"]));
    text(&admin.post(&path, &key, 201).await.json()["secret"])
}

/// One of each kind.
async fn all(house: &House) -> Vec<Shown> {
    let (here, other) = (tokens(house, APP).await, tokens(house, "atriz").await);
    let owner = house.http().bearing(other["access_token"].as_str().unwrap());
    let key = json!({"name": "a key", "app": APP, "permissions": ["vehicles.read"]});
    let key = text(&owner.post("/auth/api-keys", &key, 201).await.json()["secret"]);
    let access = text(&here["access_token"]);
    let shown = |what, credential: String, is_good| Shown { what, credential, is_good };
    vec![
        shown("a token", access.clone(), true),
        shown("a key", key.clone(), true),
        shown("a service account's key", service_key(house).await, true),
        shown("a cookie", cookie(house).await, true),
        shown("another app's token", text(&other["access_token"]), false),
        shown("a refresh token", text(&here["refresh_token"]), false),
        shown("a token cut short", access[..access.len() - 1].to_owned(), false),
        shown("a key cut short", key[..key.len() - 1].to_owned(), false),
        shown("nothing", String::new(), false),
    ]
}

async fn read(verifier: &Verifier, shown: &Shown) -> Result<Caller, AuthError> {
    if shown.credential.starts_with("ses_") {
        verifier.cookie(&shown.credential, APP).await
    } else {
        verifier.bearer(&shown.credential, APP).await
    }
}

/// An answer that can be compared.
fn told(answer: Result<Caller, AuthError>) -> Result<Caller, String> {
    answer.map_err(|error| error.to_string())
}

both_engines! {
    async fn it_says_what_the_one_beside_the_issuer_says(engine) {
        let house = house(engine).await;
        let (here, there) = (Verifier::local(&house.issuer), elsewhere(&house).await);
        let all = all(&house).await;
        let mut callers = Vec::new();
        for shown in &all {
            let (one, other) = (told(read(&here, shown).await), told(read(&there, shown).await));
            assert_eq!(one, other, "{}", shown.what);
            assert_eq!(one.is_ok(), shown.is_good, "{}: {one:?}", shown.what);
            callers.extend(one.ok().map(|caller| (shown.what, caller)));
        }
        assert_eq!(callers.len(), 4);
        for (what, caller) in &callers {
            let (one, other) = (here.fresh(caller).await, there.fresh(caller).await);
            assert!(one.is_ok() && other.is_ok(), "{what}: {one:?} {other:?}");
            let strong = [here.stepped_up(caller).await, there.stepped_up(caller).await];
            let strong = strong.map(|answer| answer.map_err(|error| error.to_string()));
            assert_eq!(strong[0], strong[1], "{what}");
            assert_eq!(strong[0].is_ok(), caller.session.is_some(), "{what}: nobody sits behind a key");
        }
        // Eleven minutes later, by a token of this moment, and when all of it is revoked.
        house.wait(Duration::from_mins(11));
        for (what, caller) in &callers {
            let strong = [here.stepped_up(caller).await, there.stepped_up(caller).await];
            assert!(strong.iter().all(Result::is_err), "{what}: {strong:?}");
        }
        let body = json!({"email": EMAIL, "password": DEMO_PASSWORD});
        let person = text(&house.http().post("/auth/sign-in", &body, 200).await.json()["access_token"]);
        house.http().bearing(&person).post("/auth/deactivate", &json!({"password": DEMO_PASSWORD}), 204).await;
        let begun = Instant::now();
        for shown in all.iter().filter(|shown| shown.what != "a service account's key") {
            for (verifier, place) in [(&here, "here"), (&there, "there")] {
                while read(verifier, shown).await.is_ok() {
                    assert!(begun.elapsed() < Duration::from_secs(2), "{} is still good {place}", shown.what);
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
        }
        for (what, caller) in callers.iter().filter(|(what, _)| *what != "a service account's key") {
            let fresh = [here.fresh(caller).await, there.fresh(caller).await];
            assert!(fresh.iter().all(|answer| matches!(answer, Err(AuthError::InvalidToken))), "{what}: {fresh:?}");
        }
    }

    async fn keys_that_change_under_load_refuse_nobody(engine) {
        const LEAD: Duration = Duration::from_secs(2);
        let databases = TestFleet::prepared(engine, vec![atriz_core::descriptor()]).await;
        let house = Arc::new(house_with(databases, |settings| settings.key_lead = LEAD).await);
        let verifiers = [Verifier::local(&house.issuer), elsewhere(&house).await];
        let (stop, checked) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..4 {
            let (house, stop, checked) = (Arc::clone(&house), Arc::clone(&stop), Arc::clone(&checked));
            let (verifiers, mut pair) = (verifiers.clone(), tokens(&house, APP).await);
            tasks.spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let body = json!({"refresh_token": pair["refresh_token"]});
                    pair = house.http().post("/auth/token/refresh", &body, 200).await.json();
                    for verifier in &verifiers {
                        let read = verifier.bearer(pair["access_token"].as_str().unwrap(), APP).await;
                        read.unwrap_or_else(|error| panic!("after {} checks: {error}", checked.load(Ordering::Relaxed)));
                        checked.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
        for _ in 0..5 {
            // The next key is published, and read by everybody, before it signs.
            tokio::time::sleep(Duration::from_millis(1_200)).await;
            house.wait(LEAD);
            assert!(house.issuer.signing_keys().rotate(Rotation::Now).await.unwrap());
        }
        stop.store(true, Ordering::Relaxed);
        while let Some(done) = tasks.join_next().await {
            done.unwrap();
        }
        assert!(checked.load(Ordering::Relaxed) > 100, "{}", checked.load(Ordering::Relaxed));
    }
}
