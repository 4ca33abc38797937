//! Beginning, deriving and ending sessions at the same time.

use std::sync::Arc;

use atriz_core::{DEMO_PASSWORD, Keep};
use atriz_testing::both_engines;
use secrecy::ExposeSecret as _;
use tokio::task::JoinSet;

use super::{admin, count, sign_in, to, tokens, try_in, with_cookie};
use crate::support::House;

const OPEN: &str = "SELECT count(*) FROM sessions s JOIN users u ON u.id = s.user_id \
                    WHERE s.revoked_at IS NULL AND u.email = 'member@example.com'";

both_engines! {
    async fn ending_and_deriving_at_once_leaves_nothing_open(engine) {
        let house = Arc::new(House::new(engine).await);
        for round in 0..6 {
            let (me, _) = with_cookie(&house, "member@example.com", "atriz").await;
            let mut tasks = JoinSet::new();
            for _ in 0..16 {
                let (house, me) = (Arc::clone(&house), me.clone());
                tasks.spawn(async move {
                    let _ = house.issuer.sessions().exchange(&me, to("pshop", Keep::Tokens), &house.client()).await;
                });
            }
            if round % 2 == 0 {
                house.issuer.sessions().sign_out(&me, &house.client()).await.unwrap();
            } else {
                house.issuer.sessions().sign_out_everywhere(&me, &house.client()).await.unwrap();
            }
            while tasks.join_next().await.is_some() {}
            assert_eq!(count(&house, OPEN).await, 0, "round {round}");
        }
    }

    async fn who_is_shut_out_does_not_slip_in(engine) {
        let house = Arc::new(House::new(engine).await);
        let admin = admin(&house).await;
        let member = sign_in(&house, "member@example.com", "atriz", Keep::Tokens).await.user;
        for round in 0..4 {
            let mut tasks = JoinSet::new();
            for _ in 0..6 {
                let house = Arc::clone(&house);
                tasks.spawn(async move {
                    let _ = try_in(&house, "member@example.com", DEMO_PASSWORD, "atriz", Keep::Tokens).await;
                });
            }
            tokio::time::sleep(std::time::Duration::from_millis(20 * round)).await;
            house.issuer.accounts().disable(&admin, member, &house.client()).await.unwrap();
            while tasks.join_next().await.is_some() {}
            assert_eq!(count(&house, OPEN).await, 0, "round {round}");
            house.issuer.accounts().enable(&admin, member, &house.client()).await.unwrap();
        }
    }

    async fn no_token_that_lasts_has_a_role_that_was_taken(engine) {
        let house = Arc::new(House::new(engine).await);
        let admin = admin(&house).await;
        let (me, _) = with_cookie(&house, "member@example.com", "atriz").await;
        let member = me.user.unwrap();
        let roles = house.issuer.roles();
        for round in 0..6 {
            roles.grant(&admin, member, "pshop.cashier", None, &house.client()).await.unwrap();
            let mut tasks = JoinSet::new();
            for number in 0..16 {
                let (house, me) = (Arc::clone(&house), me.clone());
                tasks.spawn(async move {
                    if number % 4 == 0 {
                        try_in(&house, "member@example.com", DEMO_PASSWORD, "pshop", Keep::Tokens).await
                    } else {
                        tokio::time::sleep(std::time::Duration::from_millis(number)).await;
                        house.issuer.sessions().exchange(&me, to("pshop", Keep::Tokens), &house.client()).await
                    }
                });
            }
            tokio::time::sleep(std::time::Duration::from_millis(8 * round)).await;
            roles.revoke(&admin, member, "pshop.cashier", &house.client()).await.unwrap();
            let (mut refused, mut good) = (0, 0);
            while let Some(signed) = tasks.join_next().await {
                let Ok(signed) = signed.unwrap() else { continue };
                let pair = tokens(signed);
                match house.verifier().bearer(pair.access_token.expose_secret(), "pshop").await {
                    Ok(caller) => {
                        assert!(!caller.may("sales.create"), "round {round}");
                        good += 1;
                    }
                    Err(_) => refused += 1,
                }
            }
            assert!(refused + good > 0, "round {round}: nobody got in");
        }
    }
}
