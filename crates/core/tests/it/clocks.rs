//! A machine whose clock is wrong.

use std::time::Duration;

use atriz_core::{AuthError, DEMO_PASSWORD, Issuer, Keep};
use atriz_testing::{FixedClock, both_engines};
use secrecy::ExposeSecret as _;

use crate::people::{PASSWORD, at, count, enter, run_sql};
use crate::second_factor::{shown, with_app};
use crate::sessions::{sign_in, tokens};
use crate::support::House;

const YEAR: Duration = Duration::from_hours(24 * 365);

both_engines! {
    async fn one_that_is_a_year_behind_opens_nothing(engine) {
        let house = House::new(engine).await;
        let (email, here) = ("member@example.com", at(1));
        let (_, _, seed, codes) = with_app(&house, email).await;
        let wrong = enter(&house, email, DEMO_PASSWORD, Some("1234567"), &here).await;
        assert!(matches!(wrong, Err(AuthError::Credentials)), "{wrong:?}");
        run_sql(&house, "UPDATE throttles SET fails = 100 WHERE kind = 'codes'").await;
        house.fleet.clock.set_back(YEAR);
        for swept in [false, true] {
            if swept {
                house.issuer.sweep().await.unwrap();
            }
            let stopped = enter(&house, email, DEMO_PASSWORD, Some(&shown(&house, &seed)), &here).await;
            assert!(matches!(stopped, Err(AuthError::CodesStopped)), "{stopped:?}");
        }
        house.fleet.clock.advance(YEAR);
        house.fleet.clock.advance(Duration::from_mins(1));
        let stopped = enter(&house, email, DEMO_PASSWORD, Some(&shown(&house, &seed)), &here).await;
        assert!(matches!(stopped, Err(AuthError::CodesStopped)), "{stopped:?}");
        enter(&house, email, DEMO_PASSWORD, Some(codes.0[0].expose_secret()), &here).await.unwrap();
    }

    async fn an_issuer_does_not_start_by_one_that_was_never_set(engine) {
        let house = House::new(engine).await;
        let settings = std::sync::Arc::new(house.issuer.settings().clone());
        for (time, starts) in [("1970-01-01T00:00:12Z", false), ("2024-12-31T23:59:59Z", false), ("2026-02-01T12:00:00Z", true)] {
            let clock = std::sync::Arc::new(FixedClock::at(time));
            let opened = Issuer::open(house.fleet.database("core").await, clock, settings.clone()).await;
            match opened {
                Ok(_) => assert!(starts, "{time}"),
                Err(error) => assert!(!starts && error.to_string().contains("the clock of this machine"), "{time}: {error}"),
            }
        }
    }

    async fn one_that_was_a_year_ahead_shuts_nobody_out(engine) {
        let house = House::new(engine).await;
        let (email, here) = ("member@example.com", at(1));
        let (_, _, seed, _) = with_app(&house, email).await;
        let before = tokens(sign_in(&house, "buyer@example.com", "atriz", Keep::Tokens).await);
        house.fleet.clock.advance(YEAR);
        for _ in 0..2 {
            assert!(matches!(enter(&house, email, PASSWORD, None, &here).await, Err(AuthError::Credentials)));
        }
        let waits = enter(&house, email, PASSWORD, None, &here).await;
        assert!(matches!(waits, Err(AuthError::Throttled { .. })), "{waits:?}");
        house.fleet.clock.advance(Duration::from_secs(30));
        enter(&house, email, DEMO_PASSWORD, Some(&shown(&house, &seed)), &here).await.unwrap();
        let ahead = tokens(sign_in(&house, "manager@example.com", "atriz", Keep::Tokens).await);
        for _ in 0..2 {
            assert!(matches!(enter(&house, email, PASSWORD, None, &here).await, Err(AuthError::Credentials)));
        }
        house.fleet.clock.set_back(YEAR);
        // Neither the wait nor the step of the app stands in the way.
        enter(&house, email, DEMO_PASSWORD, Some(&shown(&house, &seed)), &here).await.unwrap();
        let twice = enter(&house, email, DEMO_PASSWORD, Some(&shown(&house, &seed)), &here).await;
        assert!(matches!(twice, Err(AuthError::Credentials)), "a code works once: {twice:?}");
        for pair in [before, ahead] {
            house.issuer.sessions().refresh(pair.refresh_token.expose_secret(), &here).await.unwrap();
        }
        house.issuer.sweep().await.unwrap();
        let ahead = "SELECT count(*) FROM throttles WHERE window_start > '2026-06-01T00:00:00Z' AND kind <> 'codes'";
        assert_eq!(count(&house, ahead).await, 0);
    }
}
