//! Proving a telephone number.

use std::time::Duration;

use atriz_core::AuthError;
use atriz_testing::both_engines;

use super::session;
use crate::people::{Post, at, count, secret, words};
use crate::support::House;

const NUMBER: &str = "+49 30 1234567";
const WRITTEN: &str = "+49301234567";

both_engines! {
    async fn the_newest_code_proves_the_number_once(engine) {
        let house = House::with(engine, |settings| settings.sms_countries = vec!["49".to_owned()]).await;
        let (accounts, post) = (house.issuer.accounts(), Post::of(&house));
        let me = session(&house, "member@example.com").await;
        let abroad = accounts.set_phone(&me, "+43 1 2345678", &at(1)).await;
        assert!(matches!(abroad, Err(AuthError::Unacceptable { field: "phone", .. })));
        accounts.set_phone(&me, NUMBER, &at(1)).await.unwrap();
        let old = post.one(WRITTEN).await.code();
        assert!(matches!(accounts.set_phone(&me, NUMBER, &at(1)).await, Err(AuthError::Throttled { .. })));
        house.fleet.clock.advance(Duration::from_mins(1));
        accounts.set_phone(&me, NUMBER, &at(1)).await.unwrap();
        let new = post.one(WRITTEN).await.code();
        if old != new {
            assert!(matches!(accounts.verify_phone(&me, &secret(old), &at(1)).await, Err(AuthError::InvalidSecret)));
        }
        accounts.verify_phone(&me, &secret(new.clone()), &at(1)).await.unwrap();
        assert!(matches!(accounts.verify_phone(&me, &secret(new), &at(1)).await, Err(AuthError::InvalidSecret)));
        assert_eq!(accounts.profile(&me).await.unwrap().phone.as_deref(), Some(WRITTEN));
        // Somebody else who holds the telephone later.
        let other = session(&house, "buyer@example.com").await;
        accounts.set_phone(&other, NUMBER, &at(2)).await.unwrap();
        let code = post.one(WRITTEN).await.code();
        assert!(matches!(accounts.verify_phone(&other, &secret(code), &at(2)).await, Err(AuthError::Conflict(_))));
        accounts.remove_phone(&me, &at(1)).await.unwrap();
        assert_eq!(accounts.profile(&me).await.unwrap().phone, None);
        // Nobody is told of a number that is gone already.
        accounts.remove_phone(&me, &at(1)).await.unwrap();
        assert_eq!(count(&house, "SELECT count(*) FROM audit_log WHERE action = 'phone_remove'").await, 1);
    }

    async fn codes_end_and_numbers_have_their_share(engine) {
        let house = House::with(engine, |settings| settings.sms_countries = vec!["49".to_owned()]).await;
        let (accounts, post) = (house.issuer.accounts(), Post::of(&house));
        let me = session(&house, "member@example.com").await;
        for _ in 0..5 {
            accounts.set_phone(&me, NUMBER, &at(1)).await.unwrap();
            house.fleet.clock.advance(Duration::from_secs(61));
        }
        let sixth = accounts.set_phone(&me, NUMBER, &at(1)).await;
        assert!(matches!(sixth, Err(AuthError::Throttled { retry_after }) if retry_after > Duration::from_hours(1)));
        let last = post.take(WRITTEN).await.pop().unwrap().code();
        house.fleet.clock.advance(Duration::from_mins(5));
        assert!(matches!(accounts.verify_phone(&me, &secret(last), &at(1)).await, Err(AuthError::InvalidSecret)));
        let nowhere = House::new(engine).await;
        let me = session(&nowhere, "member@example.com").await;
        assert!(nowhere.issuer.accounts().set_phone(&me, NUMBER, &at(1)).await.is_err(), "no country unless it is named");
    }

    async fn of_any_number_of_guesses_five_are_looked_at(engine) {
        let house = House::with(engine, |settings| settings.sms_countries = vec!["49".to_owned()]).await;
        let (accounts, post) = (house.issuer.accounts(), Post::of(&house));
        let me = session(&house, "member@example.com").await;
        accounts.set_phone(&me, NUMBER, &at(1)).await.unwrap();
        let code = post.one(WRITTEN).await.code();
        let wrong = if code == "000000" { "000001" } else { "000000" };
        assert_eq!(guess_at_once(&house, &me, wrong).await, 0);
        assert_eq!(words(&house, "SELECT CAST(attempts AS text) FROM phone_verifications").await, ["5"]);
        let failed = "SELECT count(*) FROM audit_log WHERE action = 'phone_verify' AND outcome = 'failure'";
        assert_eq!(count(&house, failed).await, 5);
        assert!(accounts.verify_phone(&me, &secret(code), &at(1)).await.is_err(), "the right one comes too late");
        house.fleet.clock.advance(Duration::from_secs(61));
        accounts.set_phone(&me, NUMBER, &at(1)).await.unwrap();
        let code = post.one(WRITTEN).await.code();
        assert_eq!(guess_at_once(&house, &me, &code).await, 1);
    }
}

/// Sixty-four guesses at once. How many were right.
async fn guess_at_once(house: &House, me: &atriz_core::Caller, code: &str) -> usize {
    let tasks: Vec<_> = (0..64)
        .map(|_| {
            let (accounts, me, code) = (house.issuer.accounts().clone(), me.clone(), secret(code));
            tokio::spawn(async move {
                match accounts.verify_phone(&me, &code, &at(1)).await {
                    Ok(()) => true,
                    Err(AuthError::InvalidSecret) => false,
                    Err(other) => panic!("{other}"),
                }
            })
        })
        .collect();
    let mut right = 0;
    for task in tasks {
        right += usize::from(task.await.unwrap());
    }
    right
}
