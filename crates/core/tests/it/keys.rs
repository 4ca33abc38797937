//! The keys outside the database, and those that sign.

use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use atriz_core::{AuthError, Issuer, KeyState, KeyringError, Rotation, Verifier};
use atriz_testing::{Child, Engine, TestFleet, both_engines, execute, given, number};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::task::JoinSet;

use crate::support::{House, open, settings_of};

const EMAIL: &str = "member@example.com";

async fn kids(issuer: &Issuer, state: KeyState) -> Vec<String> {
    let keys = issuer.signing_keys().list().await.unwrap();
    keys.into_iter().filter(|key| key.state == state).map(|key| key.kid).collect()
}

async fn published(issuer: &Issuer) -> BTreeSet<String> {
    issuer.signing_keys().publish().await.unwrap().keys.into_iter().map(|key| key.kid).collect()
}

/// What a child of a test does: opens an issuer over its parent's database, and tells the names of the keys.
const ERRAND: &str = "keys::opens_on_an_errand";

#[test]
fn opens_on_an_errand() {
    let Some(handle) = given() else { return };
    let fleet = TestFleet::attach(vec![atriz_core::descriptor()], &handle);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let names = runtime.block_on(async {
        let mut tasks = JoinSet::new();
        let fleet = Arc::new(fleet);
        for _ in 0..8 {
            let fleet = Arc::clone(&fleet);
            tasks.spawn(async move {
                let issuer = open(&fleet, settings_of(&fleet)).await.unwrap();
                published(&issuer).await
            });
        }
        tasks.join_all().await
    });
    for set in names {
        println!("keys {}", set.into_iter().collect::<Vec<_>>().join(" "));
    }
}

both_engines! {
    async fn the_first_keys_are_made_once_by_eight_processes_with_eight_tasks(engine) {
        // Not a copy of the template: its roles are the template's, which a child cannot know.
        let fleet = TestFleet::migrated(engine, vec![atriz_core::descriptor()]).await;
        fleet.seed().await.unwrap();
        let started: Vec<_> = (0..8)
            .map(|_| {
                let child = Child::of_test(ERRAND, &fleet.handle());
                if engine == Engine::Postgres { child.with_server().spawn() } else { child.spawn() }
            })
            .collect();
        let mut told = BTreeSet::new();
        for child in started {
            let output = child.wait_with_output().unwrap();
            let (text, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
            assert!(output.status.success(), "{text}{error}");
            let lines: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("keys ")).collect();
            assert_eq!(lines.len(), 8, "{text}");
            told.extend(lines.into_iter().map(str::to_owned));
        }
        assert_eq!(told.len(), 1, "{told:?}");
        let session = fleet.session("core").await;
        assert_eq!(number(&session.connection, "SELECT count(*) FROM signing_keys").await, 2);
        let secrets = fleet.folder().join("secrets");
        let keys = fs::read_to_string(secrets.join("keys")).unwrap();
        assert_eq!(keys.lines().count(), 1);
        assert_ne!(keys, fs::read_to_string(secrets.join("peppers")).unwrap());
    }

    async fn a_key_goes_through_its_states(engine) {
        let house = House::new(engine).await;
        let (issuer, clock) = (&house.issuer, &house.fleet.clock);
        let (first, next) = (kids(issuer, KeyState::Active).await, kids(issuer, KeyState::Next).await);
        assert_eq!((first.len(), next.len()), (1, 1));
        let old = house.tokens(EMAIL, "pshop").await;

        let refused = issuer.signing_keys().rotate(Rotation::Now).await.unwrap_err();
        assert!(matches!(&refused, AuthError::Conflict(text) if text.contains("2026-02-01 12:10:00 UTC")), "{refused}");
        assert!(!issuer.signing_keys().rotate(Rotation::Due).await.unwrap());
        clock.advance(Duration::from_mins(10));
        assert!(!issuer.signing_keys().rotate(Rotation::Due).await.unwrap());
        let young = house.tokens(EMAIL, "pshop").await;
        assert!(issuer.signing_keys().rotate(Rotation::Now).await.unwrap());

        assert_eq!(kids(issuer, KeyState::Active).await, next);
        assert_eq!(kids(issuer, KeyState::Retiring).await, first);
        assert_eq!(published(issuer).await.len(), 3);
        let verifier = house.verifier();
        assert!(verifier.bearer(young.access_token.expose_secret(), "pshop").await.is_ok());
        let expired = verifier.bearer(old.access_token.expose_secret(), "pshop").await;
        assert!(matches!(expired, Err(AuthError::InvalidToken)));
        assert!(house.caller(EMAIL, "pshop").await.may("account.read"), "the new key signs");

        clock.advance(Duration::from_secs(371));
        issuer.signing_keys().rotate(Rotation::Due).await.unwrap();
        assert_eq!(kids(issuer, KeyState::Gone).await, first);
        let session = house.fleet.session("core").await;
        let kept = "SELECT count(*) FROM signing_keys WHERE private_sealed IS NOT NULL";
        assert_eq!(number(&session.connection, kept).await, 2, "what signs no more has no private half");

        clock.advance(Duration::from_hours(31 * 24));
        assert!(issuer.signing_keys().rotate(Rotation::Due).await.unwrap(), "after 30 days by itself");
        let told = "SELECT count(*) FROM audit_log WHERE action = 'keys.rotate'";
        assert_eq!(number(&session.connection, told).await, 3);
    }

    async fn in_an_emergency_nothing_of_before_is_good(engine) {
        let house = House::new(engine).await;
        let other = house.another().await;
        let before = house.tokens(EMAIL, "pshop").await;
        let token = before.access_token.expose_secret();
        let (verifier, elsewhere) = (house.verifier(), Verifier::local(&other));
        assert!(verifier.bearer(token, "pshop").await.is_ok() && elsewhere.bearer(token, "pshop").await.is_ok());
        let old = published(&house.issuer).await;
        house.issuer.signing_keys().rotate(Rotation::Emergency).await.unwrap();
        assert!(published(&house.issuer).await.is_disjoint(&old));
        verifier.refresh().await.unwrap();
        assert!(matches!(verifier.bearer(token, "pshop").await, Err(AuthError::InvalidToken)));
        // Another process reads its keys each second.
        tokio::time::sleep(Duration::from_millis(1_700)).await;
        assert!(matches!(elsewhere.bearer(token, "pshop").await, Err(AuthError::InvalidToken)));
        // Signed by the new key, read by a process that saw it a moment ago at most.
        let pair = house.issuer.sessions().refresh(before.refresh_token.expose_secret(), &house.client()).await.unwrap();
        assert!(elsewhere.bearer(pair.access_token.expose_secret(), "pshop").await.is_ok());
    }

    async fn rotation_under_load_refuses_nobody(engine) {
        let house = Arc::new(House::with(engine, |settings| settings.key_lead = Duration::ZERO).await);
        let other = house.another().await;
        let verifiers = [house.verifier(), Verifier::local(&other)];
        let (stop, checked) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let mut tasks = JoinSet::new();
        for index in 0..4 {
            let (house, stop, checked) = (Arc::clone(&house), Arc::clone(&stop), Arc::clone(&checked));
            let (verifiers, issuer) = (verifiers.clone(), if index % 2 == 0 { house.issuer.clone() } else { other.clone() });
            let mut pair = house.tokens(EMAIL, "pshop").await;
            tasks.spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let refresh = pair.refresh_token.expose_secret().to_owned();
                    pair = issuer.sessions().refresh(&refresh, &house.client()).await.unwrap();
                    for verifier in &verifiers {
                        let read = verifier.bearer(pair.access_token.expose_secret(), "pshop").await;
                        read.unwrap_or_else(|error| panic!("after {} checks: {error}", checked.load(Ordering::Relaxed)));
                        checked.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
        let mut rotated = 0;
        for _ in 0..20 {
            tokio::time::sleep(Duration::from_millis(200)).await;
            rotated += u32::from(house.issuer.signing_keys().rotate(Rotation::Now).await.unwrap());
        }
        stop.store(true, Ordering::Relaxed);
        while let Some(done) = tasks.join_next().await {
            done.unwrap();
        }
        assert_eq!(rotated, 20);
        assert!(checked.load(Ordering::Relaxed) > 100, "{}", checked.load(Ordering::Relaxed));
    }

    async fn sixty_four_at_once_rotate_once(engine) {
        let house = House::new(engine).await;
        house.fleet.clock.advance(Duration::from_hours(31 * 24));
        let mut tasks = JoinSet::new();
        for _ in 0..64 {
            let keys = house.issuer.signing_keys().clone();
            tasks.spawn(async move { keys.rotate(Rotation::Due).await.unwrap() });
        }
        let done = tasks.join_all().await;
        assert_eq!(done.into_iter().filter(|rotated| *rotated).count(), 1);
        assert_eq!(kids(&house.issuer, KeyState::Active).await.len(), 1);
        assert_eq!(kids(&house.issuer, KeyState::Next).await.len(), 1);
    }

    async fn keys_that_do_not_fit_the_database_stop_the_start(engine) {
        let house = House::new(engine).await;
        let fresh = "other:ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA";
        let mut settings = settings_of(&house.fleet);
        settings.keys.text = Some(SecretString::from(fresh));
        let error = open(&house.fleet, settings.clone()).await.unwrap_err();
        let AuthError::Keyring(KeyringError::Unknown { id: made }) = error else { panic!("{error}") };
        assert!(made.starts_with("dev-"), "{made}");
        // A key of the right name and the wrong bytes.
        settings.keys.text = Some(SecretString::from(fresh.replace("other", &made)));
        let error = open(&house.fleet, settings).await.unwrap_err();
        assert!(matches!(error, AuthError::Keyring(KeyringError::Sealed)), "{error}");
        // Keys that fit what is signed, but not what people prove themselves by.
        let session = house.fleet.session("core").await;
        let ada = "SELECT id FROM users WHERE email_norm = 'member@example.com'";
        let pepper = |name: &str| format!("UPDATE user_credentials SET pepper_id = '{name}' WHERE user_id = ({ada})");
        execute(&session.connection, &pepper("lost")).await.unwrap();
        let error = open(&house.fleet, settings_of(&house.fleet)).await.unwrap_err();
        assert!(matches!(&error, AuthError::Keyring(KeyringError::UnknownPepper { id }) if id == "lost"), "{error}");
        execute(&session.connection, &pepper("none")).await.unwrap();
        let me = house.caller("member@example.com", "atriz").await;
        // A file that was removed is made anew, and is not the one that her password is hashed with now.
        let (peppers, aside) = (house.fleet.folder().join("secrets/peppers"), house.fleet.folder().join("peppers"));
        fs::rename(&peppers, &aside).unwrap();
        let error = open(&house.fleet, settings_of(&house.fleet)).await.unwrap_err();
        assert!(matches!(&error, AuthError::Keyring(KeyringError::UnknownPepper { .. })), "{error}");
        fs::rename(&aside, &peppers).unwrap();
        house.issuer.second_factors().enrol(&me, "a telephone", &house.client()).await.unwrap();
        execute(&session.connection, "UPDATE totp_secrets SET key_id = 'gone'").await.unwrap();
        open(&house.fleet, settings_of(&house.fleet)).await.expect("nobody confirmed it");
        execute(&session.connection, "UPDATE totp_secrets SET confirmed_at = created_at").await.unwrap();
        let error = open(&house.fleet, settings_of(&house.fleet)).await.unwrap_err();
        assert!(matches!(&error, AuthError::Keyring(KeyringError::Unknown { id }) if id == "gone"), "{error}");
        execute(&session.connection, "DELETE FROM totp_secrets").await.unwrap();
        open(&house.fleet, settings_of(&house.fleet)).await.unwrap();
        // A public half that was exchanged.
        let zeros = match engine {
            Engine::Postgres => "decode(repeat('00', 32), 'hex')",
            Engine::Sqlite => "zeroblob(32)",
        };
        execute(&session.connection, &format!("UPDATE signing_keys SET public_key = {zeros} WHERE state = 'active'")).await.unwrap();
        let error = open(&house.fleet, settings_of(&house.fleet)).await.unwrap_err();
        assert!(matches!(error, AuthError::Keyring(KeyringError::Sealed)), "{error}");
    }
}

/// What goes wrong before any database is asked.
fn load(change: impl FnOnce(&mut atriz_core::AuthSettings)) -> KeyringError {
    let fleet = TestFleet::new(Engine::Sqlite, vec![atriz_core::descriptor()]);
    let mut settings = settings_of(&fleet);
    change(&mut settings);
    atriz_core::Keyring::load(&settings).unwrap_err()
}

#[test]
fn keys_that_are_missing_or_cannot_be_read_are_told() {
    const KEY: &str = "k1:ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA";
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys");
    let missing = load(|settings| settings.environment = atriz_db::Environment::Production);
    assert_eq!(missing, KeyringError::Missing { variable: "AUTH_KEYS" });
    let twice = load(|settings| {
        settings.keys.text = Some(SecretString::from(KEY));
        settings.keys.file = Some(file.clone());
    });
    assert_eq!(twice, KeyringError::Twice { variable: "AUTH_KEYS" });
    let away = load(|settings| settings.keys.file = Some(file.clone()));
    assert!(matches!(&away, KeyringError::Unreadable { place, .. } if place.ends_with("keys")), "{away}");
    fs::write(&file, KEY).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        let exposed = load(|settings| settings.keys.file = Some(file.clone()));
        assert!(matches!(exposed, KeyringError::Exposed { mode: 0o644, .. }), "{exposed}");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    }
    fs::write(&file, "k1:short").unwrap();
    let short = load(|settings| settings.keys.file = Some(file.clone()));
    assert!(short.to_string().contains("key 1 is not base64url of 32 bytes"), "{short}");
    fs::write(&file, [0xff, 0xfe]).unwrap();
    let binary = load(|settings| settings.keys.file = Some(file.clone()));
    assert!(matches!(binary, KeyringError::Unreadable { .. }), "{binary}");
    let nowhere = load(|settings| settings.data_dir = None);
    assert_eq!(nowhere, KeyringError::NoFolder);
}
