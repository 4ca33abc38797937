//! Authenticator apps and recovery codes.

use std::time::Duration;

use atriz_core::{AuthError, Caller, DEMO_PASSWORD, NewKey, RecoveryCodes, Verifier};
use atriz_kernel::Clock as _;
use atriz_testing::both_engines;
use secrecy::{ExposeSecret as _, SecretString};
use uuid::Uuid;

use crate::people::{PASSWORD, Post, at, caller, count, enter, of, run_sql, secret};
use crate::support::House;

/// The code that an app with this seed shows now.
pub(crate) fn shown(house: &House, seed: &SecretString) -> String {
    let seed = totp_rs::Secret::try_from_base32(seed.expose_secret()).unwrap();
    let totp = totp_rs::Builder::new().with_secret(seed).with_account_name("a").build().unwrap();
    totp.generate(u64::try_from(house.fleet.clock.now().timestamp()).unwrap()).to_string()
}

/// Somebody with an authenticator app, and its seed.
pub(crate) async fn with_app(house: &House, email: &str) -> (Caller, Uuid, SecretString, RecoveryCodes) {
    let me = caller(house, email, DEMO_PASSWORD, &at(900)).await;
    let factors = house.issuer.second_factors();
    let enrolment = factors.enrol(&me, "telephone", &at(900)).await.unwrap();
    assert!(enrolment.otpauth_url.expose_secret().starts_with("otpauth://totp/"));
    let wrong = factors.confirm(&me, enrolment.id, &secret("000000"), &at(900)).await;
    assert!(matches!(wrong, Err(AuthError::InvalidSecret)) || shown(house, &enrolment.secret) == "000000");
    let (codes, _) =
        factors.confirm(&me, enrolment.id, &secret(shown(house, &enrolment.secret)), &at(900)).await.unwrap();
    assert_eq!(codes.0.len(), 10);
    house.fleet.clock.advance(Duration::from_secs(30));
    (me, enrolment.id, enrolment.secret, codes)
}

/// Gives a person a second factor beside the sessions they have, which adding one would end.
pub(crate) async fn has_one(house: &House, email: &str) {
    with_app(house, "buyer@example.com").await;
    let theirs = format!("UPDATE totp_secrets SET user_id = (SELECT id FROM users WHERE email_norm = '{email}')");
    run_sql(house, &theirs).await;
}

both_engines! {
    async fn a_code_is_asked_for_and_works_once(engine) {
        let house = House::new(engine).await;
        let (_, _, seed, _) = with_app(&house, "member@example.com").await;
        let email = "member@example.com";
        assert!(matches!(enter(&house, email, DEMO_PASSWORD, None, &at(1)).await, Err(AuthError::SecondFactorRequired)));
        assert!(matches!(enter(&house, email, PASSWORD, Some("000000"), &at(2)).await, Err(AuthError::Credentials)));
        house.fleet.clock.advance(Duration::from_secs(30));
        let code = shown(&house, &seed);
        let signed = enter(&house, email, DEMO_PASSWORD, Some(&code), &at(3)).await.unwrap();
        let me = of(&house, signed).await;
        assert_eq!(me.acr, "aal2");
        let again = enter(&house, email, DEMO_PASSWORD, Some(&code), &at(4)).await;
        assert!(matches!(again, Err(AuthError::Credentials)), "{again:?}");
        house.fleet.clock.advance(Duration::from_secs(30));
        enter(&house, email, DEMO_PASSWORD, Some(&shown(&house, &seed)), &at(5)).await.unwrap();
        assert_eq!(count(&house, "SELECT count(*) FROM totp_secrets WHERE length(secret_sealed) > 20").await, 1);
    }

    async fn wrong_codes_are_counted_apart(engine) {
        let house = House::new(engine).await;
        let (me, id, seed, _) = with_app(&house, "member@example.com").await;
        let factors = house.issuer.second_factors();
        let code = secret(if shown(&house, &seed) == "111111" { "222222" } else { "111111" });
        let password = secret(DEMO_PASSWORD);
        let mut answers = Vec::new();
        for _ in 0..4 {
            answers.push(factors.remove(&me, id, &password, &code, &at(1)).await.unwrap_err());
        }
        assert!(matches!(answers[2], AuthError::Credentials), "{answers:?}");
        assert!(matches!(answers[3], AuthError::Throttled { .. }), "{answers:?}");
        house.fleet.clock.advance(Duration::from_secs(30));
        enter(&house, "member@example.com", DEMO_PASSWORD, Some(&shown(&house, &seed)), &at(2)).await.unwrap();
    }

    async fn a_hundred_wrong_codes_end_them_until_a_recovery_code(engine) {
        let house = House::new(engine).await;
        let (email, post) = ("member@example.com", Post::of(&house));
        let (me, id, seed, codes) = with_app(&house, email).await;
        post.take(email).await;
        let number = std::sync::atomic::AtomicU16::default();
        let guess = async |code: &str| {
            house.fleet.clock.advance(Duration::from_secs(30));
            let here = at(number.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
            enter(&house, email, DEMO_PASSWORD, Some(code), &here).await
        };
        // Seven digits are a code of no app.
        assert!(matches!(guess("1234567").await, Err(AuthError::Credentials)));
        run_sql(&house, "UPDATE throttles SET fails = 98 WHERE kind = 'codes'").await;
        assert!(matches!(guess("1234567").await, Err(AuthError::Credentials)));
        assert!(post.take(email).await.is_empty(), "ninety-nine are not enough");
        house.fleet.clock.advance(Duration::from_secs(30));
        run_sql(&house, "UPDATE throttles SET fails = 0, locked_until = NULL WHERE kind = 'account'").await;
        let (factors, password, wrong) = (house.issuer.second_factors(), secret(DEMO_PASSWORD), secret("1234567"));
        let (here, there) = (at(800), at(801));
        let at_once = futures_util::future::join(
            factors.remove(&me, id, &password, &wrong, &here),
            factors.remove(&me, id, &password, &wrong, &there),
        );
        let (one, other) = at_once.await;
        let stopped = [&one, &other].map(|answer| matches!(answer, Err(AuthError::CodesStopped)));
        let wrong = [&one, &other].map(|answer| matches!(answer, Err(AuthError::Credentials)));
        assert!(stopped[0] != stopped[1] && wrong[0] != wrong[1], "{one:?} {other:?}");
        let notice = post.one(email).await;
        assert!(notice.text.contains("/password/forgot") && notice.subject.contains("refused"), "{notice:?}");
        // No time opens it, nor does a sweep, and a right code is not looked at.
        for hours in [0, 24, 24 * 365] {
            house.fleet.clock.advance(Duration::from_hours(hours));
            house.issuer.sweep().await.unwrap();
            let right = guess(&shown(&house, &seed)).await;
            assert!(matches!(right, Err(AuthError::CodesStopped)), "{right:?}");
        }
        assert!(matches!(enter(&house, email, PASSWORD, Some("1234567"), &at(900)).await, Err(AuthError::Credentials)));
        house.fleet.clock.advance(Duration::from_mins(1));
        assert!(matches!(guess("aaaa-bbbb-cccc-dddd").await, Err(AuthError::Credentials)));
        guess(codes.0[0].expose_secret()).await.unwrap();
        house.fleet.clock.advance(Duration::from_secs(30));
        enter(&house, email, DEMO_PASSWORD, Some(&shown(&house, &seed)), &at(901)).await.unwrap();
        house.fleet.clock.advance(Duration::from_hours(49));
        house.issuer.sweep().await.unwrap();
        assert_eq!(count(&house, "SELECT count(*) FROM throttles WHERE kind = 'codes'").await, 0);
    }

    async fn of_many_that_are_begun_at_once_the_last_stays(engine) {
        let house = House::new(engine).await;
        let me = caller(&house, "member@example.com", DEMO_PASSWORD, &at(1)).await;
        let (factors, client) = (house.issuer.second_factors(), at(1));
        let begun = futures_util::future::join_all((0..32).map(|number| {
            let (me, client) = (&me, &client);
            async move { factors.enrol(me, &format!("telephone {number}"), client).await }
        }));
        let begun: Vec<_> = begun.await.into_iter().map(|enrolment| enrolment.unwrap()).collect();
        let left = factors.list(&me).await.unwrap();
        assert_eq!(left.len(), 1, "{left:?}");
        let last = begun.iter().find(|enrolment| enrolment.id == left[0].id).unwrap();
        factors.confirm(&me, last.id, &secret(shown(&house, &last.secret)), &client).await.unwrap();
        house.issuer.sessions().sign_out(&me, &client).await.unwrap();
        let ended = factors.enrol(&me, "too late", &client).await;
        assert!(matches!(ended, Err(AuthError::InvalidToken)), "{ended:?}");
    }

    async fn who_lost_everything_begins_anew(engine) {
        let house = House::new(engine).await;
        let (email, post, accounts) = ("member@example.com", Post::of(&house), house.issuer.accounts());
        let (me, _, seed, codes) = with_app(&house, email).await;
        let user = me.user.unwrap();
        let admin = caller(&house, "admin@example.com", DEMO_PASSWORD, &at(700)).await;
        let support = caller(&house, "support@example.com", DEMO_PASSWORD, &at(701)).await;
        let refused = accounts.begin_anew(&support, user, &at(1)).await;
        assert!(matches!(refused, Err(AuthError::Forbidden(_))), "{refused:?}");
        let own = accounts.begin_anew(&admin, admin.user.unwrap(), &at(1)).await;
        assert!(matches!(own, Err(AuthError::Conflict(_))), "nobody goes around their own: {own:?}");
        let none = accounts.begin_anew(&admin, support.user.unwrap(), &at(1)).await;
        assert!(matches!(none, Err(AuthError::NotFound)), "{none:?}");
        caller(&house, "support@example.com", DEMO_PASSWORD, &at(702)).await;
        // Nor of somebody who may do more than they, whoever may write to accounts.
        run_sql(&house, "INSERT INTO role_permissions (role_id, permission, created_at) \
            SELECT id, 'users.write', created_at FROM roles WHERE code = 'support'").await;
        house.fleet.clock.advance(Duration::from_secs(2));
        let may_write = Caller { permissions: ["users.write".to_owned()].into(), ..support.clone() };
        let above = accounts.begin_anew(&may_write, admin.user.unwrap(), &at(1)).await;
        assert!(matches!(above, Err(AuthError::Forbidden(_))), "{above:?}");
        let wanted = NewKey {
            name: "a till".to_owned(),
            app: "atriz".to_owned(),
            permissions: vec!["account.read".to_owned()],
            expires_at: None,
        };
        let (_, key) = house.issuer.api_keys().create(&me, wanted, &at(1)).await.unwrap();
        post.take(email).await;
        accounts.begin_anew(&admin, user, &at(1)).await.unwrap();
        assert!(house.issuer.sessions().fresh(&me).await.is_err());
        assert!(house.issuer.api_keys().verify(key.expose_secret(), "atriz").await.is_err());
        for code in [None, Some(shown(&house, &seed)), Some(codes.0[0].expose_secret().to_owned())] {
            let old = enter(&house, email, DEMO_PASSWORD, code.as_deref(), &at(2)).await;
            assert!(matches!(old, Err(AuthError::Credentials)), "{old:?}");
            house.fleet.clock.advance(Duration::from_secs(5));
        }
        let letters = post.take(email).await;
        assert_eq!(letters.len(), 2, "{letters:?}");
        let link = letters.iter().find(|letter| letter.text.contains("?token=")).unwrap().token();
        accounts.reset_password(&link, &secret(PASSWORD), &at(3)).await.unwrap();
        caller(&house, email, PASSWORD, &at(4)).await;
        let again = accounts.begin_anew(&admin, user, &at(1)).await;
        assert!(matches!(again, Err(AuthError::NotFound)), "{again:?}");
        let noted = "SELECT count(*) FROM audit_log WHERE action = 'user_second_factor_remove' AND outcome = 'success'";
        assert_eq!(count(&house, noted).await, 1);
    }

    async fn a_recovery_code_works_once_whoever_comes_first(engine) {
        let house = House::new(engine).await;
        let (_, _, _, codes) = with_app(&house, "member@example.com").await;
        let code = codes.0[0].expose_secret().to_uppercase();
        let tasks: Vec<_> = (0..64)
            .map(|number| {
                let (sessions, code) = (house.issuer.sessions().clone(), secret(code.clone()));
                let attempt = atriz_core::SignIn {
                    email: "member@example.com".to_owned(),
                    password: secret(DEMO_PASSWORD),
                    code: Some(code),
                    app: "atriz".to_owned(),
                    keep: atriz_core::Keep::Cookie,
                };
                tokio::spawn(async move { sessions.sign_in(attempt, &at(number)).await.is_ok() })
            })
            .collect();
        let mut won = 0;
        for task in tasks {
            won += usize::from(task.await.unwrap());
        }
        assert_eq!(won, 1);
        let used = "SELECT count(*) FROM auth_tokens WHERE purpose = 'recovery_code' AND consumed_at IS NOT NULL";
        assert_eq!(count(&house, used).await, 1);
        let letters = Post::of(&house).take("member@example.com").await;
        let told = letters.iter().filter(|letter| letter.subject == "A recovery code was used").count();
        assert_eq!(told, 1, "{letters:?}");
        house.fleet.clock.advance(Duration::from_mins(1));
        let again = enter(&house, "member@example.com", DEMO_PASSWORD, Some(&code), &at(200)).await;
        assert!(again.is_err());
    }

    async fn a_step_is_taken_once_whoever_comes_first(engine) {
        let house = House::new(engine).await;
        let (me, _, seed, _) = with_app(&house, "member@example.com").await;
        // Past the throttles, which would let three through: they are not what holds here.
        let code = shown(&house, &seed);
        let mut won = 0;
        for round in 0..8_u16 {
            run_sql(&house, "DELETE FROM throttles").await;
            let (here, there) = (at(round), at(100 + round));
            let both = tokio::join!(
                enter(&house, "member@example.com", DEMO_PASSWORD, Some(&code), &here),
                enter(&house, "member@example.com", DEMO_PASSWORD, Some(&code), &there),
            );
            won += usize::from(both.0.is_ok()) + usize::from(both.1.is_ok());
        }
        assert_eq!(won, 1);
        assert_eq!(house.issuer.second_factors().list(&me).await.unwrap().len(), 1);
    }

    async fn a_reset_does_not_go_around_it(engine) {
        let house = House::new(engine).await;
        let (_, _, seed, _) = with_app(&house, "member@example.com").await;
        let (accounts, post) = (house.issuer.accounts(), Post::of(&house));
        post.take("member@example.com").await;
        accounts.forgot_password("member@example.com", &at(1)).await.unwrap();
        let link = post.one("member@example.com").await.token();
        // Beside a second factor eight characters are enough.
        accounts.reset_password(&link, &secret("kew7 dos"), &at(1)).await.unwrap();
        let without = enter(&house, "member@example.com", "kew7 dos", None, &at(2)).await;
        assert!(matches!(without, Err(AuthError::SecondFactorRequired)), "{without:?}");
        let known = "SELECT count(*) FROM audit_log WHERE outcome = 'failure' AND CAST(detail AS text) LIKE '%no second factor%'";
        assert_eq!(count(&house, known).await, 1, "who knows the password and lacks the rest is noted");
        let signed = enter(&house, "member@example.com", "kew7 dos", Some(&shown(&house, &seed)), &at(3)).await.unwrap();
        let me = of(&house, signed).await;
        house.fleet.clock.advance(Duration::from_secs(30));
        let id = house.issuer.second_factors().list(&me).await.unwrap()[0].id;
        let code = secret(shown(&house, &seed));
        let removed = house.issuer.second_factors().remove(&me, id, &secret("kew7 dos"), &code, &at(3)).await;
        assert!(matches!(removed, Err(AuthError::Conflict(_))), "a short password does not stand alone: {removed:?}");
    }

    async fn a_new_app_ends_what_was_begun_without(engine) {
        let house = House::new(engine).await;
        let (sessions, client) = (house.issuer.sessions(), at(1));
        let elsewhere = caller(&house, "member@example.com", DEMO_PASSWORD, &client).await;
        let (me, _, _, _) = with_app(&house, "member@example.com").await;
        assert!(sessions.fresh(&elsewhere).await.is_err());
        sessions.fresh(&me).await.unwrap();
        Verifier::local(&house.issuer).stepped_up(&me).await.unwrap();
        let raised = "SELECT count(*) FROM sessions WHERE acr = 'aal2' AND revoked_at IS NULL";
        assert_eq!(count(&house, raised).await, 1);
        // A session that the second factor did not open, however it came to be, does nothing grave.
        run_sql(&house, "UPDATE sessions SET acr = 'aal1'").await;
        let weak = Verifier::local(&house.issuer).stepped_up(&me).await;
        assert!(matches!(weak, Err(AuthError::StepUpRequired)), "{weak:?}");
        let accounts = house.issuer.accounts();
        for refused in [
            accounts.change_email(&me, "new@new.example", &secret(DEMO_PASSWORD), &client).await,
            accounts.change_password(&me, &secret(DEMO_PASSWORD), &secret(PASSWORD), &client).await.map(drop),
            accounts.deactivate(&me, &secret(DEMO_PASSWORD), &client).await,
        ] {
            assert!(matches!(refused, Err(AuthError::StepUpRequired)), "{refused:?}");
        }
        // Nor does one whose proof is old.
        run_sql(&house, "UPDATE sessions SET acr = 'aal2'").await;
        house.fleet.clock.advance(Duration::from_mins(10));
        let old = accounts.deactivate(&me, &secret(DEMO_PASSWORD), &client).await;
        assert!(matches!(old, Err(AuthError::StepUpRequired)), "{old:?}");
    }

    /// Somebody signs in by the password while the app is added.
    async fn nobody_slips_in_beside_a_new_app(engine) {
        let house = House::new(engine).await;
        let me = caller(&house, "member@example.com", DEMO_PASSWORD, &at(900)).await;
        let factors = house.issuer.second_factors();
        let enrolment = factors.enrol(&me, "telephone", &at(900)).await.unwrap();
        let code = secret(shown(&house, &enrolment.secret));
        let tasks: Vec<_> = (0..8)
            .map(|number| {
                let sessions = house.issuer.sessions().clone();
                let attempt = atriz_core::SignIn {
                    email: "member@example.com".to_owned(),
                    password: secret(DEMO_PASSWORD),
                    code: None,
                    app: "atriz".to_owned(),
                    keep: atriz_core::Keep::Cookie,
                };
                tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_millis(10 * u64::from(number))).await;
                    drop(sessions.sign_in(attempt, &at(number)).await);
                })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(40)).await;
        factors.confirm(&me, enrolment.id, &code, &at(900)).await.unwrap();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(count(&house, "SELECT count(*) FROM sessions WHERE revoked_at IS NULL").await, 1);
    }

    async fn a_short_password_never_stands_alone(engine) {
        let house = House::new(engine).await;
        let (me, first, _, _) = with_app(&house, "member@example.com").await;
        let factors = house.issuer.second_factors();
        let second = factors.enrol(&me, "tablet", &at(900)).await.unwrap();
        let (codes, _) = factors.confirm(&me, second.id, &secret(shown(&house, &second.secret)), &at(900)).await.unwrap();
        let short = secret("kew7 dos");
        house.issuer.accounts().change_password(&me, &secret(DEMO_PASSWORD), &short, &at(900)).await.unwrap();
        let (here, there) = (at(1), at(2));
        let both = tokio::join!(
            factors.remove(&me, first, &short, &codes.0[0], &here),
            factors.remove(&me, second.id, &short, &codes.0[1], &there),
        );
        assert!(both.0.is_ok() != both.1.is_ok() || (both.0.is_err() && both.1.is_err()), "{both:?}");
        assert!(factors.list(&me).await.unwrap().iter().any(|factor| factor.confirmed_at.is_some()));
    }

    async fn a_removed_app_is_asked_for_no_more(engine) {
        let house = House::new(engine).await;
        let (me, id, seed, _) = with_app(&house, "member@example.com").await;
        let (factors, password) = (house.issuer.second_factors(), secret(DEMO_PASSWORD));
        let strange = factors.remove(&me, Uuid::nil(), &password, &secret(shown(&house, &seed)), &at(1)).await;
        assert!(matches!(strange, Err(AuthError::NotFound)));
        let post = Post::of(&house);
        post.take("member@example.com").await;
        let new = factors.regenerate_recovery(&me, &at(1)).await.unwrap();
        assert_eq!(post.one("member@example.com").await.subject, "You have new recovery codes");
        factors.remove(&me, id, &password, &new.0[3], &at(1)).await.unwrap();
        assert_eq!(count(&house, "SELECT count(*) FROM auth_tokens WHERE purpose = 'recovery_code'").await, 0);
        enter(&house, "member@example.com", DEMO_PASSWORD, None, &at(2)).await.unwrap();
        assert!(matches!(factors.regenerate_recovery(&me, &at(1)).await, Err(AuthError::Conflict(_))));
    }
}
