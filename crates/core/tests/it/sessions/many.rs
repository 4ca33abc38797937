//! Sessions without number.

use std::time::Duration;

use atriz_core::{AuthError, Keep};
use atriz_testing::{Engine, both_engines, execute};
use secrecy::ExposeSecret as _;

use super::{count, sign_in, to, tokens, with_cookie};
use crate::support::House;

both_engines! {
    async fn one_too_many_ends_the_oldest(engine) {
        let house = House::new(engine).await;
        let (sessions, client) = (house.issuer.sessions(), house.client());
        let (portal, value) = with_cookie(&house, "member@example.com", "atriz").await;
        let elsewhere = tokens(sign_in(&house, "member@example.com", "mextrack", Keep::Tokens).await);
        let mut made = Vec::new();
        for _ in 0..101 {
            house.fleet.clock.advance(Duration::from_millis(1));
            made.push(tokens(sessions.exchange(&portal, to("pshop", Keep::Tokens), &client).await.unwrap()));
        }
        assert_eq!(sessions.list(&portal).await.unwrap().len(), 102);
        assert_eq!(count(&house, "SELECT count(*) FROM sessions WHERE reason = 'too_many'").await, 1);
        let oldest = sessions.refresh(made[0].refresh_token.expose_secret(), &client).await;
        assert!(matches!(oldest, Err(AuthError::InvalidGrant)), "{oldest:?}");
        let refused = house.verifier().bearer(made[0].access_token.expose_secret(), "pshop").await;
        assert!(matches!(refused, Err(AuthError::InvalidToken)), "{refused:?}");
        for pair in [&made[1], &made[100], &elsewhere] {
            sessions.refresh(pair.refresh_token.expose_secret(), &client).await.unwrap();
        }
        house.fleet.clock.advance(Duration::from_millis(1));
        tokens(sign_in(&house, "member@example.com", "pshop", Keep::Tokens).await);
        let next = sessions.refresh(made[1].refresh_token.expose_secret(), &client).await;
        assert!(matches!(next, Err(AuthError::InvalidGrant)), "a sign-in makes room as well: {next:?}");
        sessions.by_cookie(&value, "atriz").await.unwrap();
        // Those who come at once do not overlook each other.
        let at_once = (0..32).map(|_| sessions.exchange(&portal, to("pshop", Keep::Tokens), &client));
        assert!(futures_util::future::join_all(at_once).await.iter().all(Result::is_ok));
        let open = "SELECT count(*) FROM sessions WHERE revoked_at IS NULL AND parent_id IS NOT NULL";
        let own = "SELECT count(*) FROM sessions WHERE revoked_at IS NULL";
        assert!(count(&house, open).await <= 100);
        assert_eq!(count(&house, own).await, 102, "a hundred at pshop, the portal and elsewhere");
    }

    async fn any_number_of_them_can_be_ended(engine) {
        let house = House::new(engine).await;
        let (sessions, client) = (house.issuer.sessions(), house.client());
        let (me, value) = with_cookie(&house, "member@example.com", "atriz").await;
        // More than one statement takes values, on either engine.
        let (id, numbers) = match engine {
            Engine::Postgres => ("gen_random_uuid()", "generate_series(1, 70000)"),
            Engine::Sqlite => (
                "randomblob(16)",
                "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 70000) SELECT i FROM n)",
            ),
        };
        let same = "user_id, app_id, rt_counter, rt_replays, auth_time, amr, acr, last_seen_at, idle_expires_at, \
            absolute_expires_at, created_at";
        // One that keeps tokens has no cookie.
        let copy = format!(
            "INSERT INTO sessions (id, parent_id, rt_key_id, {same}) SELECT {id}, id, 'k', {same} FROM sessions, {numbers}"
        );
        let owner = house.fleet.session("core").await;
        execute(&owner.connection, &copy).await.unwrap();
        owner.close().await;
        assert_eq!(sessions.sign_out_everywhere(&me, &client).await.unwrap(), 70_001);
        let refused = sessions.by_cookie(&value, "atriz").await;
        assert!(matches!(refused, Err(AuthError::InvalidToken)), "{refused:?}");
        assert_eq!(count(&house, "SELECT count(*) FROM revocations").await, 1);
    }
}
