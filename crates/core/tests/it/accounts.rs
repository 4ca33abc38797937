//! Getting an account, keeping it and giving it up.

mod administer;
mod reset;
mod telephone;

use atriz_core::{AuthError, DEMO_PASSWORD, Exchange, Held, Keep};
use atriz_kernel::UserId;
use atriz_testing::both_engines;
use secrecy::ExposeSecret as _;

use crate::people::{OTHER, PASSWORD, Post, at, caller, count, enter, of, run_sql, secret, sign_up, words};
use crate::second_factor::shown;
use crate::support::House;

both_engines! {
    async fn nobody_signs_in_before_the_address_is_proven(engine) {
        let house = House::new(engine).await;
        let (accounts, post) = (house.issuer.accounts(), Post::of(&house));
        sign_up(&house, " Ada@New.example ", PASSWORD, &at(1)).await.unwrap();
        assert!(matches!(enter(&house, "ada@new.example", PASSWORD, None, &at(2)).await, Err(AuthError::Credentials)));
        assert!(matches!(enter(&house, "ada@new.example", OTHER, None, &at(3)).await, Err(AuthError::Credentials)));
        let letter = post.one("Ada@new.example").await;
        assert_eq!(letter.subject, "Confirm your e-mail address");
        assert!(letter.text.contains("http://localhost:3000/auth/email/verify?token=vfy_"), "{}", letter.text);
        house.fleet.clock.advance(std::time::Duration::from_mins(1));
        accounts.verify_email(&letter.token(), &secret(PASSWORD), &at(1)).await.unwrap();
        let again = accounts.verify_email(&letter.token(), &secret(PASSWORD), &at(1)).await;
        assert!(matches!(again, Err(AuthError::InvalidSecret)));
        house.fleet.clock.advance(std::time::Duration::from_mins(1));
        let me = caller(&house, "ADA@new.example", PASSWORD, &at(4)).await;
        assert!(me.may("account.read"), "everybody has the role of members");
        let profile = accounts.profile(&me).await.unwrap();
        assert_eq!((profile.name.as_str(), profile.email.as_str()), ("Ada", "Ada@New.example"));
        let renamed = accounts.rename(&me, "Countess Ada", Some(profile.version), &at(4)).await.unwrap();
        assert!(renamed.version > profile.version);
        let stale = accounts.rename(&me, "Late", Some(profile.version), &at(4)).await;
        assert!(matches!(stale, Err(AuthError::Conflict(_))));
    }

    async fn an_owner_is_told_and_nobody_else(engine) {
        let house = House::new(engine).await;
        let post = Post::of(&house);
        sign_up(&house, "Member@example.com", PASSWORD, &at(1)).await.unwrap();
        assert_eq!(post.one("member@example.com").await.subject, "You already have an account");
        assert!(enter(&house, "member@example.com", PASSWORD, None, &at(2)).await.is_err());
        house.fleet.clock.advance(std::time::Duration::from_mins(1));
        caller(&house, "member@example.com", DEMO_PASSWORD, &at(3)).await;
        for _ in 0..5 {
            run_sql(&house, "DELETE FROM throttles WHERE kind = 'recovery_ip'").await;
            house.issuer.accounts().forgot_password("nobody@example.com", &at(4)).await.unwrap();
            house.issuer.accounts().resend_verification("member@example.com", &at(4)).await.unwrap();
        }
        assert!(post.take("nobody@example.com").await.is_empty());
        assert!(post.take("member@example.com").await.is_empty());
    }

    /// Somebody claims an address before its owner does, in both orders.
    async fn a_claim_to_anothers_address_comes_to_nothing(engine) {
        let house = House::new(engine).await;
        let (accounts, post) = (house.issuer.accounts(), Post::of(&house));
        // The thief first: the owner's claim replaces theirs, and with the owner's link the owner's password counts.
        sign_up(&house, "owner@new.example", OTHER, &at(1)).await.unwrap();
        let of_thief = post.one("owner@new.example").await.token();
        sign_up(&house, "owner@new.example", PASSWORD, &at(2)).await.unwrap();
        let of_owner = post.one("owner@new.example").await.token();
        let replaced = accounts.verify_email(&of_thief, &secret(OTHER), &at(2)).await;
        assert!(matches!(replaced, Err(AuthError::InvalidSecret)));
        accounts.verify_email(&of_owner, &secret(PASSWORD), &at(2)).await.unwrap();
        assert!(matches!(enter(&house, "owner@new.example", OTHER, None, &at(3)).await, Err(AuthError::Credentials)));
        house.fleet.clock.advance(std::time::Duration::from_mins(1));
        caller(&house, "owner@new.example", PASSWORD, &at(4)).await;
        // The thief second, while the owner's link is open: it dies, and the thief cannot open the new one.
        sign_up(&house, "second@new.example", PASSWORD, &at(5)).await.unwrap();
        let of_owner = post.one("second@new.example").await.token();
        sign_up(&house, "second@new.example", OTHER, &at(6)).await.unwrap();
        let replaced = accounts.verify_email(&of_owner, &secret(PASSWORD), &at(5)).await;
        assert!(matches!(replaced, Err(AuthError::InvalidSecret)));
        assert!(matches!(enter(&house, "second@new.example", OTHER, None, &at(7)).await, Err(AuthError::Credentials)));
        // Once it is proven, no claim touches it.
        sign_up(&house, "owner@new.example", OTHER, &at(8)).await.unwrap();
        house.fleet.clock.advance(std::time::Duration::from_mins(1));
        caller(&house, "owner@new.example", PASSWORD, &at(9)).await;
    }

    /// The owner's mailbox holds a link of somebody else's claim, and the owner believes it to be their own.
    async fn a_click_does_not_prove_the_claim_of_somebody_else(engine) {
        let house = House::new(engine).await;
        let (accounts, post) = (house.issuer.accounts(), Post::of(&house));
        sign_up(&house, "owner@new.example", PASSWORD, &at(1)).await.unwrap();
        post.one("owner@new.example").await;
        sign_up(&house, "owner@new.example", OTHER, &at(2)).await.unwrap();
        let of_thief = post.one("owner@new.example").await.token();
        let pressed = accounts.verify_email(&of_thief, &secret(PASSWORD), &at(1)).await;
        assert!(matches!(pressed, Err(AuthError::InvalidSecret)), "{pressed:?}");
        let proven = "SELECT count(*) FROM users WHERE email_norm = 'owner@new.example' AND email_verified_at IS NOT NULL";
        assert_eq!(count(&house, proven).await, 0);
        assert!(matches!(enter(&house, "owner@new.example", OTHER, None, &at(2)).await, Err(AuthError::Credentials)));
        // Nothing is lost: whoever owns the address claims it anew, and their password counts.
        house.fleet.clock.advance(std::time::Duration::from_mins(1));
        sign_up(&house, "owner@new.example", PASSWORD, &at(1)).await.unwrap();
        let of_owner = post.one("owner@new.example").await.token();
        accounts.verify_email(&of_owner, &secret(PASSWORD), &at(1)).await.unwrap();
        caller(&house, "owner@new.example", PASSWORD, &at(3)).await;
        let tried = words(&house, "SELECT outcome FROM audit_log WHERE action = 'email_verify' ORDER BY seq").await;
        assert_eq!(tried, ["failure", "success"]);
    }

    /// A link is no way around the limits of a sign-in.
    async fn a_link_does_not_double_the_guesses(engine) {
        let house = House::new(engine).await;
        let (accounts, post) = (house.issuer.accounts(), Post::of(&house));
        sign_up(&house, "ada@new.example", PASSWORD, &at(1)).await.unwrap();
        let link = post.one("ada@new.example").await.token();
        let before = crate::people::hashes(&house);
        for number in 10..12 {
            let wrong = accounts.verify_email(&link, &secret(OTHER), &at(number)).await;
            assert!(matches!(wrong, Err(AuthError::InvalidSecret)), "{wrong:?}");
        }
        let third = accounts.verify_email(&link, &secret(PASSWORD), &at(12)).await;
        assert!(matches!(third, Err(AuthError::Throttled { .. })), "{third:?}");
        assert_eq!(crate::people::hashes(&house) - before, 2, "what waits is not hashed");
        let same = enter(&house, "ada@new.example", PASSWORD, None, &at(13)).await;
        assert!(matches!(same, Err(AuthError::Throttled { .. })), "both doors have one count");
        house.fleet.clock.advance(std::time::Duration::from_mins(1));
        accounts.verify_email(&link, &secret(PASSWORD), &at(12)).await.unwrap();
    }

    async fn many_claims_at_once_are_one_account(engine) {
        let house = House::new(engine).await;
        let tasks: Vec<_> = (0..16)
            .map(|number| {
                let accounts = house.issuer.accounts().clone();
                let new = atriz_core::NewAccount {
                    email: "ada@new.example".to_owned(),
                    name: "Ada".to_owned(),
                    password: secret(format!("{PASSWORD} {number}")),
                };
                tokio::spawn(async move { accounts.sign_up(new, &at(number)).await })
            })
            .collect();
        for task in tasks {
            let done = task.await.unwrap();
            assert!(matches!(done, Ok(()) | Err(AuthError::Overloaded { .. })), "{done:?}");
        }
        assert_eq!(count(&house, "SELECT count(*) FROM users WHERE email_norm = 'ada@new.example'").await, 1);
        let letters = Post::of(&house).take("ada@new.example").await;
        let mut good = 0;
        for letter in &letters {
            for number in 0..16 {
                run_sql(&house, "DELETE FROM throttles").await;
                let password = secret(format!("{PASSWORD} {number}"));
                good += usize::from(house.issuer.accounts().verify_email(&letter.token(), &password, &at(1)).await.is_ok());
            }
        }
        assert_eq!((letters.len(), good), (3, 1), "the last claim counts, and no more than three mails go out");
    }

    /// The owner opens the link while somebody claims the address anew.
    async fn a_proof_and_a_claim_at_once_leave_the_owners_password(engine) {
        let house = House::new(engine).await;
        let post = Post::of(&house);
        for round in 0..12_u16 {
            let email = format!("owner{round}@new.example");
            sign_up(&house, &email, PASSWORD, &at(round)).await.unwrap();
            let link = post.one(&email).await.token();
            let (owner, thief) = (at(100 + round), at(200 + round));
            let (proven, _) = tokio::join!(
                async {
                    // The claim hashes first; the proof comes at about the end of that.
                    tokio::time::sleep(std::time::Duration::from_millis(u64::from(5 * round))).await;
                    house.issuer.accounts().verify_email(&link, &secret(PASSWORD), &owner).await
                },
                sign_up(&house, &email, OTHER, &thief),
            );
            match proven {
                Ok(()) => drop(caller(&house, &email, PASSWORD, &owner).await),
                Err(AuthError::InvalidSecret) => {
                    let thief = enter(&house, &email, OTHER, None, &thief).await;
                    assert!(matches!(thief, Err(AuthError::Credentials)), "{thief:?}");
                }
                Err(other) => panic!("{other}"),
            }
        }
    }

    async fn a_new_password_ends_the_other_sessions(engine) {
        let house = House::new(engine).await;
        let (accounts, post) = (house.issuer.accounts(), Post::of(&house));
        let elsewhere = caller(&house, "member@example.com", DEMO_PASSWORD, &at(1)).await;
        let here = caller(&house, "member@example.com", DEMO_PASSWORD, &at(2)).await;
        accounts.forgot_password("member@example.com", &at(3)).await.unwrap();
        let link = post.one("member@example.com").await.token();
        let wrong = accounts.change_password(&here, &secret(OTHER), &secret(PASSWORD), &at(2)).await;
        assert!(matches!(wrong, Err(AuthError::Credentials)));
        for bad in ["short", "aaaaaaaaaaaaaaaaaaaa", "member@example.com", DEMO_PASSWORD] {
            let refused = accounts.change_password(&here, &secret(DEMO_PASSWORD), &secret(bad), &at(2)).await;
            assert!(matches!(refused, Err(AuthError::Unacceptable { field: "password", .. })), "{bad}: {refused:?}");
        }
        accounts.change_password(&here, &secret(DEMO_PASSWORD), &secret(PASSWORD), &at(2)).await.unwrap();
        assert_eq!(post.one("member@example.com").await.subject, "Your password was changed");
        house.issuer.sessions().fresh(&here).await.unwrap();
        assert!(house.issuer.sessions().fresh(&elsewhere).await.is_err());
        let late = accounts.reset_password(&link, &secret(OTHER), &at(3)).await;
        assert!(matches!(late, Err(AuthError::InvalidSecret)), "links of before are void: {late:?}");
        assert!(matches!(enter(&house, "member@example.com", DEMO_PASSWORD, None, &at(4)).await, Err(AuthError::Credentials)));
        house.fleet.clock.advance(std::time::Duration::from_mins(1));
        caller(&house, "member@example.com", PASSWORD, &at(5)).await;
    }

    /// Somebody copied a cookie and made sessions by it: a new password, and a second factor, leave them behind.
    async fn new_credentials_end_what_a_copied_cookie_made(engine) {
        let house = House::new(engine).await;
        let (accounts, sessions, factors) = (house.issuer.accounts(), house.issuer.sessions(), house.issuer.second_factors());
        let Held::Cookie(mut cookie) = enter(&house, "member@example.com", DEMO_PASSWORD, None, &at(1)).await.unwrap().held else {
            panic!("a cookie was asked for");
        };
        let at_shop = |keep| Exchange { app: "pshop".to_owned(), keep, refresh_token: None };
        for change in ["password", "second factor"] {
            let me = sessions.by_cookie(cookie.value.expose_secret(), "atriz").await.unwrap();
            let tokens = sessions.exchange(&me, at_shop(Keep::Tokens), &at(7)).await.unwrap();
            let Held::Tokens(copied) = tokens.held else { panic!("tokens were asked for") };
            let Held::Cookie(shop) = sessions.exchange(&me, at_shop(Keep::Cookie), &at(7)).await.unwrap().held else {
                panic!("a cookie was asked for");
            };
            let new = if change == "password" {
                accounts.change_password(&me, &secret(DEMO_PASSWORD), &secret(PASSWORD), &at(1)).await.unwrap()
            } else {
                let app = factors.enrol(&me, "a telephone", &at(1)).await.unwrap();
                let code = secret(shown(&house, &app.secret));
                factors.confirm(&me, app.id, &code, &at(1)).await.unwrap().1
            };
            let old = std::mem::replace(&mut cookie, new.unwrap());
            assert!(sessions.by_cookie(old.value.expose_secret(), "atriz").await.is_err(), "{change}");
            assert!(sessions.by_cookie(shop.value.expose_secret(), "pshop").await.is_err(), "{change}");
            let late = sessions.refresh(copied.refresh_token.expose_secret(), &at(7)).await;
            assert!(matches!(late, Err(AuthError::InvalidGrant)), "{change}: {late:?}");
            sessions.by_cookie(cookie.value.expose_secret(), "atriz").await.unwrap();
        }
        // Signing the other devices out is no change of what lets somebody in: what this browser made goes on.
        let me = sessions.by_cookie(cookie.value.expose_secret(), "atriz").await.unwrap();
        let Held::Tokens(own) = sessions.exchange(&me, at_shop(Keep::Tokens), &at(1)).await.unwrap().held else {
            panic!("tokens were asked for");
        };
        let told = "SELECT count(*) FROM audit_log WHERE action = 'sign_out.others'";
        for _ in 0..3 {
            sessions.sign_out_others(&me, &at(1)).await.unwrap();
        }
        assert_eq!(count(&house, told).await, 0, "none was there");
        sessions.refresh(own.refresh_token.expose_secret(), &at(1)).await.unwrap();
    }

    async fn another_address_counts_once_it_is_proven(engine) {
        let house = House::new(engine).await;
        let (accounts, post) = (house.issuer.accounts(), Post::of(&house));
        let elsewhere = caller(&house, "member@example.com", DEMO_PASSWORD, &at(9)).await;
        let me = caller(&house, "member@example.com", DEMO_PASSWORD, &at(1)).await;
        accounts.change_email(&me, "new@new.example", &secret(DEMO_PASSWORD), &at(1)).await.unwrap();
        let letter = post.one("new@new.example").await;
        assert!(letter.text.contains("/email/change?token=chg_") && letter.text.contains("Hello,"), "{}", letter.text);
        assert!(enter(&house, "new@new.example", DEMO_PASSWORD, None, &at(2)).await.is_err());
        assert_eq!(post.one("member@example.com").await.subject, "Another e-mail address was asked for");
        let link = letter.token();
        for (link, password) in [(&link, OTHER), (&secret(format!("{}x", link.expose_secret())), DEMO_PASSWORD)] {
            let refused = accounts.confirm_email_change(link, &secret(password), &at(3)).await;
            assert!(matches!(refused, Err(AuthError::InvalidSecret)), "{refused:?}");
        }
        accounts.confirm_email_change(&link, &secret(DEMO_PASSWORD), &at(3)).await.unwrap();
        assert_eq!(post.one("member@example.com").await.subject, "Your e-mail address was changed");
        house.issuer.sessions().fresh(&me).await.unwrap();
        assert!(house.issuer.sessions().fresh(&elsewhere).await.is_err(), "the other sessions end");
        let again = accounts.confirm_email_change(&link, &secret(DEMO_PASSWORD), &at(3)).await;
        assert!(matches!(again, Err(AuthError::InvalidSecret)));
        house.fleet.clock.advance(std::time::Duration::from_mins(1));
        let me = caller(&house, "new@new.example", DEMO_PASSWORD, &at(4)).await;
        assert!(enter(&house, "member@example.com", DEMO_PASSWORD, None, &at(5)).await.is_err());
        // Of an address that somebody has, that somebody is told, and the answer is the same.
        accounts.change_email(&me, "buyer@example.com", &secret(DEMO_PASSWORD), &at(6)).await.unwrap();
        assert_eq!(post.one("buyer@example.com").await.subject, "You already have an account");
    }

    /// Whoever signs out everywhere because somebody was in takes away what that one began, too.
    async fn signing_out_everywhere_voids_links(engine) {
        let house = House::new(engine).await;
        let (accounts, sessions, post) = (house.issuer.accounts(), house.issuer.sessions(), Post::of(&house));
        let me = caller(&house, "member@example.com", DEMO_PASSWORD, &at(1)).await;
        accounts.change_email(&me, "new@new.example", &secret(DEMO_PASSWORD), &at(1)).await.unwrap();
        let link = post.one("new@new.example").await.token();
        let again = caller(&house, "member@example.com", DEMO_PASSWORD, &at(2)).await;
        sessions.sign_out_others(&again, &at(2)).await.unwrap();
        post.take("member@example.com").await;
        for place in 10..14 {
            accounts.forgot_password("member@example.com", &at(place)).await.unwrap();
        }
        assert_eq!(post.take("member@example.com").await.len(), 3, "as many as there may be");
        sessions.sign_out_everywhere(&again, &at(2)).await.unwrap();
        accounts.forgot_password("member@example.com", &at(15)).await.unwrap();
        assert_eq!(post.one("member@example.com").await.subject, "Set a new password");
        let late = accounts.confirm_email_change(&link, &secret(DEMO_PASSWORD), &at(3)).await;
        assert!(matches!(late, Err(AuthError::InvalidSecret)), "{late:?}");
        // One that is asked for afterwards is good.
        let me = caller(&house, "member@example.com", DEMO_PASSWORD, &at(4)).await;
        accounts.change_email(&me, "other@new.example", &secret(DEMO_PASSWORD), &at(4)).await.unwrap();
        let link = post.one("other@new.example").await.token();
        accounts.confirm_email_change(&link, &secret(DEMO_PASSWORD), &at(4)).await.unwrap();
        let admin = caller(&house, "admin@example.com", DEMO_PASSWORD, &at(5)).await;
        let nobody = sessions.revoke_user(&admin, UserId(uuid::Uuid::from_u128(1)), &at(5)).await;
        assert!(matches!(nobody, Err(AuthError::NotFound)), "{nobody:?}");
    }

    /// Who reads the mails of an address and presses what is in them keeps it, whoever asks to have it for another account.
    async fn nobody_gives_their_address_to_somebody_elses_account(engine) {
        let house = House::new(engine).await;
        let (accounts, post) = (house.issuer.accounts(), Post::of(&house));
        let thief = caller(&house, "member@example.com", DEMO_PASSWORD, &at(1)).await;
        accounts.change_email(&thief, "ada@new.example", &secret(DEMO_PASSWORD), &at(1)).await.unwrap();
        let of_thief = post.one("ada@new.example").await.token();
        sign_up(&house, "ada@new.example", PASSWORD, &at(2)).await.unwrap();
        let own = post.one("ada@new.example").await.token();
        let pressed = accounts.confirm_email_change(&of_thief, &secret(PASSWORD), &at(2)).await;
        assert!(matches!(pressed, Err(AuthError::InvalidSecret)), "{pressed:?}");
        assert_eq!(accounts.profile(&thief).await.unwrap().email, "member@example.com");
        accounts.verify_email(&own, &secret(PASSWORD), &at(2)).await.unwrap();
        caller(&house, "ada@new.example", PASSWORD, &at(2)).await;
        // Guesses at it are counted with those at the door.
        let before = count(&house, "SELECT count(*) FROM throttles WHERE kind = 'account' AND fails > 0").await;
        let wrong = accounts.confirm_email_change(&of_thief, &secret(OTHER), &at(3)).await;
        assert!(matches!(wrong, Err(AuthError::InvalidSecret)), "{wrong:?}");
        let fails = words(&house, "SELECT CAST(fails AS text) FROM throttles WHERE kind = 'account' AND fails > 0").await;
        assert_eq!((before, fails), (1, vec!["2".to_owned()]));
    }

    async fn a_closed_account_stays_closed(engine) {
        let house = House::new(engine).await;
        let me = caller(&house, "member@example.com", DEMO_PASSWORD, &at(1)).await;
        let accounts = house.issuer.accounts();
        assert!(matches!(accounts.deactivate(&me, &secret(OTHER), &at(1)).await, Err(AuthError::Credentials)));
        accounts.deactivate(&me, &secret(DEMO_PASSWORD), &at(1)).await.unwrap();
        assert!(house.issuer.sessions().fresh(&me).await.is_err());
        assert!(matches!(enter(&house, "member@example.com", DEMO_PASSWORD, None, &at(2)).await, Err(AuthError::AccountDisabled)));
        assert!(matches!(enter(&house, "member@example.com", OTHER, None, &at(3)).await, Err(AuthError::Credentials)));
        accounts.forgot_password("member@example.com", &at(4)).await.unwrap();
        let letters = Post::of(&house).take("member@example.com").await;
        assert_eq!(letters.iter().map(|letter| letter.subject.as_str()).collect::<Vec<_>>(), ["Your account is closed"]);
        let told = words(&house, "SELECT action FROM audit_log WHERE outcome = 'success' AND action LIKE 'account%'").await;
        assert_eq!(told, ["account_deactivate"]);
    }

    async fn what_cannot_be_taken_is_said_before_anything_is_done(engine) {
        let house = House::new(engine).await;
        let before = count(&house, "SELECT count(*) FROM users").await;
        for (email, password, field) in [
            ("no address", PASSWORD, "email"),
            ("a@new.example", "short", "password"),
            ("a@new.example", "a@new.example a@new", "password"),
            ("member@example.com", "password12345678", "password"),
        ] {
            match sign_up(&house, email, password, &at(1)).await {
                Err(AuthError::Unacceptable { field: said, .. }) => assert_eq!(said, field),
                other => panic!("{email}: {other:?}"),
            }
        }
        assert_eq!(count(&house, "SELECT count(*) FROM users").await, before);
        assert_eq!(count(&house, "SELECT count(*) FROM messages").await, 0);
    }
}

/// A session of somebody for tests beside this file.
pub(crate) async fn session(house: &House, email: &str) -> atriz_core::Caller {
    let attempt = atriz_core::SignIn {
        email: email.to_owned(),
        password: secret(DEMO_PASSWORD),
        code: None,
        app: "atriz".to_owned(),
        keep: Keep::Cookie,
    };
    let signed = house.issuer.sessions().sign_in(attempt, &at(900)).await.unwrap();
    of(house, signed).await
}
