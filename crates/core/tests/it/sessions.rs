//! Signing in, going on elsewhere, and ending it.

pub(crate) mod codes;
mod many;
mod races;
mod second;

use std::time::Duration;

use atriz_core::{
    AuthError, Caller, DEMO_PASSWORD, Exchange, Held, Keep, NewKey, SameSite, SessionCookie, SignIn, SignedIn,
    TokenPair,
};
use atriz_testing::{Engine, both_engines, execute, number, texts};
use secrecy::{ExposeSecret as _, SecretString};

use crate::support::House;
use codes::{register_redirects, request};

/// Signs a demo user in.
pub(crate) async fn sign_in(house: &House, email: &str, app: &str, keep: Keep) -> SignedIn {
    try_in(house, email, DEMO_PASSWORD, app, keep).await.unwrap_or_else(|error| panic!("{email}: {error}"))
}

pub(crate) async fn try_in(
    house: &House,
    email: &str,
    password: &str,
    app: &str,
    keep: Keep,
) -> Result<SignedIn, AuthError> {
    let attempt = SignIn {
        email: email.to_owned(),
        password: SecretString::from(password),
        code: None,
        app: app.to_owned(),
        keep,
    };
    house.issuer.sessions().sign_in(attempt, &house.client()).await
}

pub(crate) fn tokens(signed: SignedIn) -> TokenPair {
    match signed.held {
        Held::Tokens(pair) => pair,
        Held::Cookie(_) => panic!("tokens were asked for"),
    }
}

pub(crate) fn cookie(signed: SignedIn) -> SessionCookie {
    match signed.held {
        Held::Cookie(cookie) => cookie,
        Held::Tokens(_) => panic!("a cookie was asked for"),
    }
}

/// A session wanted at another app, by somebody whose own is kept as a cookie.
pub(crate) fn to(app: &str, keep: Keep) -> Exchange {
    Exchange { app: app.to_owned(), keep, refresh_token: None }
}

/// Whom an access token or an API key speaks for.
pub(crate) async fn caller(house: &House, token: &str, app: &str) -> Result<Caller, AuthError> {
    house.verifier().bearer(token, app).await
}

/// Somebody who signed in with a cookie, and the cookie.
pub(crate) async fn with_cookie(house: &House, email: &str, app: &str) -> (Caller, String) {
    let value = cookie(sign_in(house, email, app, Keep::Cookie).await).value.expose_secret().to_owned();
    let caller = house.issuer.sessions().by_cookie(&value, app).await.unwrap();
    (caller, value)
}

/// The administrator, signed in.
pub(crate) async fn admin(house: &House) -> Caller {
    with_cookie(house, "admin@example.com", "atriz").await.0
}

/// One number of the database. Its pool is closed at once: a server has only so many connections.
pub(crate) async fn count(house: &House, sql: &str) -> i64 {
    let database = house.fleet.database("core").await;
    let found = number(database.read(), sql).await;
    database.close().await;
    found
}

pub(crate) fn is_invalid<T: std::fmt::Debug>(result: &Result<T, AuthError>) -> bool {
    matches!(result, Err(AuthError::InvalidToken))
}

both_engines! {
    async fn a_right_password_lets_in(engine) {
        let house = House::new(engine).await;
        let signed = sign_in(&house, " Manager@Example.com ", "pshop", Keep::Tokens).await;
        let (user, session) = (signed.user, signed.session);
        let pair = tokens(signed);
        assert_eq!(pair.expires_in, 300);
        let me = caller(&house, pair.access_token.expose_secret(), "pshop").await.unwrap();
        assert_eq!((me.user, me.session, me.key), (Some(user), Some(session), None));
        assert_eq!((me.app.as_str(), me.acr.as_str()), ("pshop", "aal1"));
        assert!(me.roles.contains(&"pshop.manager".to_owned()) && me.may("prices.write"), "{me:?}");
        assert!(me.may("account.read"), "roles across apps count everywhere");
        let elsewhere = tokens(sign_in(&house, "manager@example.com", "mextrack", Keep::Tokens).await);
        let elsewhere = caller(&house, elsewhere.access_token.expose_secret(), "mextrack").await.unwrap();
        assert!(!elsewhere.may("prices.write"), "a role of one app is none in another: {elsewhere:?}");
        let session = house.fleet.database("core").await;
        assert_eq!(number(session.read(), "SELECT count(*) FROM audit_log WHERE action = 'sign_in'").await, 2);
        let seen = "SELECT count(*) FROM users WHERE last_login_at IS NOT NULL AND email = 'manager@example.com'";
        assert_eq!(number(session.read(), seen).await, 1);
    }

    async fn an_old_hash_is_made_anew(engine) {
        let house = House::new(engine).await;
        let stored = "SELECT pepper_id || ' ' || phc FROM user_credentials c JOIN users u ON u.id = c.user_id \
                      WHERE u.email = 'member@example.com'";
        let database = house.fleet.database("core").await;
        let old = texts(database.read(), stored).await;
        assert!(old[0].starts_with("none "), "{old:?}");
        sign_in(&house, "member@example.com", "atriz", Keep::Tokens).await;
        let new = texts(database.read(), stored).await;
        assert!(!new[0].starts_with("none "), "{new:?}");
        sign_in(&house, "member@example.com", "atriz", Keep::Tokens).await;
        assert_eq!(texts(database.read(), stored).await, new, "and then it is new");
    }

    async fn every_wrong_sign_in_is_answered_alike(engine) {
        let house = House::new(engine).await;
        let session = house.fleet.session("core").await;
        let sql = "UPDATE users SET status = 'disabled' WHERE email = 'buyer@example.com'";
        execute(&session.connection, sql).await.unwrap();
        let sql = "UPDATE users SET email_verified_at = NULL WHERE email = 'seller2@example.com'";
        execute(&session.connection, sql).await.unwrap();
        for (email, password) in [
            ("member@example.com", "not the password"),
            ("member@example.com", ""),
            ("nobody@example.com", DEMO_PASSWORD),
            ("buyer@example.com", "not the password"),
            ("seller2@example.com", "not the password"),
            ("no address", DEMO_PASSWORD),
            ("", ""),
            ("nul\0@example.com", "nul\0"),
        ] {
            house.fleet.clock.advance(Duration::from_mins(2));
            let refused = try_in(&house, email, password, "atriz", Keep::Tokens).await;
            assert!(matches!(refused, Err(AuthError::Credentials)), "{email}: {refused:?}");
        }
        // Only who knows the password hears what is wrong with the account.
        house.fleet.clock.advance(Duration::from_mins(2));
        let disabled = try_in(&house, "buyer@example.com", DEMO_PASSWORD, "atriz", Keep::Tokens).await;
        assert!(matches!(disabled, Err(AuthError::AccountDisabled)), "{disabled:?}");
        let unproven = try_in(&house, "seller2@example.com", DEMO_PASSWORD, "atriz", Keep::Tokens).await;
        assert!(matches!(unproven, Err(AuthError::Credentials)), "who signs up with it would know: {unproven:?}");
        assert_eq!(count(&house, "SELECT count(*) FROM sessions").await, 0);
        assert_eq!(count(&house, "SELECT count(*) FROM audit_log WHERE outcome = 'failure'").await, 10);
    }

    async fn an_app_that_is_shut_lets_nobody_in(engine) {
        let house = House::new(engine).await;
        let (me, value) = with_cookie(&house, "member@example.com", "pshop").await;
        let pair = tokens(sign_in(&house, "member@example.com", "pshop", Keep::Tokens).await);
        let session = house.fleet.session("core").await;
        let sql = format!("UPDATE apps SET is_active = {} WHERE code = 'pshop'", match engine { Engine::Postgres => "false", Engine::Sqlite => "0" });
        execute(&session.connection, &sql).await.unwrap();
        // Which apps are open is read again every second.
        tokio::time::sleep(Duration::from_secs(1)).await;
        for app in ["pshop", "nowhere", "", "nul\0"] {
            let refused = try_in(&house, "member@example.com", DEMO_PASSWORD, app, Keep::Tokens).await;
            assert!(matches!(refused, Err(AuthError::Unacceptable { field: "app", .. })), "{app}: {refused:?}");
        }
        let sessions = house.issuer.sessions();
        assert!(is_invalid(&sessions.by_cookie(&value, "pshop").await));
        assert!(is_invalid(&sessions.fresh(&me).await));
        let refused = sessions.refresh(pair.refresh_token.expose_secret(), &house.client()).await;
        assert!(matches!(refused, Err(AuthError::InvalidGrant)));
    }

    async fn a_cookie_stands_for_its_session_alone(engine) {
        let house = House::new(engine).await;
        let given = cookie(sign_in(&house, "dispatcher@example.com", "mextrack", Keep::Cookie).await);
        assert_eq!((given.same_site, given.max_age), (SameSite::Lax, Duration::from_hours(30 * 24)));
        let value = given.value.expose_secret();
        let sessions = house.issuer.sessions();
        let me = sessions.by_cookie(value, "mextrack").await.unwrap();
        assert!(me.may("positions.read"), "{me:?}");
        assert!(is_invalid(&sessions.by_cookie(value, "pshop").await), "it is another app's");
        assert!(is_invalid(&house.verifier().bearer(value, "mextrack").await), "a cookie is no bearer token");
        assert!(is_invalid(&sessions.by_cookie(&value.replace("ses_", "ses_x"), "mextrack").await));
        // Being seen is written once a minute and moves the end.
        let seen = "SELECT CAST(last_seen_at AS text) FROM sessions";
        let database = house.fleet.database("core").await;
        let before = texts(database.read(), seen).await;
        house.fleet.clock.advance(Duration::from_secs(59));
        sessions.by_cookie(value, "mextrack").await.unwrap();
        assert_eq!(texts(database.read(), seen).await, before);
        house.fleet.clock.advance(Duration::from_secs(1));
        sessions.by_cookie(value, "mextrack").await.unwrap();
        assert_ne!(texts(database.read(), seen).await, before);
        house.fleet.clock.advance(Duration::from_secs(12 * 3600 - 1));
        sessions.by_cookie(value, "mextrack").await.expect("it was used within twelve hours");
        house.fleet.clock.advance(Duration::from_hours(12));
        assert!(is_invalid(&sessions.by_cookie(value, "mextrack").await), "twelve hours unused");
    }

    async fn what_was_derived_ends_with_it(engine) {
        let house = House::new(engine).await;
        let sessions = house.issuer.sessions();
        let (portal, value) = with_cookie(&house, "manager@example.com", "atriz").await;
        let shop = sessions.exchange(&portal, to("pshop", Keep::Tokens), &house.client()).await.unwrap();
        let shop = tokens(shop);
        let fleet = cookie(sessions.exchange(&portal, to("mextrack", Keep::Cookie), &house.client()).await.unwrap());
        let at_shop = caller(&house, shop.access_token.expose_secret(), "pshop").await.unwrap();
        assert!(at_shop.may("prices.write"));
        let own = sessions.exchange(&portal, to("atriz", Keep::Tokens), &house.client()).await;
        assert!(matches!(own, Err(AuthError::Unacceptable { field: "app", .. })), "{own:?}");
        let refused = sessions.exchange(&at_shop, to("mextrack", Keep::Tokens), &house.client()).await;
        assert!(matches!(refused, Err(AuthError::Forbidden(_))), "{refused:?}");
        let listed = sessions.list(&portal).await.unwrap();
        assert_eq!(listed.len(), 3);
        assert_eq!(listed.iter().filter(|one| one.is_current).count(), 1);
        assert!(listed.iter().all(|one| one.is_current || one.parent == portal.session));
        // Leaving one app leaves the others.
        sessions.sign_out(&at_shop, &house.client()).await.unwrap();
        sessions.by_cookie(fleet.value.expose_secret(), "mextrack").await.unwrap();
        // Leaving the portal leaves all.
        let shop = tokens(sessions.exchange(&portal, to("pshop", Keep::Tokens), &house.client()).await.unwrap());
        sessions.sign_out(&portal, &house.client()).await.unwrap();
        assert!(is_invalid(&sessions.by_cookie(&value, "atriz").await));
        assert!(is_invalid(&sessions.by_cookie(fleet.value.expose_secret(), "mextrack").await));
        let refused = sessions.refresh(shop.refresh_token.expose_secret(), &house.client()).await;
        assert!(matches!(refused, Err(AuthError::InvalidGrant)));
        assert!(is_invalid(&sessions.exchange(&portal, to("pshop", Keep::Tokens), &house.client()).await));
        assert_eq!(count(&house, "SELECT count(*) FROM revocations").await, 4);
    }

    async fn an_access_token_alone_leads_to_no_session_that_lasts(engine) {
        let house = House::new(engine).await;
        register_redirects(&house).await;
        let (sessions, client) = (house.issuer.sessions(), house.client());
        let first = tokens(sign_in(&house, "manager@example.com", "atriz", Keep::Tokens).await);
        let me = caller(&house, first.access_token.expose_secret(), "atriz").await.unwrap();
        let by = async |token: Option<&SecretString>| {
            let wanted = Exchange { refresh_token: token.cloned(), ..to("pshop", Keep::Tokens) };
            sessions.exchange(&me, wanted, &client).await
        };
        let alone = by(None).await;
        assert!(matches!(alone, Err(AuthError::Unacceptable { field: "refresh_token", .. })), "{alone:?}");
        let code = sessions.authorize(&me, request("pshop"), &client).await;
        assert!(matches!(code, Err(AuthError::Forbidden(_))), "{code:?}");
        // The session goes on by it: of two at once, and after a lost answer, the next one is the same.
        let exchanged = by(Some(&first.refresh_token)).await.unwrap();
        let second = exchanged.renewed.unwrap();
        let again = sessions.refresh(first.refresh_token.expose_secret(), &client).await.unwrap();
        assert_eq!(again.refresh_token.expose_secret(), second.expose_secret());
        let exchanged = by(Some(&second)).await.unwrap();
        let third = exchanged.renewed.clone().unwrap();
        let shop = tokens(exchanged);
        assert!(third.expose_secret() != second.expose_secret());
        house.fleet.clock.advance(Duration::from_secs(11));
        let late = by(Some(&second)).await.unwrap().renewed.unwrap();
        assert_eq!(late.expose_secret(), third.expose_secret());
        // One of another session is none, whoever's, and ends nothing.
        let elsewhere = tokens(sign_in(&house, "manager@example.com", "atriz", Keep::Tokens).await);
        for other in [&elsewhere.refresh_token, &shop.refresh_token, &first.access_token, &SecretString::from("")] {
            let refused = by(Some(other)).await;
            assert!(matches!(refused, Err(AuthError::InvalidGrant)), "{refused:?}");
        }
        sessions.refresh(elsewhere.refresh_token.expose_secret(), &client).await.unwrap();
        // Somebody exchanged a copy, whose owner shows theirs a while later: it ends the session, and what was derived from it.
        house.fleet.clock.advance(Duration::from_secs(61));
        let refused = sessions.refresh(second.expose_secret(), &client).await;
        assert!(matches!(refused, Err(AuthError::InvalidGrant)), "{refused:?}");
        for ended in [&third, &shop.refresh_token] {
            assert!(sessions.refresh(ended.expose_secret(), &client).await.is_err());
        }
        assert_eq!(count(&house, "SELECT count(*) FROM audit_log WHERE action = 'refresh.reused'").await, 1);
        let (portal, _) = with_cookie(&house, "manager@example.com", "atriz").await;
        let wanted = Exchange { refresh_token: Some(elsewhere.refresh_token), ..to("pshop", Keep::Tokens) };
        let none = sessions.exchange(&portal, wanted, &client).await;
        assert!(matches!(none, Err(AuthError::Unacceptable { field: "refresh_token", .. })), "{none:?}");
    }

    async fn others_and_everywhere(engine) {
        let house = House::new(engine).await;
        let sessions = house.issuer.sessions();
        let (here, value) = with_cookie(&house, "member@example.com", "atriz").await;
        let child = tokens(sessions.exchange(&here, to("pshop", Keep::Tokens), &house.client()).await.unwrap());
        let elsewhere = tokens(sign_in(&house, "member@example.com", "pshop", Keep::Tokens).await);
        let (_, stranger) = with_cookie(&house, "buyer@example.com", "atriz").await;
        assert_eq!(sessions.sign_out_others(&here, &house.client()).await.unwrap(), 1);
        sessions.by_cookie(&value, "atriz").await.unwrap();
        sessions.refresh(child.refresh_token.expose_secret(), &house.client()).await.unwrap();
        assert!(sessions.refresh(elsewhere.refresh_token.expose_secret(), &house.client()).await.is_err());
        let epoch = "SELECT token_epoch FROM users WHERE email = 'member@example.com'";
        assert_eq!(count(&house, epoch).await, 0);
        assert_eq!(sessions.sign_out_everywhere(&here, &house.client()).await.unwrap(), 2);
        assert!(is_invalid(&sessions.by_cookie(&value, "atriz").await));
        assert_eq!(count(&house, epoch).await, 1);
        assert_eq!(count(&house, "SELECT count(*) FROM revocations WHERE user_id IS NOT NULL").await, 1);
        sessions.by_cookie(&stranger, "atriz").await.expect("nobody else is touched");
    }

    /// Whoever has a copy of all cookies has none that is good.
    async fn everybody_is_signed_out_at_once(engine) {
        let house = House::new(engine).await;
        let sessions = house.issuer.sessions();
        let (here, value) = with_cookie(&house, "member@example.com", "atriz").await;
        let child = tokens(sessions.exchange(&here, to("pshop", Keep::Tokens), &house.client()).await.unwrap());
        let mut others = Vec::new();
        for email in ["manager@example.com", "admin@example.com", "driver@example.com"] {
            others.push(tokens(sign_in(&house, email, "atriz", Keep::Tokens).await));
        }
        let key = NewKey {
            name: "a key".to_owned(),
            app: "atriz".to_owned(),
            permissions: vec!["account.read".to_owned()],
            expires_at: None,
        };
        let (_, key) = house.issuer.api_keys().create(&here, key, &house.client()).await.unwrap();
        // More people than go into one transaction.
        let many = "INSERT INTO users (id, name, email, email_norm, status, token_epoch, cred_gen, version, created_at, updated_at) \
            SELECT {id}, 'x', 'x' || n || '@many.example', 'x' || n || '@many.example', 'active', 0, 0, 1, u.created_at, u.created_at \
            FROM {numbers}, users u WHERE u.email = 'member@example.com'";
        let (id, numbers) = match engine {
            Engine::Postgres => ("gen_random_uuid()", "generate_series(1, 250) AS n"),
            Engine::Sqlite => {
                ("randomblob(16)", "(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 250) SELECT n FROM c)")
            }
        };
        let owner = house.fleet.session("core").await;
        execute(&owner.connection, &many.replace("{id}", id).replace("{numbers}", numbers)).await.unwrap();
        let columns = "user_id, app_id, parent_id, cookie_hash, rt_counter, rt_replays, auth_time, amr, acr, last_seen_at, \
            idle_expires_at, absolute_expires_at, created_at, needs_secret";
        let values = columns.replace("user_id", "u.id").replace("cookie_hash", "NULL").replace("parent_id", "NULL");
        let values: Vec<String> = values.split(", ").map(|one| match one.trim() {
            same @ ("u.id" | "NULL") => same.to_owned(),
            column => format!("s.{column}"),
        }).collect();
        let copies = format!(
            "INSERT INTO sessions (id, rt_key_id, {columns}) SELECT {id}, 'x', {} FROM sessions s, users u \
             WHERE s.id = (SELECT id FROM sessions WHERE cookie_hash IS NOT NULL LIMIT 1) AND u.email LIKE '%@many.example'",
            values.join(", ")
        );
        execute(&owner.connection, &copies).await.unwrap();
        let ended = sessions.end_everybodys().await.unwrap();
        assert_eq!((ended.people, ended.sessions), (254, 255));
        assert!(is_invalid(&sessions.by_cookie(&value, "atriz").await));
        for pair in others.iter().chain([&child]) {
            assert!(sessions.refresh(pair.refresh_token.expose_secret(), &house.client()).await.is_err());
        }
        let access = others[0].access_token.expose_secret();
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert!(is_invalid(&house.verifier().bearer(access, "atriz").await));
        house.issuer.api_keys().verify(key.expose_secret(), "atriz").await.unwrap();
        assert_eq!(count(&house, "SELECT count(*) FROM sessions WHERE revoked_at IS NULL").await, 0);
        assert_eq!(count(&house, "SELECT count(*) FROM audit_log WHERE action = 'sessions.end_everybodys'").await, 3);
        assert_eq!(sessions.end_everybodys().await.unwrap().people, 0);
        sign_in(&house, "member@example.com", "atriz", Keep::Cookie).await;
    }

    async fn one_ends_ones_own_sessions_alone(engine) {
        let house = House::new(engine).await;
        let (sessions, client) = (house.issuer.sessions(), house.client());
        let (me, _) = with_cookie(&house, "member@example.com", "atriz").await;
        let (you, value) = with_cookie(&house, "buyer@example.com", "atriz").await;
        let yours = you.session.unwrap();
        assert!(matches!(sessions.revoke(&me, yours, &client).await, Err(AuthError::NotFound)));
        assert!(matches!(sessions.revoke_user(&me, you.user.unwrap(), &client).await, Err(AuthError::Forbidden(_))));
        assert!(matches!(sessions.list_of(&me, you.user.unwrap()).await, Err(AuthError::Forbidden(_))));
        sessions.by_cookie(&value, "atriz").await.unwrap();
        let (other, other_value) = with_cookie(&house, "member@example.com", "pshop").await;
        sessions.revoke(&me, other.session.unwrap(), &client).await.unwrap();
        sessions.revoke(&me, other.session.unwrap(), &client).await.expect("ending it twice is no mistake");
        assert!(is_invalid(&sessions.by_cookie(&other_value, "pshop").await));
        let admin = admin(&house).await;
        assert_eq!(sessions.list_of(&admin, you.user.unwrap()).await.unwrap().len(), 1);
        assert_eq!(sessions.revoke_user(&admin, you.user.unwrap(), &client).await.unwrap(), 1);
        assert!(is_invalid(&sessions.by_cookie(&value, "atriz").await));
        assert!(is_invalid(&sessions.fresh(&you).await));
    }

    async fn a_step_up_changes_the_secret(engine) {
        let house = House::new(engine).await;
        let (sessions, client) = (house.issuer.sessions(), house.client());
        let (me, old) = with_cookie(&house, "member@example.com", "atriz").await;
        house.fleet.clock.advance(Duration::from_hours(1));
        let wrong = sessions.step_up(&me, SecretString::from("not the password"), None, &client).await;
        assert!(matches!(wrong, Err(AuthError::Credentials)), "{wrong:?}");
        sessions.by_cookie(&old, "atriz").await.expect("a failure changes nothing");
        house.fleet.clock.advance(Duration::from_mins(1));
        let renewed = sessions.step_up(&me, SecretString::from(DEMO_PASSWORD), None, &client).await.unwrap();
        assert_eq!(Some(renewed.session), me.session);
        let new = cookie(renewed).value;
        assert!(is_invalid(&sessions.by_cookie(&old, "atriz").await), "the old cookie is refused");
        let again = sessions.by_cookie(new.expose_secret(), "atriz").await.unwrap();
        assert_eq!((again.auth_time - me.auth_time).num_seconds(), 3660);
        // With tokens it is the next refresh token that is new.
        let first = tokens(sign_in(&house, "member@example.com", "atriz", Keep::Tokens).await);
        let me = caller(&house, first.access_token.expose_secret(), "atriz").await.unwrap();
        house.fleet.clock.advance(Duration::from_mins(1));
        let second = tokens(sessions.step_up(&me, SecretString::from(DEMO_PASSWORD), None, &client).await.unwrap());
        let proven = caller(&house, second.access_token.expose_secret(), "atriz").await.unwrap();
        assert_eq!((proven.auth_time - me.auth_time).num_seconds(), 60);
        let raced = sessions.refresh(first.refresh_token.expose_secret(), &client).await.unwrap();
        assert_eq!(raced.refresh_token.expose_secret(), second.refresh_token.expose_secret());
    }

    async fn what_is_good_at_one_app_is_refused_at_the_others(engine) {
        let house = House::new(engine).await;
        let (sessions, verifier) = (house.issuer.sessions(), house.verifier());
        let apps = ["atriz", "mextrack", "pshop"];
        for own in apps {
            let pair = tokens(sign_in(&house, "admin@example.com", own, Keep::Tokens).await);
            let (_, value) = with_cookie(&house, "admin@example.com", own).await;
            for app in apps {
                let bearer = verifier.bearer(pair.access_token.expose_secret(), app).await;
                let by_cookie = sessions.by_cookie(&value, app).await;
                let verified = verifier.cookie(&value, app).await;
                assert_eq!((bearer.is_ok(), by_cookie.is_ok(), verified.is_ok()), (own == app, own == app, own == app));
                assert!(is_invalid(&verifier.bearer(pair.refresh_token.expose_secret(), app).await));
                assert!(is_invalid(&verifier.cookie(pair.access_token.expose_secret(), app).await));
            }
        }
    }

    async fn rows_of_long_ago_go(engine) {
        let house = House::new(engine).await;
        let (me, _) = with_cookie(&house, "member@example.com", "atriz").await;
        house.issuer.sessions().exchange(&me, to("pshop", Keep::Tokens), &house.client()).await.unwrap();
        house.fleet.clock.advance(Duration::from_hours(29 * 24));
        assert_eq!(house.issuer.sessions().sweep().await.unwrap(), 0);
        house.fleet.clock.advance(Duration::from_hours(32 * 24));
        sign_in(&house, "member@example.com", "atriz", Keep::Tokens).await;
        house.issuer.sessions().sweep().await.unwrap();
        assert_eq!(count(&house, "SELECT count(*) FROM sessions").await, 1);
    }
}
