//! What administrators do, and how the first one comes.

use std::time::Duration;

use atriz_core::{AccountFilter, AuthError, DEMO_PASSWORD, Invitation, NewKey};
use atriz_kernel::Clock as _;
use atriz_testing::both_engines;
use secrecy::ExposeSecret as _;

use super::session;
use crate::people::{OTHER, PASSWORD, Post, at, caller, count, enter, run_sql, secret};
use crate::support::House;

const NO_ADMIN: &str = "DELETE FROM user_roles WHERE role_id IN (SELECT id FROM roles WHERE code = 'admin')";

both_engines! {
    async fn accounts_are_shut_opened_and_reset(engine) {
        let house = House::new(engine).await;
        let (accounts, post) = (house.issuer.accounts(), Post::of(&house));
        let admin = session(&house, "admin@example.com").await;
        let member = session(&house, "member@example.com").await;
        let user = member.user.unwrap();
        for refused in [
            accounts.disable(&member, admin.user.unwrap(), &at(1)).await,
            accounts.enable(&member, user, &at(1)).await,
            accounts.start_reset(&member, user, &at(1)).await,
            accounts.get(&member, user).await.map(drop),
            accounts.list(&member, &AccountFilter::default()).await.map(drop),
        ] {
            assert!(matches!(refused, Err(AuthError::Forbidden(_))));
        }
        assert!(matches!(accounts.disable(&admin, admin.user.unwrap(), &at(1)).await, Err(AuthError::Conflict(_))));
        accounts.start_reset(&admin, user, &at(1)).await.unwrap();
        let link = post.one("member@example.com").await.token();
        accounts.disable(&admin, user, &at(1)).await.unwrap();
        assert!(house.issuer.sessions().fresh(&member).await.is_err());
        let reset = accounts.reset_password(&link, &secret(PASSWORD), &at(2)).await;
        assert!(matches!(reset, Err(AuthError::InvalidSecret)), "no link opens a shut account");
        assert!(matches!(enter(&house, "member@example.com", DEMO_PASSWORD, None, &at(3)).await, Err(AuthError::AccountDisabled)));
        accounts.enable(&admin, user, &at(1)).await.unwrap();
        assert!(matches!(accounts.enable(&admin, user, &at(1)).await, Err(AuthError::Conflict(_))));
        house.fleet.clock.advance(Duration::from_mins(1));
        caller(&house, "member@example.com", DEMO_PASSWORD, &at(4)).await;
        let deactivated = accounts.deactivate(&admin, &secret(DEMO_PASSWORD), &at(5)).await;
        assert!(matches!(deactivated, Err(AuthError::Conflict(_))), "somebody has to be left: {deactivated:?}");
    }

    /// An account may have been shut because of a key that somebody copied.
    async fn no_key_opens_with_the_account(engine) {
        let house = House::new(engine).await;
        let accounts = house.issuer.accounts();
        let admin = session(&house, "admin@example.com").await;
        for (email, by_themselves) in [("member@example.com", true), ("buyer@example.com", false)] {
            let person = session(&house, email).await;
            let permissions = vec!["account.read".to_owned()];
            let wanted = NewKey { name: "all".to_owned(), app: "atriz".to_owned(), permissions, expires_at: None };
            let (_, key) = house.issuer.api_keys().create(&person, wanted, &at(1)).await.unwrap();
            house.issuer.api_keys().verify(key.expose_secret(), "atriz").await.unwrap();
            if by_themselves {
                accounts.deactivate(&person, &secret(DEMO_PASSWORD), &at(1)).await.unwrap();
            } else {
                accounts.disable(&admin, person.user.unwrap(), &at(1)).await.unwrap();
            }
            accounts.enable(&admin, person.user.unwrap(), &at(1)).await.unwrap();
            let opened = house.issuer.api_keys().verify(key.expose_secret(), "atriz").await;
            assert!(matches!(opened, Err(AuthError::InvalidToken)), "{email}: {opened:?}");
        }
    }

    async fn no_key_is_made_beside_the_end_of_the_account(engine) {
        let house = House::new(engine).await;
        let (accounts, keys) = (house.issuer.accounts(), house.issuer.api_keys());
        let admin = session(&house, "admin@example.com").await;
        let mut made = 0;
        for round in 0..12 {
            house.fleet.clock.advance(Duration::from_mins(1));
            let person = session(&house, "buyer@example.com").await;
            let permissions = vec!["account.read".to_owned()];
            let wanted = NewKey { name: "all".to_owned(), app: "atriz".to_owned(), permissions, expires_at: None };
            let make = || async {
                match keys.create(&person, wanted.clone(), &at(1)).await {
                    Ok(_) => 1,
                    Err(AuthError::InvalidToken) => 0,
                    Err(other) => panic!("{round}: {other}"),
                }
            };
            let (user, elsewhere) = (person.user.unwrap(), at(2));
            // Later each time, so that whoever makes a key comes first in some of the rounds.
            let shut = async {
                tokio::time::sleep(Duration::from_millis(4 * round)).await;
                accounts.disable(&admin, user, &elsewhere).await
            };
            let (one, shut, two, three) = tokio::join!(make(), shut, make(), make());
            shut.unwrap();
            made += one + two + three;
            accounts.enable(&admin, user, &elsewhere).await.unwrap();
            assert_eq!(count(&house, "SELECT count(*) FROM api_keys WHERE revoked_at IS NULL").await, 0, "{round}");
        }
        assert!(made > 0, "some came before");
    }

    /// One whose role has an end is no reason for another one to leave: after it, nobody would be there.
    async fn an_administrator_without_an_end_stays(engine) {
        let house = House::new(engine).await;
        let (accounts, roles) = (house.issuer.accounts(), house.issuer.roles());
        let admin = session(&house, "admin@example.com").await;
        let (member, buyer) = (session(&house, "member@example.com").await, session(&house, "buyer@example.com").await);
        let (member_id, buyer_id) = (member.user.unwrap(), buyer.user.unwrap());
        let soon = house.fleet.clock.now() + Duration::from_hours(24);
        roles.grant(&admin, member_id, "admin", Some(soon), &at(1)).await.unwrap();
        let temporary = caller(&house, "member@example.com", DEMO_PASSWORD, &at(2)).await;
        let left = accounts.deactivate(&admin, &secret(DEMO_PASSWORD), &at(1)).await;
        assert!(matches!(left, Err(AuthError::Conflict(_))), "{left:?}");
        let shut = accounts.disable(&temporary, admin.user.unwrap(), &at(2)).await;
        assert!(matches!(shut, Err(AuthError::Conflict(_))), "{shut:?}");
        let taken = roles.revoke(&temporary, admin.user.unwrap(), "admin", &at(2)).await;
        assert!(matches!(taken, Err(AuthError::Conflict(_))), "{taken:?}");
        // With another one who stays, each of them may go; so may whoever has an end, who is not counted on.
        roles.grant(&admin, buyer_id, "admin", None, &at(1)).await.unwrap();
        accounts.disable(&admin, member_id, &at(1)).await.unwrap();
        accounts.deactivate(&admin, &secret(DEMO_PASSWORD), &at(1)).await.unwrap();
        let last = caller(&house, "buyer@example.com", DEMO_PASSWORD, &at(3)).await;
        let left = accounts.deactivate(&last, &secret(DEMO_PASSWORD), &at(3)).await;
        assert!(matches!(left, Err(AuthError::Conflict(_))), "{left:?}");
    }

    async fn lists_go_on_where_they_stopped(engine) {
        let house = House::new(engine).await;
        let admin = session(&house, "admin@example.com").await;
        let mut filter = AccountFilter { limit: 7, ..AccountFilter::default() };
        let mut all = Vec::new();
        loop {
            let page = house.issuer.accounts().list(&admin, &filter).await.unwrap();
            let Some(last) = page.last() else { break };
            filter.after = Some(last.email_norm.clone());
            all.extend(page.into_iter().map(|account| account.email_norm));
        }
        assert!(all.len() >= 20 && all.is_sorted(), "{all:?}");
        for (search, expected) in [("SELLER", 5), ("%", 0), ("_", 0), ("cashier2@", 1), ("store manager", 1)] {
            let filter = AccountFilter { search: Some(search.to_owned()), limit: 50, ..AccountFilter::default() };
            assert_eq!(house.issuer.accounts().list(&admin, &filter).await.unwrap().len(), expected, "{search}");
        }
    }

    async fn an_invitation_brings_its_roles(engine) {
        let house = House::new(engine).await;
        let (accounts, post) = (house.issuer.accounts(), Post::of(&house));
        let admin = session(&house, "admin@example.com").await;
        let invite = |email: &str, roles: &[&str]| Invitation {
            email: email.to_owned(),
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        };
        let support = session(&house, "support@example.com").await;
        let refused = accounts.invite(&support, invite("new@new.example", &["admin"]), &at(1)).await;
        assert!(matches!(refused, Err(AuthError::Forbidden(_))));
        let unknown = accounts.invite(&admin, invite("new@new.example", &["no.such_role"]), &at(1)).await;
        assert!(matches!(unknown, Err(AuthError::Unacceptable { field: "roles", .. })));
        let there = accounts.invite(&admin, invite("member@example.com", &[]), &at(1)).await;
        assert!(matches!(there, Err(AuthError::Conflict(_))));
        accounts.invite(&admin, invite("new@new.example", &["atriz.editor"]), &at(1)).await.unwrap();
        let link = post.one("new@new.example").await.token();
        let weak = accounts.accept_invitation(&link, "New", &secret("new@new.example new"), &at(2)).await;
        assert!(matches!(weak, Err(AuthError::Unacceptable { .. })), "the link stays good");
        accounts.accept_invitation(&link, "New", &secret(PASSWORD), &at(2)).await.unwrap();
        assert!(matches!(accounts.accept_invitation(&link, "New", &secret(OTHER), &at(2)).await, Err(AuthError::InvalidSecret)));
        let me = caller(&house, "new@new.example", PASSWORD, &at(3)).await;
        assert!(me.roles.contains(&"atriz.editor".to_owned()), "{:?}", me.roles);
        // What was promised by somebody who may not any more is not kept.
        accounts.invite(&admin, invite("late@new.example", &["atriz.editor"]), &at(1)).await.unwrap();
        let link = post.one("late@new.example").await.token();
        run_sql(&house, NO_ADMIN).await;
        accounts.accept_invitation(&link, "Late", &secret(PASSWORD), &at(2)).await.unwrap();
        let late = caller(&house, "late@new.example", PASSWORD, &at(4)).await;
        assert_eq!(late.roles, ["member"]);
        let told = "SELECT count(*) FROM audit_log WHERE action = 'invitation_accept' \
            AND REPLACE(CAST(detail AS text), ' ', '') LIKE '%\"refused\":[\"atriz.editor\"]%'";
        assert_eq!(count(&house, told).await, 1);
    }

    async fn there_is_one_first_administrator(engine) {
        let house = House::new(engine).await;
        let accounts = house.issuer.accounts();
        let second = accounts.create_first_admin("root@new.example", "Root", &secret(PASSWORD)).await;
        assert!(matches!(second, Err(AuthError::Conflict(_))));
        run_sql(&house, NO_ADMIN).await;
        let weak = accounts.create_first_admin("root@new.example", "Root", &secret("password12345678")).await;
        assert!(matches!(weak, Err(AuthError::Unacceptable { .. })));
        let tasks: Vec<_> = (0..8)
            .map(|number| {
                let accounts = accounts.clone();
                tokio::spawn(async move {
                    let email = format!("root{number}@new.example");
                    accounts.create_first_admin(&email, "Root", &secret(PASSWORD)).await.is_ok()
                })
            })
            .collect();
        let mut made = Vec::new();
        for (number, task) in tasks.into_iter().enumerate() {
            if task.await.unwrap() {
                made.push(number);
            }
        }
        assert_eq!(made.len(), 1);
        let me = caller(&house, &format!("root{}@new.example", made[0]), PASSWORD, &at(1)).await;
        assert!(me.may("users.disable") && me.may("roles.grant"));
    }
}
