//! A new password without the old one.

use std::time::Duration;

use atriz_core::{AuthError, DEMO_PASSWORD, NewKey};
use atriz_testing::both_engines;
use secrecy::ExposeSecret as _;

use crate::people::{OTHER, PASSWORD, Post, at, caller, count, enter, run_sql, secret, sign_up};
use crate::support::House;

both_engines! {
    async fn no_answer_comes_sooner_than_another(engine) {
        let house = House::new(engine).await;
        let accounts = house.issuer.accounts();
        let asked = ["member@example.com", "nobody@example.com"].repeat(4);
        for (number, email) in asked.into_iter().enumerate() {
            let begun = std::time::Instant::now();
            let here = at(u16::try_from(number).unwrap());
            // The last of each are asked too often, and hear no more of it than the others.
            accounts.forgot_password(email, &here).await.unwrap();
            accounts.resend_verification(email, &at(900 + u16::try_from(number).unwrap())).await.unwrap();
            assert!(begun.elapsed() >= Duration::from_millis(100), "{email}: {:?}", begun.elapsed());
        }
    }

    async fn a_link_sets_a_new_password_and_ends_all_sessions(engine) {
        let house = House::new(engine).await;
        let (accounts, post) = (house.issuer.accounts(), Post::of(&house));
        let me = caller(&house, "member@example.com", DEMO_PASSWORD, &at(1)).await;
        accounts.forgot_password(" MEMBER@example.com ", &at(2)).await.unwrap();
        let letter = post.one("member@example.com").await;
        assert!(letter.text.contains("/password/reset?token=rst_"));
        let refused = accounts.reset_password(&letter.token(), &secret("too short"), &at(2)).await;
        assert!(matches!(refused, Err(AuthError::Unacceptable { .. })), "the link stays good");
        accounts.reset_password(&letter.token(), &secret(PASSWORD), &at(2)).await.unwrap();
        assert_eq!(post.one("member@example.com").await.subject, "Your password was changed");
        assert!(house.issuer.sessions().fresh(&me).await.is_err());
        let again = accounts.reset_password(&letter.token(), &secret(OTHER), &at(2)).await;
        assert!(matches!(again, Err(AuthError::InvalidSecret)));
        assert!(enter(&house, "member@example.com", DEMO_PASSWORD, None, &at(3)).await.is_err());
        house.fleet.clock.advance(Duration::from_mins(1));
        caller(&house, "member@example.com", PASSWORD, &at(4)).await;
    }

    async fn nothing_stands_in_its_way(engine) {
        let house = House::new(engine).await;
        let (accounts, post) = (house.issuer.accounts(), Post::of(&house));
        // Somebody asks for all other mail there is, and guesses until nobody gets in, from here either.
        caller(&house, "member@example.com", DEMO_PASSWORD, &at(1)).await;
        for number in 0..4 {
            accounts.resend_verification("member@example.com", &at(100 + number)).await.unwrap();
            let _ = sign_up(&house, "member@example.com", OTHER, &at(200 + number)).await;
        }
        assert!(enter(&house, "member@example.com", OTHER, None, &at(1)).await.is_err());
        assert!(enter(&house, "member@example.com", OTHER, None, &at(2)).await.is_err());
        run_sql(&house, "UPDATE throttles SET fails = 100 WHERE kind IN ('account', 'place')").await;
        for number in [1, 2] {
            let refused = enter(&house, "member@example.com", DEMO_PASSWORD, None, &at(number)).await;
            assert!(matches!(refused, Err(AuthError::Throttled { .. })), "{refused:?}");
        }
        post.take("member@example.com").await;
        accounts.forgot_password("member@example.com", &at(1)).await.unwrap();
        let link = post.one("member@example.com").await.token();
        accounts.reset_password(&link, &secret(PASSWORD), &at(1)).await.unwrap();
        for number in [1, 2] {
            caller(&house, "member@example.com", PASSWORD, &at(number)).await;
        }
    }

    async fn keys_end_with_the_password(engine) {
        let house = House::new(engine).await;
        let (accounts, post) = (house.issuer.accounts(), Post::of(&house));
        let me = caller(&house, "member@example.com", DEMO_PASSWORD, &at(1)).await;
        let wanted = NewKey { name: "all".to_owned(), app: "atriz".to_owned(), permissions: vec!["account.read".to_owned()], expires_at: None };
        let (_, key) = house.issuer.api_keys().create(&me, wanted, &at(1)).await.unwrap();
        assert_eq!(post.one("member@example.com").await.subject, "An API key was made");
        let program = house.issuer.api_keys().verify(key.expose_secret(), "atriz").await.unwrap();
        let refused = [
            accounts.profile(&program).await.map(drop),
            accounts.rename(&program, "Program", None, &at(1)).await.map(drop),
            accounts.remove_phone(&program, &at(1)).await,
            house.issuer.sessions().list(&program).await.map(drop),
            house.issuer.sessions().revoke(&program, me.session.unwrap(), &at(1)).await,
            house.issuer.api_keys().list(&program).await.map(drop),
            house.issuer.api_keys().revoke(&program, program.key.unwrap(), &at(1)).await,
        ];
        assert!(refused.iter().all(|done| matches!(done, Err(AuthError::Forbidden(_)))), "{refused:?}");
        accounts.forgot_password("member@example.com", &at(2)).await.unwrap();
        let link = post.one("member@example.com").await.token();
        accounts.reset_password(&link, &secret(PASSWORD), &at(2)).await.unwrap();
        assert!(post.one("member@example.com").await.text.contains("API keys"));
        assert!(house.issuer.api_keys().verify(key.expose_secret(), "atriz").await.is_err());
    }

    /// However often somebody else asks in one's name, there is a link in the mail that is good, or there will be one.
    async fn nobody_can_use_up_its_mails(engine) {
        let house = House::new(engine).await;
        let (accounts, post) = (house.issuer.accounts(), Post::of(&house));
        let forget = async |number| accounts.forgot_password("member@example.com", &at(number)).await.unwrap();
        for number in 0..20 {
            forget(100 + number).await;
        }
        house.fleet.clock.advance(Duration::from_mins(29));
        forget(1).await;
        let letters = post.take("member@example.com").await;
        assert_eq!(letters.len(), 3);

        let weak = accounts.reset_password(&letters[2].token(), &secret("short"), &at(1)).await;
        assert!(matches!(weak, Err(AuthError::Unacceptable { .. })), "the link is good: {weak:?}");
        house.fleet.clock.advance(Duration::from_mins(1));
        let late = accounts.reset_password(&letters[2].token(), &secret(PASSWORD), &at(1)).await;
        assert!(matches!(late, Err(AuthError::InvalidSecret)), "{late:?}");
        forget(1).await;
        let link = post.one("member@example.com").await.token();
        accounts.reset_password(&link, &secret(PASSWORD), &at(1)).await.unwrap();
    }

    async fn links_end_and_are_good_for_one_purpose(engine) {
        let house = House::new(engine).await;
        let (accounts, post) = (house.issuer.accounts(), Post::of(&house));
        accounts.forgot_password("member@example.com", &at(1)).await.unwrap();
        let link = post.one("member@example.com").await.token();
        assert!(matches!(accounts.verify_email(&link, &secret(PASSWORD), &at(1)).await, Err(AuthError::InvalidSecret)));
        assert!(matches!(accounts.confirm_email_change(&link, &secret(DEMO_PASSWORD), &at(1)).await, Err(AuthError::InvalidSecret)));
        let accepted = accounts.accept_invitation(&link, "Ada", &secret(PASSWORD), &at(1)).await;
        assert!(matches!(accepted, Err(AuthError::InvalidSecret)));
        house.fleet.clock.advance(Duration::from_mins(30));
        let late = accounts.reset_password(&link, &secret(PASSWORD), &at(1)).await;
        assert!(matches!(late, Err(AuthError::InvalidSecret)));
        for junk in ["", "rst_", "rst_x_y", &"x".repeat(100_000)] {
            let refused = accounts.reset_password(&secret(junk), &secret(PASSWORD), &at(1)).await;
            assert!(matches!(refused, Err(AuthError::InvalidSecret)));
        }
    }

    async fn who_opens_the_link_owns_the_address(engine) {
        let house = House::new(engine).await;
        let (accounts, post) = (house.issuer.accounts(), Post::of(&house));
        sign_up(&house, "ada@new.example", OTHER, &at(1)).await.unwrap();
        let of_thief = post.one("ada@new.example").await.token();
        accounts.forgot_password("ada@new.example", &at(2)).await.unwrap();
        let link = post.one("ada@new.example").await.token();
        accounts.reset_password(&link, &secret(PASSWORD), &at(2)).await.unwrap();
        let void = accounts.verify_email(&of_thief, &secret(OTHER), &at(3)).await;
        assert!(matches!(void, Err(AuthError::InvalidSecret)));
        assert!(enter(&house, "ada@new.example", OTHER, None, &at(4)).await.is_err());
        house.fleet.clock.advance(Duration::from_mins(1));
        caller(&house, "ada@new.example", PASSWORD, &at(5)).await;
    }

    async fn of_sixty_four_at_once_one_succeeds(engine) {
        let house = House::new(engine).await;
        let post = Post::of(&house);
        house.issuer.accounts().forgot_password("member@example.com", &at(1)).await.unwrap();
        let link = post.one("member@example.com").await.token();
        let tasks: Vec<_> = (0..64)
            .map(|number| {
                let (accounts, link) = (house.issuer.accounts().clone(), link.clone());
                tokio::spawn(async move {
                    loop {
                        let password = secret(format!("{PASSWORD} {number}"));
                        match accounts.reset_password(&link, &password, &at(100 + number)).await {
                            Ok(()) => return true,
                            Err(AuthError::InvalidSecret) => return false,
                            // They come back, as they are told to.
                            Err(AuthError::Overloaded { .. }) => {}
                            Err(other) => panic!("{other}"),
                        }
                    }
                })
            })
            .collect();
        let mut won = Vec::new();
        for (number, task) in tasks.into_iter().enumerate() {
            if task.await.unwrap() {
                won.push(number);
            }
        }
        assert_eq!(won.len(), 1);
        assert_eq!(post.one("member@example.com").await.subject, "Your password was changed");
        let done = "SELECT count(*) FROM audit_log WHERE action = 'password_reset' AND outcome = 'success'";
        assert_eq!(count(&house, done).await, 1);
        caller(&house, "member@example.com", &format!("{PASSWORD} {}", won[0]), &at(2)).await;
    }
}
