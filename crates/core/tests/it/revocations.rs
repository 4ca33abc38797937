//! The feed of revocations: nothing is missed, however many write at once.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use atriz_core::{Issuer, Revocation};
use atriz_testing::{both_engines, number};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::support::House;

const EMAIL: &str = "member@example.com";

/// Reads the feed as a verifier does: behind the last one it knows, again and again.
async fn follow(issuer: Issuer, stop: Arc<AtomicBool>) -> Vec<Revocation> {
    let mut read: Vec<Revocation> = Vec::new();
    loop {
        let last_time = stop.load(Ordering::Acquire);
        let after = read.last().map_or(0, |one| one.seq);
        read.extend(issuer.revocations(after).await.unwrap().revocations);
        if last_time {
            return read;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

both_engines! {
    async fn who_follows_the_feed_misses_nothing(engine) {
        let house = Arc::new(House::new(engine).await);
        let other = house.another().await;
        let mut callers = Vec::new();
        for _ in 0..8 {
            callers.push(house.caller(EMAIL, "pshop").await);
        }
        let mut ended = BTreeSet::new();
        let stop = Arc::new(AtomicBool::new(false));
        let followers: Vec<_> = (0..4)
            .map(|index| {
                let issuer = if index % 2 == 0 { house.issuer.clone() } else { other.clone() };
                tokio::spawn(follow(issuer, Arc::clone(&stop)))
            })
            .collect();
        let mut tasks = JoinSet::new();
        for (index, caller) in callers.into_iter().enumerate() {
            ended.insert(caller.session.unwrap());
            let issuer = if index % 2 == 0 { house.issuer.clone() } else { other.clone() };
            let client = house.client();
            tasks.spawn(async move { issuer.sessions().sign_out(&caller, &client).await.unwrap() });
        }
        tasks.join_all().await;
        stop.store(true, Ordering::Release);
        for follower in followers {
            let read = follower.await.unwrap();
            assert!(read.windows(2).all(|pair| pair[0].seq + 1 == pair[1].seq), "{read:?}");
            let sessions: BTreeSet<Uuid> = read.iter().filter_map(|one| one.session_id).collect();
            assert!(sessions.is_superset(&ended), "{} of {}", sessions.len(), ended.len());
        }
    }

    async fn a_change_of_many_roles_is_told_in_order(engine) {
        let house = Arc::new(House::new(engine).await);
        let admin = house.caller("admin@example.com", "atriz").await;
        let user = house.caller(EMAIL, "pshop").await.user.unwrap();
        let mut tasks = JoinSet::new();
        for _ in 0..32 {
            let (house, admin) = (Arc::clone(&house), admin.clone());
            tasks.spawn(async move {
                house.issuer.roles().grant(&admin, user, "pshop.cashier", None, &house.client()).await.unwrap();
            });
        }
        tasks.join_all().await;
        let told = house.issuer.revocations(0).await.unwrap();
        let epochs: Vec<i64> = told.revocations.iter().filter(|one| one.user_id == Some(user.0)).filter_map(|one| one.epoch).collect();
        assert_eq!(epochs.len(), 32);
        assert!(epochs.windows(2).all(|pair| pair[0] < pair[1]), "{epochs:?}");
        let database = house.fleet.database("core").await;
        let now = "SELECT token_epoch FROM users WHERE email_norm = 'member@example.com'";
        assert_eq!(epochs.last().copied(), Some(number(database.read(), now).await));
    }
}
