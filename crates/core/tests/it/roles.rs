//! Roles, what they include, and who changes them.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use atriz_core::{AuthError, Caller, Invitation, NewKey, NewServiceAccount, TokenPair};
use atriz_kernel::{Clock as _, UserId, seed_id};
use atriz_testing::{both_engines, execute};
use secrecy::ExposeSecret as _;
use tokio::task::JoinSet;

use crate::people::{run_sql, words};
use crate::support::House;

fn user(email: &str) -> UserId {
    UserId(seed_id("users", email))
}

fn set(codes: &[&str]) -> BTreeSet<String> {
    codes.iter().map(|code| (*code).to_owned()).collect()
}

/// The codes of the roles that somebody has in an app.
async fn held(house: &House, email: &str, app: &str) -> BTreeSet<String> {
    house.issuer.roles().effective(user(email), app).await.unwrap().roles.into_iter().collect()
}

/// Whom the next tokens speak for. The pair is replaced by them.
async fn next(house: &House, pair: &mut TokenPair, app: &str) -> Caller {
    let refresh_token = pair.refresh_token.expose_secret().to_owned();
    *pair = house.issuer.sessions().refresh(&refresh_token, &house.client()).await.unwrap();
    house.verifier().bearer(pair.access_token.expose_secret(), app).await.unwrap()
}

both_engines! {
    async fn what_roles_permit_reaches_the_next_tokens_within_two_seconds(engine) {
        let house = House::new(engine).await;
        let mut pair = house.tokens("cashier@example.com", "pshop").await;
        let before = next(&house, &mut pair, "pshop").await;
        assert!(before.may("sales.create") && !before.may("tests.run") && !before.may("inventory.count"), "{before:?}");
        let of = |code: &str| format!("(SELECT id FROM roles WHERE code = '{code}')");
        let (cashier, keeper) = (of("pshop.cashier"), of("pshop.stock_keeper"));
        let permits = format!("INSERT INTO role_permissions (role_id, permission, created_at) \
            SELECT id, 'tests.run', created_at FROM roles WHERE id = {cashier}");
        let includes = format!("INSERT INTO role_includes (role_id, included_id, created_at) \
            SELECT id, {keeper}, created_at FROM roles WHERE id = {cashier}");
        let forbids = format!("DELETE FROM role_permissions WHERE role_id = {cashier} AND permission = 'tests.run'");
        let excludes = format!("DELETE FROM role_includes WHERE role_id = {cashier}");
        for (change, permission, expected) in [
            (permits, "tests.run", true),
            (includes, "inventory.count", true),
            (forbids, "tests.run", false),
            (excludes, "inventory.count", false),
        ] {
            let session = house.fleet.session("core").await;
            execute(&session.connection, &change).await.unwrap();
            session.close().await;
            let changed = Instant::now();
            while next(&house, &mut pair, "pshop").await.may(permission) != expected {
                assert!(changed.elapsed() < Duration::from_secs(2), "{change}");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        assert_eq!(next(&house, &mut pair, "pshop").await.permissions, before.permissions);
    }

    async fn who_holds_a_role_is_asked_at_every_refresh(engine) {
        let house = House::new(engine).await;
        let admin = house.caller("admin@example.com", "atriz").await;
        let (member, client) = (user("member@example.com"), house.client());
        let mut pair = house.tokens("member@example.com", "pshop").await;
        assert_eq!(next(&house, &mut pair, "pshop").await.roles, ["member"]);
        // A role that nobody has read yet.
        let session = house.fleet.session("core").await;
        execute(&session.connection, "INSERT INTO roles (id, code, app_id, name, description, created_at, updated_at) \
            SELECT (SELECT id FROM users WHERE email_norm = 'member@example.com'), 'pshop.trainee', app_id, 'Trainee', \
            'Learns.', created_at, updated_at FROM roles WHERE code = 'pshop.cashier'").await.unwrap();
        session.close().await;
        let until = house.fleet.clock.now() + Duration::from_mins(1);
        house.issuer.roles().grant(&admin, member, "pshop.trainee", Some(until), &client).await.unwrap();
        assert_eq!(next(&house, &mut pair, "pshop").await.roles, ["member", "pshop.trainee"]);
        house.fleet.clock.advance(Duration::from_secs(59));
        assert_eq!(next(&house, &mut pair, "pshop").await.roles, ["member", "pshop.trainee"]);
        house.fleet.clock.advance(Duration::from_secs(1));
        assert_eq!(next(&house, &mut pair, "pshop").await.roles, ["member"], "it ends on time");
        house.issuer.roles().grant(&admin, member, "auditor", None, &client).await.unwrap();
        assert_eq!(next(&house, &mut pair, "pshop").await.roles, ["auditor", "member"]);
        house.issuer.roles().revoke(&admin, member, "auditor", &client).await.unwrap();
        assert_eq!(next(&house, &mut pair, "pshop").await.roles, ["member"]);
    }

    async fn roles_of_the_app_and_of_all_apps_count_with_what_they_include(engine) {
        let house = House::new(engine).await;
        assert_eq!(held(&house, "fleet-admin@example.com", "mextrack").await, set(&["member", "mextrack.dispatcher", "mextrack.fleet_admin"]));
        assert_eq!(held(&house, "fleet-admin@example.com", "pshop").await, set(&["member"]));
        assert_eq!(held(&house, "admin@example.com", "pshop").await, set(&["admin", "auditor", "member", "support"]));
        assert_eq!(held(&house, "nobody@example.com", "pshop").await, set(&[]));
        let manager = house.issuer.roles().effective(user("manager@example.com"), "pshop").await.unwrap();
        assert!(manager.permissions.contains("sales.void") && manager.permissions.contains("inventory.count"));
        assert!(!manager.permissions.contains("vehicles.read"));
        let all = house.issuer.roles().of_user(user("manager@example.com")).await.unwrap();
        assert_eq!(all.iter().map(|role| role.code.as_str()).collect::<Vec<_>>(), ["member", "pshop.cashier", "pshop.manager", "pshop.stock_keeper"]);
        let list = house.issuer.roles().list().await.unwrap();
        let admin = list.iter().find(|role| role.code == "admin").unwrap();
        assert_eq!(admin.includes, ["auditor", "support"]);
        let manager = list.iter().find(|role| role.code == "pshop.manager").unwrap();
        assert_eq!(manager.app.as_deref(), Some("pshop"));
    }

    async fn a_circle_of_roles_ends(engine) {
        let house = House::new(engine).await;
        let session = house.fleet.session("core").await;
        execute(&session.connection, "INSERT INTO role_includes (role_id, included_id, created_at) \
            SELECT a.id, b.id, a.created_at FROM roles a, roles b WHERE a.code = 'support' AND b.code = 'admin'").await.unwrap();
        session.close().await;
        assert_eq!(held(&house, "support@example.com", "atriz").await, set(&["admin", "auditor", "member", "support"]));
    }

    async fn a_change_refuses_older_tokens(engine) {
        let house = House::new(engine).await;
        let (roles, verifier) = (house.issuer.roles(), house.verifier());
        let admin = house.caller("admin@example.com", "atriz").await;
        let tokens = house.tokens("member@example.com", "pshop").await;
        let token = tokens.access_token.expose_secret();
        let bystander = house.tokens("cashier@example.com", "pshop").await;
        assert!(!verifier.bearer(token, "pshop").await.unwrap().may("sales.create"));

        roles.grant(&admin, user("member@example.com"), "pshop.cashier", None, &house.client()).await.unwrap();
        assert!(matches!(verifier.bearer(token, "pshop").await, Err(AuthError::InvalidToken)), "at once, in this process");
        let pair = house.issuer.sessions().refresh(tokens.refresh_token.expose_secret(), &house.client()).await.unwrap();
        let caller = verifier.bearer(pair.access_token.expose_secret(), "pshop").await.unwrap();
        assert!(caller.may("sales.create"));

        roles.revoke(&admin, user("member@example.com"), "pshop.cashier", &house.client()).await.unwrap();
        let refused = verifier.bearer(pair.access_token.expose_secret(), "pshop").await;
        assert!(matches!(refused, Err(AuthError::InvalidToken)));
        assert!(verifier.bearer(bystander.access_token.expose_secret(), "pshop").await.is_ok(), "others are not touched");
    }

    async fn a_role_ends_by_itself(engine) {
        let house = House::new(engine).await;
        let admin = house.caller("admin@example.com", "atriz").await;
        let until = house.fleet.clock.now() + Duration::from_mins(1);
        let member = user("member@example.com");
        house.issuer.roles().grant(&admin, member, "pshop.cashier", Some(until), &house.client()).await.unwrap();
        assert!(held(&house, "member@example.com", "pshop").await.contains("pshop.cashier"));
        house.fleet.clock.advance(Duration::from_mins(1));
        assert!(!held(&house, "member@example.com", "pshop").await.contains("pshop.cashier"));
        let past = house.issuer.roles().grant(&admin, member, "pshop.cashier", Some(until), &house.client()).await;
        assert!(matches!(past, Err(AuthError::Unacceptable { field: "expires_at", .. })));
    }

    /// No token tells of a role that has ended, at verifiers that ask nobody either.
    async fn a_token_ends_with_the_role(engine) {
        let house = House::new(engine).await;
        let admin = house.caller("admin@example.com", "atriz").await;
        let (clock, member) = (&house.fleet.clock, user("member@example.com"));
        let until = clock.now() + Duration::from_mins(2);
        house.issuer.roles().grant(&admin, member, "pshop.cashier", Some(until), &house.client()).await.unwrap();
        let first = house.tokens("member@example.com", "pshop").await;
        assert_eq!(first.expires_in, 110, "clocks may differ by ten seconds");
        let next = house.issuer.sessions().refresh(first.refresh_token.expose_secret(), &house.client()).await.unwrap();
        let again = house.issuer.sessions().refresh(first.refresh_token.expose_secret(), &house.client()).await.unwrap();
        assert_eq!((next.expires_in, again.expires_in), (110, 110));
        let verifier = house.verifier();
        let caller = verifier.bearer(next.access_token.expose_secret(), "pshop").await.unwrap();
        assert!(caller.may("sales.create"));
        clock.advance(Duration::from_mins(2));
        let late = verifier.bearer(next.access_token.expose_secret(), "pshop").await;
        assert!(matches!(late, Err(AuthError::InvalidToken)), "{late:?}");
        let last = house.issuer.sessions().refresh(next.refresh_token.expose_secret(), &house.client()).await.unwrap();
        assert_eq!(last.expires_in, 300);
        assert!(!verifier.bearer(last.access_token.expose_secret(), "pshop").await.unwrap().may("sales.create"));
    }

    async fn who_may_not_is_refused(engine) {
        let house = House::new(engine).await;
        let (roles, client) = (house.issuer.roles(), house.client());
        for email in ["member@example.com", "support@example.com", "auditor@example.com", "site-admin@example.com"] {
            let caller = house.caller(email, "atriz").await;
            let refused = roles.grant(&caller, user(email), "admin", None, &client).await;
            assert!(matches!(refused, Err(AuthError::Forbidden(_))), "{email}");
            let refused = roles.revoke(&caller, user("admin@example.com"), "admin", &client).await;
            assert!(matches!(refused, Err(AuthError::Forbidden(_))), "{email}");
        }
        let admin = house.caller("admin@example.com", "atriz").await;
        let none = roles.grant(&admin, user("member@example.com"), "no.such.role", None, &client).await;
        assert!(matches!(none, Err(AuthError::NotFound)));
        let nobody = roles.grant(&admin, user("nobody@example.com"), "support", None, &client).await;
        assert!(matches!(nobody, Err(AuthError::NotFound)), "{nobody:?}");
        let not_held = roles.revoke(&admin, user("member@example.com"), "support", &client).await;
        assert!(matches!(not_held, Err(AuthError::NotFound)));
    }

    async fn nobody_gives_more_than_they_have(engine) {
        let house = House::new(engine).await;
        let (roles, client, member) = (house.issuer.roles(), house.client(), user("member@example.com"));
        // Before anybody signs in: what a role permits is known for a second.
        let session = house.fleet.session("core").await;
        execute(&session.connection, "INSERT INTO role_permissions (role_id, permission, created_at) \
            SELECT id, 'roles.grant', created_at FROM roles WHERE code = 'support'").await.unwrap();
        session.close().await;
        let admin = house.caller("admin@example.com", "atriz").await;
        roles.grant(&admin, user("support@example.com"), "pshop.cashier", None, &client).await.unwrap();
        let support = house.caller("support@example.com", "atriz").await;
        for code in ["admin", "auditor", "pshop.manager", "mextrack.fleet_admin"] {
            let refused = roles.grant(&support, member, code, None, &client).await;
            assert!(matches!(refused, Err(AuthError::Forbidden(_))), "{code}: {refused:?}");
        }
        for code in ["support", "member", "pshop.cashier"] {
            roles.grant(&support, member, code, None, &client).await.unwrap_or_else(|error| panic!("{code}: {error}"));
        }
        // Nor do they take it from somebody.
        for (who, code) in [("manager@example.com", "pshop.manager"), ("admin@example.com", "admin")] {
            let refused = roles.revoke(&support, user(who), code, &client).await;
            assert!(matches!(refused, Err(AuthError::Forbidden(_))), "{code}: {refused:?}");
        }
        roles.revoke(&support, member, "pshop.cashier", &client).await.unwrap();
        let invitation = Invitation { email: "eve@example.net".to_owned(), roles: vec!["admin".to_owned()] };
        let may_write = Caller { permissions: ["users.write", "roles.grant"].map(str::to_owned).into(), ..support.clone() };
        let refused = house.issuer.accounts().invite(&may_write, invitation, &client).await;
        assert!(matches!(refused, Err(AuthError::Forbidden(_))), "{refused:?}");
        let nul = Invitation { email: "eve@example.net".to_owned(), roles: vec!["member\u{0}".to_owned()] };
        let nul = house.issuer.accounts().invite(&may_write, nul, &client).await;
        assert!(matches!(nul, Err(AuthError::Unacceptable { field: "roles", .. })), "{nul:?}");
        // Of each there is one line in the trail, however often it was tried.
        let denied = "SELECT action || ' ' || count(*) FROM audit_log WHERE outcome = 'denied' GROUP BY action ORDER BY action";
        assert_eq!(words(&house, denied).await, ["role.grant 1", "role.revoke 1", "user_invite 1"]);
    }

    /// Whoever holds something until a certain day would have it for ever if they could give it to themselves, or to a friend.
    async fn what_ends_is_given_for_no_longer_than_it_is_held(engine) {
        let house = House::new(engine).await;
        let (roles, client) = (house.issuer.roles(), house.client());
        let admin = house.caller("admin@example.com", "atriz").await;
        let (clerk, friend) = (user("support@example.com"), user("member@example.com"));
        let end = house.fleet.clock.now() + Duration::from_hours(2);
        roles.grant(&admin, clerk, "admin", Some(end), &client).await.unwrap();
        let clerk_now = house.caller("support@example.com", "atriz").await;
        for (whom, code) in [(clerk, "admin"), (friend, "admin"), (friend, "pshop.cashier")] {
            for until in [None, Some(end + Duration::from_secs(1))] {
                let refused = roles.grant(&clerk_now, whom, code, until, &client).await;
                assert!(matches!(refused, Err(AuthError::Forbidden(_))), "{code} {until:?}: {refused:?}");
            }
            roles.grant(&clerk_now, whom, code, Some(end), &client).await.unwrap();
        }
        // What they hold without an end they give without one, and they take what they could not give for as long.
        roles.grant(&clerk_now, friend, "support", None, &client).await.unwrap();
        roles.grant(&admin, friend, "auditor", None, &client).await.unwrap();
        roles.revoke(&clerk_now, friend, "auditor", &client).await.unwrap();
        // A key of theirs gives no more.
        roles.grant(&admin, clerk, "atriz.editor", Some(end), &client).await.unwrap();
        let clerk_now = house.caller("support@example.com", "atriz").await;
        let keys = house.issuer.api_keys();
        let permissions = ["roles.grant", "categories.write", "locations.write"].map(str::to_owned);
        let wanted = |expires_at| NewKey {
            name: "key".to_owned(),
            app: "atriz".to_owned(),
            permissions: permissions.to_vec(),
            expires_at,
        };
        let (_, key) = keys.create(&clerk_now, wanted(None), &client).await.unwrap();
        let key = keys.verify(key.expose_secret(), "atriz").await.unwrap();
        let refused = roles.grant(&key, friend, "atriz.editor", None, &client).await;
        assert!(matches!(&refused, Err(AuthError::Forbidden(why)) if why.contains("last")), "{refused:?}");
        roles.grant(&key, friend, "atriz.editor", Some(end), &client).await.unwrap();
        // Nor does a program that they make, which would outlive them; and one that ends gives nothing beyond that.
        let account = NewServiceAccount { code: "helper".to_owned(), name: "Helper".to_owned(), app: None, permissions: permissions.to_vec() };
        let account = keys.create_service_account(&clerk_now, account, &client).await.unwrap().id;
        for until in [None, Some(end + Duration::from_secs(1))] {
            let refused = keys.create_service_key(&clerk_now, account, wanted(until), &client).await;
            assert!(matches!(&refused, Err(AuthError::Forbidden(why)) if why.contains("last")), "{until:?}: {refused:?}");
        }
        let (_, key) = keys.create_service_key(&clerk_now, account, wanted(Some(end)), &client).await.unwrap();
        let program = keys.verify(key.expose_secret(), "atriz").await.unwrap();
        let refused = roles.grant(&program, friend, "atriz.editor", None, &client).await;
        assert!(matches!(&refused, Err(AuthError::Forbidden(why)) if why.contains("last")), "{refused:?}");
        roles.grant(&program, friend, "atriz.editor", Some(end), &client).await.unwrap();
        let (_, key) = keys.create_service_key(&admin, account, wanted(None), &client).await.unwrap();
        let program = keys.verify(key.expose_secret(), "atriz").await.unwrap();
        roles.grant(&program, user("buyer@example.com"), "atriz.editor", None, &client).await.unwrap();
        let invitation = Invitation { email: "eve@example.net".to_owned(), roles: vec!["auditor".to_owned()] };
        let refused = house.issuer.accounts().invite(&clerk_now, invitation, &client).await;
        assert!(matches!(refused, Err(AuthError::Forbidden(_))), "{refused:?}");
        // The trail tells until when.
        let told = "SELECT CAST(detail AS text) FROM audit_log WHERE action = 'role.grant' AND outcome = 'success' ORDER BY seq";
        let first = words(&house, told).await.remove(0).replace(' ', "");
        assert!(first.contains("\"role\":\"admin\"") && first.contains(&end.format("\"expires_at\":\"%Y-%m-%dT%H").to_string()), "{first}");
        house.fleet.clock.advance(Duration::from_hours(3));
        assert_eq!(held(&house, "member@example.com", "atriz").await, set(&["member", "support"]));
    }

    async fn the_last_administrator_stays(engine) {
        let house = Arc::new(House::new(engine).await);
        let admin = house.caller("admin@example.com", "atriz").await;
        let second = user("support@example.com");
        let last = house.issuer.roles().revoke(&admin, user("admin@example.com"), "admin", &house.client()).await;
        assert!(matches!(last, Err(AuthError::Conflict(_))));
        let until = Some(house.fleet.clock.now() + Duration::from_hours(1));
        let ending = house.issuer.roles().grant(&admin, user("admin@example.com"), "admin", until, &house.client()).await;
        assert!(matches!(ending, Err(AuthError::Conflict(_))), "{ending:?}");
        // Whoever cannot sign in, or only for a while, is no other.
        house.issuer.roles().grant(&admin, user("member@example.com"), "admin", until, &house.client()).await.unwrap();
        house.issuer.roles().grant(&admin, user("buyer@example.com"), "admin", None, &house.client()).await.unwrap();
        let session = house.fleet.session("core").await;
        let shut = "UPDATE users SET status = 'disabled' WHERE email_norm = 'buyer@example.com'";
        execute(&session.connection, shut).await.unwrap();
        session.close().await;
        house.issuer.roles().grant(&admin, user("editor@example.com"), "admin", None, &house.client()).await.unwrap();
        run_sql(&house, "UPDATE users SET email_verified_at = NULL WHERE email_norm = 'editor@example.com'").await;
        let last = house.issuer.roles().revoke(&admin, user("admin@example.com"), "admin", &house.client()).await;
        assert!(matches!(last, Err(AuthError::Conflict(_))), "{last:?}");
        house.issuer.roles().grant(&admin, second, "admin", None, &house.client()).await.unwrap();
        // Both at once: one of them stays.
        let mut tasks = JoinSet::new();
        for who in [user("admin@example.com"), second] {
            let (house, admin) = (Arc::clone(&house), admin.clone());
            tasks.spawn(async move { house.issuer.roles().revoke(&admin, who, "admin", &house.client()).await.is_ok() });
        }
        assert_eq!(tasks.join_all().await.into_iter().filter(|done| *done).count(), 1);
    }
}
