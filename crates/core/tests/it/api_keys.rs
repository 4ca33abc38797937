//! Keys of people and of service accounts, and what apps may ask about tokens.

use std::time::Duration;

use atriz_core::{
    ApiKeyInfo, AuthError, Caller, ClientCredential, ConfidentialClient, Held, Introspected, Keep, NewKey,
    NewServiceAccount,
};
use atriz_kernel::Clock as _;
use atriz_testing::{both_engines, execute, number, texts};
use secrecy::{ExposeSecret as _, SecretString};

use crate::sessions::{admin, caller, count, sign_in, to, tokens, with_cookie};
use crate::support::House;

fn wanted(app: &str, permissions: &[&str]) -> NewKey {
    let permissions = permissions.iter().map(|&one| one.to_owned()).collect();
    NewKey { name: "a till".to_owned(), app: app.to_owned(), permissions, expires_at: None }
}

async fn make(house: &House, who: &Caller, app: &str, permissions: &[&str]) -> (ApiKeyInfo, SecretString) {
    house.issuer.api_keys().create(who, wanted(app, permissions), &house.client()).await.unwrap()
}

/// A service account and a key of it.
async fn service(house: &House, code: &str, app: &str, permissions: &[&str]) -> (uuid::Uuid, uuid::Uuid, SecretString) {
    let (keys, admin) = (house.issuer.api_keys(), admin(house).await);
    let account = NewServiceAccount {
        code: code.to_owned(),
        name: "A program".to_owned(),
        app: None,
        permissions: permissions.iter().map(|&one| one.to_owned()).collect(),
    };
    let account = keys.create_service_account(&admin, account, &house.client()).await.unwrap().id;
    let (key, secret) =
        keys.create_service_key(&admin, account, wanted(app, permissions), &house.client()).await.unwrap();
    (account, key.id, secret)
}

async fn client_of(house: &House, app: &str) -> (ConfidentialClient, SecretString) {
    let admin = admin(house).await;
    let introspection = house.issuer.introspection();
    let secret = introspection.rotate_app_secret(&admin, app, &house.client()).await.unwrap();
    let credential = ClientCredential::Secret { app: app.to_owned(), secret: secret.clone() };
    (introspection.authenticate(&credential).await.unwrap(), secret)
}

both_engines! {
    async fn of_any_number_of_keys_at_once_fifty_are_made(engine) {
        let house = House::new(engine).await;
        let (me, _) = with_cookie(&house, "manager@example.com", "pshop").await;
        let tasks: Vec<_> = (0..64)
            .map(|_| {
                let (keys, me, client) = (house.issuer.api_keys().clone(), me.clone(), house.client());
                tokio::spawn(async move {
                    loop {
                        match keys.create(&me, wanted("pshop", &["inventory.read"]), &client).await {
                            // Nobody was served in time: they come back.
                            Err(AuthError::Database(_)) => {}
                            other => return other,
                        }
                    }
                })
            })
            .collect();
        let mut made = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(_) => made += 1,
                Err(AuthError::Conflict(why)) => assert!(why.contains("revoke one first"), "{why}"),
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!((made, house.issuer.api_keys().list(&me).await.unwrap().len()), (50, 50));
    }

    async fn a_key_permits_what_its_owner_may(engine) {
        let house = House::new(engine).await;
        let keys = house.issuer.api_keys();
        let (me, _) = with_cookie(&house, "manager@example.com", "pshop").await;
        let (info, secret) = make(&house, &me, "pshop", &["inventory.read", "prices.write"]).await;
        let secret = secret.expose_secret();
        let by_key = keys.verify(secret, "pshop").await.unwrap();
        assert_eq!((by_key.user, by_key.key, by_key.session), (me.user, Some(info.id), None));
        assert_eq!(by_key.permissions.iter().collect::<Vec<_>>(), ["inventory.read", "prices.write"]);
        assert_eq!(caller(&house, secret, "pshop").await.unwrap().key, Some(info.id));
        for app in ["atriz", "mextrack"] {
            assert!(matches!(keys.verify(secret, app).await, Err(AuthError::InvalidToken)), "{app}");
        }
        // Losing the role is losing it by key.
        let admin = admin(&house).await;
        house.issuer.roles().revoke(&admin, me.user.unwrap(), "pshop.manager", &house.client()).await.unwrap();
        assert!(keys.verify(secret, "pshop").await.unwrap().permissions.is_empty());
        assert!(matches!(house.issuer.sessions().fresh(&by_key).await, Err(AuthError::InvalidToken)));
    }

    async fn keys_are_not_made_of_nothing(engine) {
        let house = House::new(engine).await;
        let (keys, client) = (house.issuer.api_keys(), house.client());
        let (me, _) = with_cookie(&house, "cashier@example.com", "pshop").await;
        let more = keys.create(&me, wanted("pshop", &["sales.create", "prices.write"]), &client).await;
        assert!(matches!(&more, Err(AuthError::Forbidden(missing)) if missing == "prices.write"), "{more:?}");
        let elsewhere = keys.create(&me, wanted("mextrack", &["sales.create"]), &client).await;
        assert!(matches!(elsewhere, Err(AuthError::Forbidden(_))), "a permission is one of an app: {elsewhere:?}");
        let (_, secret) = make(&house, &me, "pshop", &["sales.create"]).await;
        let by_key = keys.verify(secret.expose_secret(), "pshop").await.unwrap();
        let more = keys.create(&by_key, wanted("pshop", &["sales.create"]), &client).await;
        assert!(matches!(more, Err(AuthError::Forbidden(_))), "a key makes no keys: {more:?}");
        // A session that was derived for one app gets at no other by a key.
        let (browser, _) = with_cookie(&house, "cashier@example.com", "atriz").await;
        let derived = house.issuer.sessions().exchange(&browser, to("pshop", Keep::Cookie), &client).await.unwrap();
        let Held::Cookie(cookie) = derived.held else { panic!("a cookie was asked for") };
        let derived = house.issuer.sessions().by_cookie(cookie.value.expose_secret(), "pshop").await.unwrap();
        make(&house, &derived, "pshop", &["sales.create"]).await;
        let elsewhere = keys.create(&derived, wanted("atriz", &["account.read"]), &client).await;
        assert!(matches!(elsewhere, Err(AuthError::Forbidden(_))), "{elsewhere:?}");
        make(&house, &browser, "pshop", &["sales.create"]).await;
        let denied = "SELECT count(*) FROM audit_log WHERE outcome = 'denied' AND action = 'api_key.create'";
        assert_eq!(count(&house, denied).await, 1, "one line a minute");
        let nul = keys.create(&me, wanted("psh\u{0}op", &["sales.create"]), &client).await;
        assert!(matches!(nul, Err(AuthError::Unacceptable { field: "app", .. })), "{nul:?}");
        let past = NewKey { expires_at: Some(house.fleet.clock.now()), ..wanted("pshop", &["sales.create"]) };
        for (bad, field) in [
            (past, "expires_at"),
            (NewKey { name: " \n".to_owned(), ..wanted("pshop", &["sales.create"]) }, "name"),
            (wanted("pshop", &[]), "permissions"),
            (wanted("pshop", &["Sales Create"]), "permissions"),
        ] {
            let refused = keys.create(&me, bad, &client).await;
            assert!(matches!(refused, Err(AuthError::Unacceptable { field: named, .. }) if named == field), "{field}");
        }
    }

    async fn a_key_ends_in_many_ways(engine) {
        let house = House::new(engine).await;
        let (keys, client) = (house.issuer.api_keys(), house.client());
        let (me, _) = with_cookie(&house, "manager@example.com", "pshop").await;
        let (you, _) = with_cookie(&house, "cashier@example.com", "pshop").await;
        let (info, secret) = make(&house, &me, "pshop", &["inventory.read"]).await;
        assert!(matches!(keys.revoke(&you, info.id, &client).await, Err(AuthError::NotFound)));
        assert_eq!(keys.list(&you).await.unwrap(), []);
        assert_eq!(keys.list(&me).await.unwrap(), std::slice::from_ref(&info));
        keys.revoke(&me, info.id, &client).await.unwrap();
        keys.revoke(&me, info.id, &client).await.expect("ending it twice is no mistake");
        assert!(matches!(keys.verify(secret.expose_secret(), "pshop").await, Err(AuthError::InvalidToken)));
        assert_eq!(keys.list(&me).await.unwrap(), []);
        let end = house.fleet.clock.now() + Duration::from_mins(1);
        let short = NewKey { expires_at: Some(end), ..wanted("pshop", &["inventory.read"]) };
        let (_, secret) = keys.create(&me, short, &client).await.unwrap();
        assert_eq!(keys.verify(secret.expose_secret(), "pshop").await.unwrap().expires_at, end);
        house.fleet.clock.advance(Duration::from_mins(1));
        assert!(matches!(keys.verify(secret.expose_secret(), "pshop").await, Err(AuthError::InvalidToken)));
        let (_, secret) = make(&house, &me, "pshop", &["inventory.read"]).await;
        let session = house.fleet.session("core").await;
        let sql = "UPDATE users SET status = 'disabled' WHERE email = 'manager@example.com'";
        execute(&session.connection, sql).await.unwrap();
        assert!(matches!(keys.verify(secret.expose_secret(), "pshop").await, Err(AuthError::InvalidToken)));
    }

    async fn use_is_noted_once_a_minute(engine) {
        let house = House::new(engine).await;
        let (me, _) = with_cookie(&house, "manager@example.com", "pshop").await;
        let (_, secret) = make(&house, &me, "pshop", &["inventory.read"]).await;
        let database = house.fleet.database("core").await;
        let mut seen = Vec::new();
        for seconds in [0, 59, 1, 60] {
            house.fleet.clock.advance(Duration::from_secs(seconds));
            house.issuer.api_keys().verify(secret.expose_secret(), "pshop").await.unwrap();
            seen.extend(texts(database.read(), "SELECT CAST(last_used_at AS text) FROM api_keys").await);
        }
        assert_eq!(seen[0], seen[1]);
        assert_ne!(seen[1], seen[2]);
        assert_ne!(seen[2], seen[3]);
    }

    async fn mistyped_keys_are_refused(engine) {
        let house = House::new(engine).await;
        let keys = house.issuer.api_keys();
        let (me, _) = with_cookie(&house, "manager@example.com", "pshop").await;
        let (_, mine) = make(&house, &me, "pshop", &["inventory.read"]).await;
        let (_, other) = make(&house, &me, "pshop", &["inventory.read"]).await;
        let (mine, other) = (mine.expose_secret(), other.expose_secret());
        // The id of one with the secret of the other; a checksum is no secret, so it can be right.
        let mut parts: Vec<&str> = mine.split('_').collect();
        parts[2] = other.split('_').nth(2).unwrap();
        let mixed = parts.join("_");
        for wrong in [&mixed, "", "key_", &mine[..mine.len() - 1], &format!("{mine}x"), &mine.replace("key_", "ses_")] {
            assert!(matches!(keys.verify(wrong, "pshop").await, Err(AuthError::InvalidToken)), "{wrong}");
        }
    }

    async fn service_accounts_are_for_administrators(engine) {
        let house = House::new(engine).await;
        let (keys, client) = (house.issuer.api_keys(), house.client());
        let (account, key, secret) = service(&house, "importer", "mextrack", &["positions.write"]).await;
        let secret = secret.expose_secret();
        let program = keys.verify(secret, "mextrack").await.unwrap();
        assert_eq!((program.user, program.service, program.key), (None, Some(account), Some(key)));
        assert!(program.may("positions.write") && program.user().is_err());
        house.issuer.sessions().fresh(&program).await.unwrap();
        let admin = admin(&house).await;
        let mut less = admin.clone();
        less.permissions.remove("roles.grant");
        let refused = keys.create_service_key(&less, account, wanted("mextrack", &["positions.write"]), &client).await;
        assert!(matches!(refused, Err(AuthError::Forbidden(_))), "{refused:?}");
        let (me, _) = with_cookie(&house, "manager@example.com", "pshop").await;
        assert!(matches!(keys.service_accounts(&me).await, Err(AuthError::Forbidden(_))));
        let refused = keys.create_service_key(&me, account, wanted("mextrack", &["positions.write"]), &client).await;
        assert!(matches!(refused, Err(AuthError::Forbidden(_))));
        let more = keys.create_service_key(&admin, account, wanted("mextrack", &["fleets.write"]), &client).await;
        assert!(matches!(more, Err(AuthError::Forbidden(_))), "a key has no more than its account: {more:?}");
        let again = NewServiceAccount {
            code: "importer".to_owned(),
            name: "Another".to_owned(),
            app: None,
            permissions: vec!["positions.write".to_owned()],
        };
        let again = keys.create_service_account(&admin, again, &client).await;
        assert!(matches!(again, Err(AuthError::Conflict(_))), "{again:?}");
        assert_eq!(keys.service_accounts(&admin).await.unwrap().len(), 1);
        assert_eq!(keys.service_keys(&admin, account).await.unwrap().len(), 1);
        keys.disable_service_account(&admin, account, &client).await.unwrap();
        assert!(matches!(keys.verify(secret, "mextrack").await, Err(AuthError::InvalidToken)));
        let late = keys.create_service_key(&admin, account, wanted("mextrack", &["positions.write"]), &client).await;
        assert!(matches!(late, Err(AuthError::Conflict(_))));
        let (account, key, secret) = service(&house, "exporter", "mextrack", &["positions.read"]).await;
        keys.revoke_service_key(&admin, account, key, &client).await.unwrap();
        assert!(matches!(keys.verify(secret.expose_secret(), "mextrack").await, Err(AuthError::InvalidToken)));
    }

    async fn an_app_proves_itself(engine) {
        let house = House::new(engine).await;
        let introspection = house.issuer.introspection();
        let (_, old) = client_of(&house, "pshop").await;
        let (_, new) = client_of(&house, "pshop").await;
        let (_, stranger) = client_of(&house, "mextrack").await;
        let (_, _, may_not) = service(&house, "importer", "pshop", &["inventory.read"]).await;
        let (_, _, may) = service(&house, "gateway", "pshop", &["tokens.introspect"]).await;
        let proof = |app: &str, secret: &SecretString| ClientCredential::Secret {
            app: app.to_owned(),
            secret: secret.clone(),
        };
        for wrong in [
            proof("pshop", &old),
            proof("pshop", &stranger),
            proof("atriz", &new),
            proof("nowhere", &new),
            proof("pshop", &SecretString::from("")),
            ClientCredential::Key(new.clone()),
        ] {
            let refused = introspection.authenticate(&wrong).await;
            assert!(matches!(refused, Err(AuthError::InvalidToken)), "{wrong:?}: {refused:?}");
        }
        let refused = introspection.authenticate(&ClientCredential::Key(may_not)).await;
        assert!(matches!(refused, Err(AuthError::Forbidden(_))));
        assert_eq!(introspection.authenticate(&proof("pshop", &new)).await.unwrap().app(), "pshop");
        assert_eq!(introspection.authenticate(&ClientCredential::Key(may)).await.unwrap().app(), "pshop");
        let (me, _) = with_cookie(&house, "manager@example.com", "pshop").await;
        let refused = introspection.rotate_app_secret(&me, "pshop", &house.client()).await;
        assert!(matches!(refused, Err(AuthError::Forbidden(_))));
    }

    async fn an_app_hears_of_its_own_tokens(engine) {
        let house = House::new(engine).await;
        let introspection = house.issuer.introspection();
        let (shop, _) = client_of(&house, "pshop").await;
        let (fleet, _) = client_of(&house, "mextrack").await;
        let (me, value) = with_cookie(&house, "manager@example.com", "pshop").await;
        let pair = tokens(sign_in(&house, "manager@example.com", "pshop", Keep::Tokens).await);
        let (_, key) = make(&house, &me, "pshop", &["inventory.read"]).await;
        let (access, refresh) = (pair.access_token.expose_secret(), pair.refresh_token.expose_secret());
        for (token, kind) in [
            (value.as_str(), "session_cookie"),
            (access, "access_token"),
            (refresh, "refresh_token"),
            (key.expose_secret(), "api_key"),
        ] {
            let told = introspection.introspect(&shop, token).await.unwrap();
            assert!(told.active, "{kind}");
            assert_eq!(told.token_type.as_deref(), Some(kind));
            assert_eq!((told.sub, told.client_id.as_deref()), (me.user.map(|user| user.0), Some("pshop")));
            assert_eq!(told.into_caller().is_some(), kind != "refresh_token");
            assert_eq!(introspection.introspect(&fleet, token).await.unwrap(), Introspected::inactive(), "{kind}");
        }
        for junk in ["", "a.b.c", "ses_", "key_", "\0", &"x".repeat(100_000)] {
            assert_eq!(introspection.introspect(&shop, junk).await.unwrap(), Introspected::inactive());
        }
        // A right that is taken away is gone from the answer.
        let admin = admin(&house).await;
        house.issuer.roles().revoke(&admin, me.user.unwrap(), "pshop.manager", &house.client()).await.unwrap();
        assert_eq!(introspection.introspect(&shop, access).await.unwrap(), Introspected::inactive());
        let told = introspection.introspect(&shop, &value).await.unwrap();
        assert!(!told.into_caller().unwrap().may("prices.write"));
    }

    async fn an_app_gives_its_own_tokens_back(engine) {
        let house = House::new(engine).await;
        let (introspection, client) = (house.issuer.introspection(), house.client());
        let (shop, _) = client_of(&house, "pshop").await;
        let (fleet, _) = client_of(&house, "mextrack").await;
        let (me, value) = with_cookie(&house, "manager@example.com", "pshop").await;
        let (_, key) = make(&house, &me, "pshop", &["inventory.read"]).await;
        let one = tokens(sign_in(&house, "manager@example.com", "pshop", Keep::Tokens).await);
        let two = tokens(sign_in(&house, "manager@example.com", "pshop", Keep::Tokens).await);
        let ends = [
            (value.as_str(), value.as_str()),
            (one.access_token.expose_secret(), one.refresh_token.expose_secret()),
            (two.refresh_token.expose_secret(), two.access_token.expose_secret()),
            (key.expose_secret(), key.expose_secret()),
        ];
        for (token, dies) in ends {
            introspection.revoke(&fleet, token, &client).await.unwrap();
            assert!(introspection.introspect(&shop, dies).await.unwrap().active, "another app ends nothing");
            introspection.revoke(&shop, token, &client).await.unwrap();
            assert!(!introspection.introspect(&shop, dies).await.unwrap().active);
            introspection.revoke(&shop, token, &client).await.expect("ending it twice is no mistake");
        }
        for junk in ["", "a.b.c", "ses_", "key_", "\0"] {
            introspection.revoke(&shop, junk, &client).await.expect("what is not known is as good as ended");
        }
        let ended = "SELECT count(*) FROM audit_log WHERE action = 'token.revoke'";
        assert_eq!(number(house.fleet.database("core").await.read(), ended).await, 4);
    }
}
