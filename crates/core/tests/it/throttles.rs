//! How often something may be tried.

use std::time::Duration;

use atriz_core::{AuthError, Client, DEMO_PASSWORD};
use atriz_testing::{Engine, both_engines, execute};

use crate::people::{PASSWORD, at, count, enter, hashes, run_sql, sign_up, words};
use crate::support::House;

const WRONG: &str = "wrong password of no account";

/// Tries from many places at once. How many were looked at.
async fn storm(house: &House, tries: u16, client: impl Fn(u16) -> Client) -> u64 {
    let before = hashes(house);
    let tasks: Vec<_> = (0..tries)
        .map(|number| {
            let (sessions, client) = (house.issuer.sessions().clone(), client(number));
            let attempt = atriz_core::SignIn {
                email: "member@example.com".to_owned(),
                password: WRONG.into(),
                code: None,
                app: "atriz".to_owned(),
                keep: atriz_core::Keep::Cookie,
            };
            tokio::spawn(async move { sessions.sign_in(attempt, &client).await })
        })
        .collect();
    for task in tasks {
        assert!(task.await.unwrap().is_err());
    }
    hashes(house) - before
}

both_engines! {
    async fn of_any_number_of_tries_at_once_few_are_looked_at(engine) {
        let house = House::new(engine).await;
        let looked_at = storm(&house, 200, at).await;
        assert!((1..=2).contains(&looked_at), "{looked_at}");
        let fails = words(&house, "SELECT CAST(fails AS text) FROM throttles WHERE kind = 'account'").await;
        assert_eq!(fails, ["2"], "what was refused is not counted");
        for kind in ["sign_in_ip", "sign_in_pair"] {
            let sum = count(&house, &format!("SELECT CAST(sum(fails) AS bigint) FROM throttles WHERE kind = '{kind}'")).await;
            assert_eq!(sum, 2, "{kind}: what was counted before one of them was refused is given back");
        }
    }

    async fn an_address_has_its_share(engine) {
        let house = House::new(engine).await;
        let mut refused = 0;
        for number in 0..12 {
            let email = format!("nobody{number}@example.com");
            if let Err(AuthError::Throttled { retry_after }) = enter(&house, &email, WRONG, None, &at(1)).await {
                assert!(retry_after <= Duration::from_mins(1));
                refused += 1;
            }
        }
        assert_eq!(refused, 2);
        assert!(matches!(enter(&house, "member@example.com", WRONG, None, &at(2)).await, Err(AuthError::Credentials)));
        house.fleet.clock.advance(Duration::from_secs(61));
        enter(&house, "member@example.com", DEMO_PASSWORD, None, &at(1)).await.unwrap();
        // New accounts: three an hour.
        for number in 0..4 {
            let done = sign_up(&house, &format!("a{number}@new.example"), PASSWORD, &at(3)).await;
            assert_eq!(matches!(done, Err(AuthError::Throttled { .. })), number == 3, "{number}: {done:?}");
        }
    }

    async fn who_is_refused_waits_for_nobody(engine) {
        let house = House::new(engine).await;
        assert!(matches!(enter(&house, "member@example.com", WRONG, None, &at(1)).await, Err(AuthError::Credentials)));
        run_sql(&house, "UPDATE throttles SET fails = 10 WHERE kind = 'sign_in_ip'").await;
        // Somebody writes all counts and does not come to an end.
        let writer = house.fleet.session("core").await;
        let begin = if engine == Engine::Sqlite { "BEGIN IMMEDIATE" } else { "BEGIN" };
        for statement in [begin, "UPDATE throttles SET updated_at = updated_at"] {
            execute(&writer.connection, statement).await.unwrap();
        }
        let here = at(1);
        let refused = enter(&house, "member@example.com", DEMO_PASSWORD, None, &here);
        let refused = tokio::time::timeout(Duration::from_secs(4), refused).await.expect("it waits");
        assert!(matches!(refused, Err(AuthError::Throttled { .. })), "{refused:?}");
        execute(&writer.connection, "ROLLBACK").await.unwrap();
        writer.close().await;
    }

    async fn an_account_gets_slower_and_never_shut(engine) {
        let house = House::new(engine).await;
        let mut waits = Vec::new();
        for number in 0..12_u16 {
            let mut waited = 0;
            loop {
                match enter(&house, "member@example.com", WRONG, None, &at(number)).await {
                    Err(AuthError::Throttled { retry_after }) => {
                        waited += retry_after.as_secs();
                        house.fleet.clock.advance(retry_after);
                    }
                    Err(AuthError::Credentials) => break,
                    other => panic!("{other:?}"),
                }
            }
            waits.push(waited);
        }
        assert_eq!(waits, [0, 0, 1, 3, 3, 3, 3, 3, 3, 5, 5, 5]);
        house.fleet.clock.advance(Duration::from_secs(5));
        enter(&house, "member@example.com", DEMO_PASSWORD, None, &at(50)).await.unwrap();
        let fails = words(&house, "SELECT CAST(fails AS text) FROM throttles WHERE kind = 'account'").await;
        assert_eq!(fails, ["0"], "a right password begins anew");
        // After a hundred it rests until the day is over.
        run_sql(&house, "UPDATE throttles SET fails = 100 WHERE kind = 'account'").await;
        house.fleet.clock.advance(Duration::from_hours(1));
        match enter(&house, "member@example.com", DEMO_PASSWORD, None, &at(51)).await {
            Err(AuthError::Throttled { retry_after }) => assert!(retry_after > Duration::from_hours(22)),
            other => panic!("{other:?}"),
        }
        house.fleet.clock.advance(Duration::from_hours(23));
        enter(&house, "member@example.com", DEMO_PASSWORD, None, &at(52)).await.unwrap();
    }

    async fn nobody_is_locked_out_of_a_place_they_are_known_from(engine) {
        let house = House::new(engine).await;
        enter(&house, "member@example.com", DEMO_PASSWORD, None, &at(1)).await.unwrap();
        run_sql(&house, "UPDATE throttles SET fails = 99 WHERE kind = 'account'").await;
        storm(&house, 20, |number| at(100 + number)).await;
        let elsewhere = enter(&house, "member@example.com", DEMO_PASSWORD, None, &at(2)).await;
        assert!(matches!(elsewhere, Err(AuthError::Throttled { .. })));
        for _ in 0..3 {
            enter(&house, "member@example.com", DEMO_PASSWORD, None, &at(1)).await.unwrap();
        }
        // A new password is always within reach.
        house.issuer.accounts().forgot_password("member@example.com", &at(2)).await.unwrap();
        assert_eq!(count(&house, "SELECT count(*) FROM messages WHERE template = 'reset_password'").await, 1);
        // After thirty days without them the place is one like any other.
        house.fleet.clock.advance(Duration::from_hours(721));
        assert!(matches!(enter(&house, "member@example.com", WRONG, None, &at(2)).await, Err(AuthError::Credentials)));
        run_sql(&house, "UPDATE throttles SET fails = 100 WHERE kind = 'account'").await;
        let long_ago = enter(&house, "member@example.com", DEMO_PASSWORD, None, &at(1)).await;
        assert!(matches!(long_ago, Err(AuthError::Throttled { .. })));
    }

    async fn no_address_stands_in_the_table(engine) {
        let house = House::new(engine).await;
        let _ = enter(&house, "member@example.com", WRONG, None, &at(1)).await;
        let lengths = words(&house, "SELECT DISTINCT CAST(length(key_hash) AS text) FROM throttles").await;
        assert_eq!(lengths, ["32"]);
        let kinds = words(&house, "SELECT kind FROM throttles ORDER BY kind").await;
        assert_eq!(kinds, ["account", "sign_in_ip", "sign_in_pair"]);
    }
}
