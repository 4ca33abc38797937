//! Signing in with a second factor.

use std::time::Duration;

use atriz_core::{AuthError, DEMO_PASSWORD, Keep, RecoveryCodes, SignIn, SignedIn};
use atriz_kernel::Clock as _;
use atriz_testing::both_engines;
use secrecy::{ExposeSecret as _, SecretString};
use totp_rs::Totp;

use super::{caller, count, tokens, with_cookie};
use crate::support::House;

/// The code that an authenticator shows now.
fn shown(house: &House, app: &Totp) -> SecretString {
    let now = u64::try_from(house.fleet.clock.now().timestamp()).unwrap();
    SecretString::from(app.generate(now).to_string())
}

async fn enrolled(house: &House) -> (Totp, RecoveryCodes) {
    let factors = house.issuer.second_factors();
    let (me, _) = with_cookie(house, "member@example.com", "atriz").await;
    let enrolment = factors.enrol(&me, "a telephone", &house.client()).await.unwrap();
    let app = Totp::from_url(enrolment.otpauth_url.expose_secret()).unwrap();
    let (codes, _) = factors.confirm(&me, enrolment.id, &shown(house, &app), &house.client()).await.unwrap();
    // A step counts once, so the next code is one of the next step.
    house.fleet.clock.advance(Duration::from_mins(1));
    (app, codes)
}

async fn try_with(house: &House, password: &str, code: Option<&SecretString>) -> Result<SignedIn, AuthError> {
    let attempt = SignIn {
        email: "member@example.com".to_owned(),
        password: SecretString::from(password),
        code: code.cloned(),
        app: "atriz".to_owned(),
        keep: Keep::Tokens,
    };
    house.issuer.sessions().sign_in(attempt, &house.client()).await
}

both_engines! {
    async fn a_password_alone_is_not_enough(engine) {
        let house = House::new(engine).await;
        let (app, codes) = enrolled(&house).await;
        let sessions = count(&house, "SELECT count(*) FROM sessions").await;
        let bare = try_with(&house, DEMO_PASSWORD, None).await;
        assert!(matches!(bare, Err(AuthError::SecondFactorRequired)), "{bare:?}");
        let wrong = try_with(&house, "not the password", Some(&shown(&house, &app))).await;
        assert!(matches!(wrong, Err(AuthError::Credentials)), "a right code tells nothing of the password: {wrong:?}");
        house.fleet.clock.advance(Duration::from_mins(1));
        for code in ["000000", "", "a wrong code"] {
            let wrong = try_with(&house, DEMO_PASSWORD, Some(&SecretString::from(code))).await;
            assert!(matches!(wrong, Err(AuthError::Credentials)), "{code}: {wrong:?}");
            house.fleet.clock.advance(Duration::from_mins(1));
        }
        assert_eq!(count(&house, "SELECT count(*) FROM sessions").await, sessions);
        let code = shown(&house, &app);
        let pair = tokens(try_with(&house, DEMO_PASSWORD, Some(&code)).await.unwrap());
        let me = caller(&house, pair.access_token.expose_secret(), "atriz").await.unwrap();
        assert_eq!(me.acr, "aal2");
        let again = try_with(&house, DEMO_PASSWORD, Some(&code)).await;
        assert!(matches!(again, Err(AuthError::Credentials)), "a code counts once: {again:?}");
        house.fleet.clock.advance(Duration::from_mins(1));
        // A recovery code stands in, once.
        try_with(&house, DEMO_PASSWORD, Some(&codes.0[3])).await.unwrap();
        let again = try_with(&house, DEMO_PASSWORD, Some(&codes.0[3])).await;
        assert!(matches!(again, Err(AuthError::Credentials)), "{again:?}");
        house.fleet.clock.advance(Duration::from_mins(1));
        // A proof anew asks for it too.
        let refused = house.issuer.sessions().step_up(&me, SecretString::from(DEMO_PASSWORD), None, &house.client()).await;
        assert!(matches!(refused, Err(AuthError::SecondFactorRequired)), "{refused:?}");
        let code = Some(shown(&house, &app));
        house.issuer.sessions().step_up(&me, SecretString::from(DEMO_PASSWORD), code, &house.client()).await.unwrap();
    }
}
