//! What asking for a password costs: the same for everybody.

use std::time::Duration;

use atriz_core::{AuthError, Client, DEMO_PASSWORD};
use atriz_testing::{Child, Engine, both_engines, given};
use secrecy::SecretString;

use crate::people::{PASSWORD, Post, at, enter, hashes, run_sql, secret, sign_up, words};
use crate::queries;
use crate::support::House;

/// Accounts in every state, and texts that are no account. None of these signs in.
const PATHS: &[(&str, &str, &str)] = &[
    ("a wrong password", "member@example.com", "wrong password of no account"),
    ("nobody", "nobody@example.com", DEMO_PASSWORD),
    ("no address at all", "no address", DEMO_PASSWORD),
    ("nothing", "", ""),
    ("an empty password", "buyer@example.com", ""),
    ("an endless password", "seller1@example.com", "endless"),
    ("no password", "seller2@example.com", DEMO_PASSWORD),
    ("shut", "seller3@example.com", DEMO_PASSWORD),
    ("shut, a wrong password", "seller4@example.com", "wrong password of no account"),
    ("not proven", "new@new.example", PASSWORD),
    ("a hostile hash", "seller5@example.com", DEMO_PASSWORD),
    ("a hash of an unknown pepper", "driver@example.com", DEMO_PASSWORD),
];

async fn prepared(engine: Engine) -> House {
    let house = House::new(engine).await;
    sign_up(&house, "new@new.example", PASSWORD, &at(1)).await.unwrap();
    let of = |email: &str| format!("user_id = (SELECT id FROM users WHERE email_norm = '{email}')");
    let shut =
        "UPDATE users SET status = 'disabled' WHERE email_norm IN ('seller3@example.com', 'seller4@example.com')";
    run_sql(&house, shut).await;
    run_sql(&house, &format!("DELETE FROM user_credentials WHERE {}", of("seller2@example.com"))).await;
    let hostile = format!("$argon2id$v=19$m=4194304,t=100,p=4$BwcHBwcHBwcHBwcHBwcHBw${}", "A".repeat(43));
    let hostile = format!("UPDATE user_credentials SET phc = '{hostile}' WHERE {}", of("seller5@example.com"));
    run_sql(&house, &hostile).await;
    let lost = format!("UPDATE user_credentials SET pepper_id = 'lost' WHERE {}", of("driver@example.com"));
    run_sql(&house, &lost).await;
    Post::of(&house).take("new@new.example").await;
    house
}

async fn attempt(house: &House, email: &str, password: &str, client: &Client) {
    let password = if password == "endless" { "x".repeat(100_000) } else { password.to_owned() };
    let done = enter(house, email, &password, None, client).await;
    let expected = matches!(done, Err(AuthError::Credentials | AuthError::AccountDisabled));
    assert!(expected, "{email}: {done:?}");
}

/// A good link, one that was replaced and one that was used.
async fn links(house: &House) -> Vec<(&'static str, SecretString)> {
    let (accounts, post) = (house.issuer.accounts(), Post::of(house));
    run_sql(house, "DELETE FROM throttles").await;
    let mut told = Vec::new();
    for email in ["good@new.example", "replaced@new.example", "used@new.example"] {
        sign_up(house, email, PASSWORD, &at(1000)).await.unwrap();
        told.push(post.one(email).await.token());
    }
    sign_up(house, "replaced@new.example", PASSWORD, &at(1001)).await.unwrap();
    accounts.verify_email(&told[2], &secret(PASSWORD), &at(1002)).await.unwrap();
    // The newer link is sent by now, so that nothing runs beside what is counted.
    post.one("replaced@new.example").await;
    ["a good link", "a replaced link", "a used link"].into_iter().zip(told).collect()
}

/// Tries a link with a password that is not that of the claim.
async fn prove(house: &House, link: &SecretString, client: &Client) {
    let done = house.issuer.accounts().verify_email(link, &secret("seven loud kettles sing north"), client).await;
    assert!(matches!(done, Err(AuthError::InvalidSecret)), "{done:?}");
}

both_engines! {
    async fn every_question_costs_one_hash(engine) {
        let house = prepared(engine).await;
        for (number, (path, email, password)) in (10..).zip(PATHS) {
            let before = hashes(&house);
            attempt(&house, email, password, &at(number)).await;
            assert_eq!(hashes(&house) - before, 1, "{path}");
        }
        // Who is sent away for too many tries costs none, with and without an account.
        for email in ["member@example.com", "nobody@example.com"] {
            let _ = enter(&house, email, "wrong", None, &at(70)).await;
            let before = hashes(&house);
            let third = enter(&house, email, "wrong", None, &at(71)).await;
            assert!(matches!(third, Err(AuthError::Throttled { .. })), "{third:?}");
            assert_eq!(hashes(&house), before);
        }
    }

    async fn every_sign_up_costs_one_hash(engine) {
        let house = prepared(engine).await;
        let emails = ["fresh@new.example", "member@example.com", "new@new.example", "seller3@example.com"];
        for (number, email) in (10..).zip(emails) {
            let before = hashes(&house);
            sign_up(&house, email, PASSWORD, &at(number)).await.unwrap();
            assert_eq!(hashes(&house) - before, 1, "{email}");
        }
    }

    async fn every_proof_of_an_address_costs_one_hash(engine) {
        let house = prepared(engine).await;
        let links = links(&house).await;
        for (number, (path, link)) in (10..).zip(&links) {
            let before = hashes(&house);
            prove(&house, link, &at(number)).await;
            assert_eq!(hashes(&house) - before, 1, "{path}");
        }
        let before = hashes(&house);
        for junk in ["", "vfy_", "vfy_x", &"x".repeat(10_000)] {
            let refused = house.issuer.accounts().verify_email(&secret(junk), &secret(PASSWORD), &at(30)).await;
            assert!(matches!(refused, Err(AuthError::InvalidSecret)), "{refused:?}");
        }
        assert_eq!(hashes(&house), before, "what cannot be a link is not worth a hash");
    }

    async fn every_path_costs_the_same_queries(engine) {
        if given().is_some() {
            return count_queries(engine).await;
        }
        let (told, _) = Child::of_test_on(engine, "passwords::every_path_costs_the_same_queries", "count").told();
        assert!(told.contains("queries of"), "{told}");
    }

    async fn an_old_hash_is_made_anew_at_sign_in(engine) {
        let house = House::new(engine).await;
        let pepper = "SELECT pepper_id FROM user_credentials WHERE user_id = \
            (SELECT id FROM users WHERE email_norm = 'member@example.com')";
        assert_eq!(words(&house, pepper).await, ["none"]);
        let before = hashes(&house);
        enter(&house, "member@example.com", DEMO_PASSWORD, None, &at(1)).await.unwrap();
        assert_eq!(hashes(&house) - before, 2);
        assert_ne!(words(&house, pepper).await, ["none"]);
        enter(&house, "member@example.com", DEMO_PASSWORD, None, &at(1)).await.unwrap();
        assert_eq!(hashes(&house) - before, 3, "once is enough");
        assert!(enter(&house, "member@example.com", "wrong", None, &at(1)).await.is_err());
        assert!(house.issuer.accounts().hashing().idle_memory >= 1, "memory is kept for the next one");
    }

    async fn a_sign_in_that_waits_holds_little(engine) {
        let house = House::new(engine).await;
        let (sessions, client) = (house.issuer.sessions(), at(1));
        let attempt = atriz_core::SignIn {
            email: "member@example.com".to_owned(),
            password: DEMO_PASSWORD.into(),
            code: None,
            app: "atriz".to_owned(),
            keep: atriz_core::Keep::Tokens,
        };
        let size = size_of_val(&sessions.sign_in(attempt, &client));
        println!("bytes of a sign-in: {size}");
        assert!(size < 6_144, "{size}");
    }

    async fn too_many_at_once_are_sent_away(engine) {
        // One at a time, each some 30 ms and more: within two seconds few of so many have their turn.
        let house = House::with(engine, |settings| settings.hash_permits = Some(1)).await;
        let tasks: Vec<_> = (0..250)
            .map(|number| {
                let (accounts, email) = (house.issuer.accounts().clone(), format!("a{number}@new.example"));
                let new = atriz_core::NewAccount { email, name: "Ada".to_owned(), password: PASSWORD.into() };
                tokio::spawn(async move { accounts.sign_up(new, &at(number)).await })
            })
            .collect();
        let (mut done, mut away) = (0, 0);
        for task in tasks {
            match task.await.unwrap() {
                Ok(()) => done += 1,
                Err(AuthError::Overloaded { retry_after }) => {
                    assert!(retry_after >= Duration::from_secs(1));
                    away += 1;
                }
                // Two hundred and fifty transactions at once wait for connections, too.
                Err(AuthError::Database(_)) => {}
                Err(other) => panic!("{other}"),
            }
        }
        assert!(done >= 1 && away >= 1, "{done} done, {away} sent away");
        assert!(house.issuer.accounts().hashing().idle_memory <= 1, "one at a time takes memory for one");
    }
}

fn all_the_same(what: &str, queries: &[(String, Vec<String>)]) {
    let counts: Vec<_> = queries.iter().map(|(path, queries)| (path, queries.len())).collect();
    println!("queries of {what}: {counts:?}");
    assert!(counts[0].1 >= 3, "{what}: they are counted at all: {counts:?}");
    assert!(counts.iter().all(|(_, count)| *count == counts[0].1), "{what}: {queries:#?}");
}

async fn count_queries(engine: Engine) {
    queries::listen();
    let house = prepared(engine).await;
    let mut counts = Vec::new();
    for (number, (path, email, password)) in (10..).zip(PATHS) {
        let count = queries::of(attempt(&house, email, password, &at(number))).await;
        counts.push(((*path).to_owned(), count));
    }
    all_the_same("signing in", &counts);
    counts.clear();
    let emails = ["fresh@new.example", "member@example.com", "new@new.example", "seller3@example.com"];
    for (number, email) in (100..).zip(emails) {
        let count = queries::of(async { sign_up(&house, email, PASSWORD, &at(number)).await.unwrap() }).await;
        counts.push((email.to_owned(), count));
    }
    all_the_same("signing up", &counts);
    let mut of_proving = Vec::new();
    for (number, (path, link)) in (150..).zip(links(&house).await) {
        of_proving.push((path.to_owned(), queries::of(prove(&house, &link, &at(number))).await));
    }
    all_the_same("proving an address", &of_proving);
    run_sql(&house, "DELETE FROM throttles").await;
    let mut of_forgetting = Vec::new();
    let mut of_asking = Vec::new();
    for (number, email) in
        (200..).zip(["unknown@new.example", "member@example.com", "new@new.example", "seller3@example.com"])
    {
        let accounts = house.issuer.accounts();
        let count = queries::of(async { accounts.forgot_password(email, &at(number)).await.unwrap() }).await;
        of_forgetting.push((email.to_owned(), count));
        let count = queries::of(async { accounts.resend_verification(email, &at(number)).await.unwrap() }).await;
        of_asking.push((email.to_owned(), count));
    }
    all_the_same("a forgotten password", &of_forgetting);
    all_the_same("the link once more", &of_asking);
}
