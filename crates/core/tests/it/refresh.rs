//! Refresh tokens: races, replays, theft, and a session's whole life against a model of it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use atriz_core::{AuthError, Caller, Exchange, Keep, TokenPair};
use atriz_db::Database;
use atriz_testing::{Engine, both_engines, execute, number, texts};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::runtime::Handle;
use tokio::task::{JoinSet, block_in_place};

use crate::sessions::{admin, caller, sign_in, to, tokens};
use crate::support::House;

const MINUTE: Duration = Duration::from_mins(1);
const DAY: Duration = Duration::from_hours(24);

async fn refresh(house: &House, token: &str) -> Result<TokenPair, AuthError> {
    house.issuer.sessions().refresh(token, &house.client()).await
}

fn text(pair: &TokenPair) -> String {
    pair.refresh_token.expose_secret().to_owned()
}

/// The number of the refresh token that is valid now.
async fn counter(database: &Database, session: uuid::Uuid) -> i64 {
    let sql = match database.engine() {
        Engine::Postgres => format!("SELECT rt_counter FROM sessions WHERE id = '{session}'"),
        Engine::Sqlite => format!("SELECT rt_counter FROM sessions WHERE id = x'{}'", session.simple()),
    };
    number(database.read(), &sql).await
}

async fn revoked_reasons(house: &House) -> Vec<String> {
    let database = house.fleet.database("core").await;
    texts(database.read(), "SELECT reason FROM sessions WHERE revoked_at IS NOT NULL").await
}

both_engines! {
    async fn sixty_four_at_once_advance_it_once(engine) {
        let house = Arc::new(House::new(engine).await);
        let signed = sign_in(&house, "member@example.com", "atriz", Keep::Tokens).await;
        let session = signed.session;
        let mut current = text(&tokens(signed));
        let (database, verifier) = (house.fleet.database("core").await, house.verifier());
        for round in 1..=50 {
            let mut tasks = JoinSet::new();
            for _ in 0..64 {
                let (house, current) = (Arc::clone(&house), current.clone());
                tasks.spawn(async move { refresh(&house, &current).await });
            }
            let mut answers = Vec::new();
            while let Some(answer) = tasks.join_next().await {
                answers.push(answer.unwrap().expect("nobody is signed out by their own tabs"));
            }
            let next = text(&answers[0]);
            assert_ne!(next, current);
            assert!(answers.iter().all(|pair| text(pair) == next), "round {round}: the answers differ");
            assert_eq!(counter(&database, session).await, round, "one of them advanced it");
            for pair in answers.iter().step_by(21) {
                verifier.bearer(pair.access_token.expose_secret(), "atriz").await.expect("each token is good");
            }
            current = next;
        }
        assert_eq!(revoked_reasons(&house).await, Vec::<String>::new());
    }

    async fn a_lost_answer_is_given_again_for_a_minute(engine) {
        let house = House::new(engine).await;
        let first = text(&tokens(sign_in(&house, "member@example.com", "atriz", Keep::Tokens).await));
        let second = text(&refresh(&house, &first).await.unwrap());
        house.fleet.clock.advance(MINUTE);
        let again = refresh(&house, &first).await.unwrap();
        assert_eq!(text(&again), second);
        let third = text(&refresh(&house, &second).await.unwrap());
        assert_eq!(text(&refresh(&house, &second).await.unwrap()), third);
    }

    async fn a_stolen_token_ends_the_session_of_both(engine) {
        let house = House::new(engine).await;
        let signed = sign_in(&house, "member@example.com", "atriz", Keep::Tokens).await;
        let stolen = text(&tokens(signed));
        let mine = refresh(&house, &stolen).await.unwrap();
        house.fleet.clock.advance(MINUTE + Duration::from_secs(1));
        // The thief comes too late.
        assert!(matches!(refresh(&house, &stolen).await, Err(AuthError::InvalidGrant)));
        // The owner is out too, and hears of it.
        assert!(matches!(refresh(&house, &text(&mine)).await, Err(AuthError::InvalidGrant)));
        assert_eq!(revoked_reasons(&house).await, ["refresh_reused"]);
        let database = house.fleet.database("core").await;
        assert_eq!(number(database.read(), "SELECT count(*) FROM messages").await, 1);
        assert_eq!(number(database.read(), "SELECT count(*) FROM audit_log WHERE action = 'refresh.reused'").await, 1);
        assert_eq!(number(database.read(), "SELECT count(*) FROM revocations WHERE session_id IS NOT NULL").await, 1);
        // Showing it again tells nobody anything new.
        assert!(matches!(refresh(&house, &stolen).await, Err(AuthError::InvalidGrant)));
        assert_eq!(number(database.read(), "SELECT count(*) FROM messages").await, 1);
    }

    async fn a_key_that_is_not_in_use_any_more_makes_no_token(engine) {
        let house = House::new(engine).await;
        let signed = sign_in(&house, "member@example.com", "atriz", Keep::Tokens).await;
        let session = signed.session;
        let first = text(&refresh(&house, &text(&tokens(signed))).await.unwrap());
        let second = text(&refresh(&house, &first).await.unwrap());
        let database = house.fleet.database("core").await;
        let own = texts(database.read(), "SELECT rt_key_id FROM sessions").await;
        let owner = house.fleet.session("core").await;
        execute(&owner.connection, "UPDATE sessions SET rt_key_id = 'another'").await.unwrap();
        for token in [&second, &first] {
            assert!(matches!(refresh(&house, token).await, Err(AuthError::InvalidGrant)));
        }
        assert_eq!(counter(&database, session).await, 2);
        assert_eq!(revoked_reasons(&house).await, Vec::<String>::new());
        execute(&owner.connection, &format!("UPDATE sessions SET rt_key_id = '{}'", own[0])).await.unwrap();
        refresh(&house, &second).await.unwrap();
    }

    async fn two_generations_back_is_theft_at_once(engine) {
        let house = House::new(engine).await;
        let first = text(&tokens(sign_in(&house, "member@example.com", "atriz", Keep::Tokens).await));
        let second = text(&refresh(&house, &first).await.unwrap());
        let third = text(&refresh(&house, &second).await.unwrap());
        assert!(matches!(refresh(&house, &first).await, Err(AuthError::InvalidGrant)));
        assert!(matches!(refresh(&house, &third).await, Err(AuthError::InvalidGrant)));
    }

    async fn old_tokens_shown_at_once_end_it_once(engine) {
        let house = Arc::new(House::new(engine).await);
        let first = text(&tokens(sign_in(&house, "member@example.com", "atriz", Keep::Tokens).await));
        refresh(&house, &first).await.unwrap();
        house.fleet.clock.advance(2 * MINUTE);
        let mut tasks = JoinSet::new();
        for _ in 0..64 {
            let (house, first) = (Arc::clone(&house), first.clone());
            tasks.spawn(async move { refresh(&house, &first).await });
        }
        while let Some(answer) = tasks.join_next().await {
            assert!(matches!(answer.unwrap(), Err(AuthError::InvalidGrant)));
        }
        let database = house.fleet.database("core").await;
        assert_eq!(number(database.read(), "SELECT count(*) FROM messages").await, 1, "one notice");
        assert_eq!(number(database.read(), "SELECT count(*) FROM audit_log WHERE action = 'refresh.reused'").await, 1);
    }

    async fn after_the_burst_repeats_are_counted(engine) {
        let house = House::new(engine).await;
        let first = text(&tokens(sign_in(&house, "member@example.com", "atriz", Keep::Tokens).await));
        let second = text(&refresh(&house, &first).await.unwrap());
        for _ in 0..30 {
            assert_eq!(text(&refresh(&house, &first).await.unwrap()), second, "within the burst none is counted");
        }
        house.fleet.clock.advance(Duration::from_secs(11));
        for _ in 0..10 {
            assert_eq!(text(&refresh(&house, &first).await.unwrap()), second);
        }
        assert!(matches!(refresh(&house, &first).await, Err(AuthError::InvalidGrant)), "the eleventh is one too many");
        assert_eq!(revoked_reasons(&house).await, ["refresh_reused"]);
    }

    async fn unused_and_old_sessions_end_by_themselves(engine) {
        let house = House::new(engine).await;
        let idle = text(&tokens(sign_in(&house, "member@example.com", "atriz", Keep::Tokens).await));
        let mut used = text(&tokens(sign_in(&house, "member@example.com", "atriz", Keep::Tokens).await));
        house.fleet.clock.advance(13 * DAY);
        used = text(&refresh(&house, &used).await.unwrap());
        house.fleet.clock.advance(2 * DAY);
        assert!(matches!(refresh(&house, &idle).await, Err(AuthError::InvalidGrant)), "14 days unused");
        house.fleet.clock.advance(10 * DAY);
        let late = refresh(&house, &used).await.unwrap();
        assert_eq!(late.refresh_expires_at, "2026-03-03T12:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap());
        house.fleet.clock.advance(6 * DAY);
        assert!(matches!(refresh(&house, &text(&late)).await, Err(AuthError::InvalidGrant)), "30 days in all");
    }

    async fn roles_are_looked_up_at_each_refresh(engine) {
        let house = House::new(engine).await;
        let signed = sign_in(&house, "cashier@example.com", "pshop", Keep::Tokens).await;
        let user = signed.user;
        let first = tokens(signed);
        let before = caller(&house, first.access_token.expose_secret(), "pshop").await.unwrap();
        assert!(before.may("sales.create") && !before.may("prices.write"), "{before:?}");
        let admin = admin(&house).await;
        house.issuer.roles().grant(&admin, user, "pshop.manager", None, &house.client()).await.unwrap();
        let second = refresh(&house, &text(&first)).await.unwrap();
        let after = caller(&house, second.access_token.expose_secret(), "pshop").await.unwrap();
        assert!(after.may("prices.write"), "{after:?}");
        house.issuer.roles().revoke(&admin, user, "pshop.manager", &house.client()).await.unwrap();
        assert!(matches!(house.issuer.sessions().fresh(&after).await, Err(AuthError::InvalidToken)));
        house.issuer.sessions().fresh(&before).await.expect("what it permits is still permitted");
        let third = refresh(&house, &text(&second)).await.unwrap();
        assert!(!caller(&house, third.access_token.expose_secret(), "pshop").await.unwrap().may("prices.write"));
    }

    async fn a_session_lives_as_its_model(engine) {
        let house = House::new(engine).await;
        let admin = admin(&house).await;
        let config = Config { cases: 24, failure_persistence: None, max_shrink_iters: 40, ..Config::default() };
        let mut runner = TestRunner::new(config);
        let lived = block_in_place(|| {
            runner.run(&prop::collection::vec(step(), 1..14), |steps| {
                Handle::current().block_on(live(&house, &admin, &steps));
                Ok(())
            })
        });
        lived.unwrap_or_else(|error| panic!("{error}"));
    }
}

/// What may happen to a session.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// The refresh token that is valid now, or one so many generations older, is shown.
    Show(usize),
    /// The same, to get at another app.
    Exchange(usize),
    Advance(Duration),
    SignOut,
    RevokeAll,
    /// A role comes, or goes if it is there.
    Role,
}

fn step() -> impl Strategy<Value = Step> {
    let times = prop::sample::select(vec![1, 9, 10, 11, 50, 61, 3600, 86_400, 6 * 86_400, 14 * 86_400]);
    prop_oneof![
        8 => Just(Step::Show(0)),
        6 => Just(Step::Show(1)),
        1 => (2_usize..4).prop_map(Step::Show),
        3 => (0_usize..2).prop_map(Step::Exchange),
        5 => times.prop_map(|seconds| Step::Advance(Duration::from_secs(seconds))),
        1 => Just(Step::SignOut),
        1 => Just(Step::RevokeAll),
        1 => Just(Step::Role),
    ]
}

/// What a session is, said as shortly as it can be.
#[derive(Debug)]
struct Model {
    valid: usize,
    now: u64,
    rotated: Option<u64>,
    replays: u32,
    idle_end: u64,
    end: u64,
    ended: bool,
}

impl Model {
    fn new() -> Self {
        let day = 86_400;
        Self { valid: 0, now: 0, rotated: None, replays: 0, idle_end: 14 * day, end: 30 * day, ended: false }
    }

    fn is_open(&self) -> bool {
        !self.ended && self.now < self.idle_end && self.now < self.end
    }

    /// Shows token number `shown`; answers the number of the one that comes back.
    fn show(&mut self, shown: usize) -> Option<usize> {
        if !self.is_open() {
            return None;
        }
        if shown == self.valid {
            self.valid += 1;
            self.rotated = Some(self.now);
            self.replays = 0;
            self.idle_end = self.end.min(self.now + 14 * 86_400);
            return Some(self.valid);
        }
        let age = self.rotated.map(|rotated| self.now - rotated);
        if shown + 1 == self.valid && age.is_some_and(|age| age <= 10) {
            return Some(self.valid);
        }
        if shown + 1 == self.valid && age.is_some_and(|age| age <= 60) && self.replays < 10 {
            self.replays += 1;
            return Some(self.valid);
        }
        self.ended = true;
        None
    }
}

proptest! {
    /// The owner goes on every five minutes. A thief has a copy of one token, and shows the newest they got whenever they
    /// like: whoever of the two comes second, by more than a minute, ends it for both.
    #[test]
    fn a_thief_lives_a_minute_ahead_of_the_owner_at_most(
        copied in 0_usize..3,
        visits in prop::collection::vec(prop::collection::btree_set(1_u64..300, 0..4), 1..8),
    ) {
        let (mut model, mut owner) = (Model::new(), 0);
        for _ in 0..copied {
            model.now += 300;
            owner = model.show(owner).unwrap();
        }
        let mut thief = owner;
        for moments in visits {
            let (began, mut came_first) = (model.now, None);
            for moment in moments {
                model.now = began + moment;
                let before = model.valid;
                if let Some(next) = model.show(thief) {
                    thief = next;
                    came_first = came_first.or((model.valid > before).then_some(model.now));
                }
            }
            model.now = began + 300;
            let Some(next) = model.show(owner) else { break };
            owner = next;
            prop_assert!(came_first.is_none_or(|at| model.now - at <= 60), "{model:?} goes on beside a thief");
        }
    }
}

/// The next refresh token of a session that asks for one at another app.
async fn exchanged(house: &House, me: &Caller, token: &str) -> Result<String, AuthError> {
    let wanted = Exchange { refresh_token: Some(SecretString::from(token)), ..to("pshop", Keep::Tokens) };
    let done = house.issuer.sessions().exchange(me, wanted, &house.client()).await?;
    Ok(done.renewed.unwrap().expose_secret().to_owned())
}

async fn live(house: &House, admin: &Caller, steps: &[Step]) {
    let (sessions, client) = (house.issuer.sessions(), house.client());
    let signed = sign_in(house, "seller1@example.com", "atriz", Keep::Tokens).await;
    let (user, session) = (signed.user, signed.session);
    let pair = tokens(signed);
    let me = caller(house, pair.access_token.expose_secret(), "atriz").await.unwrap();
    let (mut model, mut issued, mut has_role) = (Model::new(), BTreeMap::from([(0, text(&pair))]), false);
    for step in steps {
        match *step {
            Step::Show(back) | Step::Exchange(back) => {
                let shown = model.valid.saturating_sub(back);
                let was_open = model.is_open();
                let expected = model.show(shown);
                let got = match step {
                    Step::Exchange(_) => exchanged(house, &me, &issued[&shown]).await,
                    _ => refresh(house, &issued[&shown]).await.map(|pair| text(&pair)),
                };
                match (expected, got) {
                    (Some(number), Ok(next)) => {
                        let known = issued.entry(number).or_insert_with(|| next.clone());
                        assert_eq!(*known, next, "{model:?}: the same number is the same token");
                    }
                    (None, Err(AuthError::InvalidGrant)) => {}
                    (None, Err(AuthError::InvalidToken)) if !was_open && matches!(step, Step::Exchange(_)) => {}
                    (expected, got) => panic!("{model:?}: {expected:?} was expected, {got:?} came"),
                }
            }
            Step::Advance(by) => {
                house.fleet.clock.advance(by);
                model.now += by.as_secs();
            }
            Step::SignOut => {
                sessions.sign_out(&me, &client).await.unwrap();
                model.ended = true;
            }
            Step::RevokeAll => {
                sessions.revoke_user(admin, user, &client).await.unwrap();
                model.ended = true;
            }
            Step::Role => {
                let roles = house.issuer.roles();
                if has_role {
                    roles.revoke(admin, user, "atriz.editor", &client).await.unwrap();
                } else {
                    roles.grant(admin, user, "atriz.editor", None, &client).await.unwrap();
                }
                has_role = !has_role;
            }
        }
        let listed = sessions.list(&me).await.unwrap().iter().any(|one| one.id == session);
        assert_eq!(listed, model.is_open(), "{model:?} after {step:?}");
        assert_eq!(sessions.fresh(&me).await.is_ok(), model.is_open(), "{model:?} after {step:?}");
    }
    if has_role {
        house.issuer.roles().revoke(admin, user, "atriz.editor", &client).await.unwrap();
    }
    let _ = sessions.revoke_user(admin, user, &client).await.unwrap();
}
