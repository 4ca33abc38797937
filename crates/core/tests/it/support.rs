//! An issuer over databases of one test's own.

use std::net::IpAddr;
use std::sync::Arc;

use atriz_core::{AuthError, AuthSettings, Caller, Client, Held, Issuer, Keep, SignIn, Verifier};
use atriz_core::{DEMO_PASSWORD, TokenPair};
use atriz_testing::{Engine, TestFleet};
use secrecy::{ExposeSecret as _, SecretString};

/// An issuer, its database and its clock, which stands still until a test moves it.
pub(crate) struct House {
    /// The database.
    pub(crate) fleet: TestFleet,
    /// The issuer.
    pub(crate) issuer: Issuer,
}

impl House {
    /// With demo users and demo roles; mail and text messages land in a folder.
    pub(crate) async fn new(engine: Engine) -> Self {
        Self::with(engine, |_| {}).await
    }

    /// The same, with settings of its own.
    pub(crate) async fn with(engine: Engine, change: impl FnOnce(&mut AuthSettings)) -> Self {
        let fleet = TestFleet::prepared(engine, vec![atriz_core::descriptor()]).await;
        let mut settings = settings_of(&fleet);
        change(&mut settings);
        let issuer = open(&fleet, settings).await.unwrap();
        Self { fleet, issuer }
    }

    /// Another issuer over the same database, as another process has one.
    pub(crate) async fn another(&self) -> Issuer {
        open(&self.fleet, self.issuer.settings().clone()).await.unwrap()
    }

    /// The issuer's own verifier.
    pub(crate) fn verifier(&self) -> Verifier {
        Verifier::local(&self.issuer)
    }

    /// Somebody's program.
    #[expect(clippy::unused_self, reason = "it is written where the house is at hand")]
    pub(crate) fn client(&self) -> Client {
        Client { ip: Some(IpAddr::from([203, 0, 113, 7])), user_agent: Some("test".to_owned()) }
    }

    /// A demo user's tokens.
    pub(crate) async fn tokens(&self, email: &str, app: &str) -> TokenPair {
        let attempt = SignIn {
            email: email.to_owned(),
            password: SecretString::from(DEMO_PASSWORD),
            code: None,
            app: app.to_owned(),
            keep: Keep::Tokens,
        };
        let signed = self.issuer.sessions().sign_in(attempt, &self.client()).await.unwrap();
        match signed.held {
            Held::Tokens(pair) => pair,
            Held::Cookie(_) => panic!("tokens were asked for"),
        }
    }

    /// A demo user, signed in.
    pub(crate) async fn caller(&self, email: &str, app: &str) -> Caller {
        let tokens = self.tokens(email, app).await;
        self.verifier().bearer(tokens.access_token.expose_secret(), app).await.unwrap()
    }
}

/// What the issuer of a test is told: its fleet's environment, and a folder for secrets and messages.
pub(crate) fn settings_of(fleet: &TestFleet) -> AuthSettings {
    let mut settings = AuthSettings::of(&fleet.fleet.configuration).unwrap();
    settings.data_dir = Some(fleet.folder());
    settings
}

/// An issuer over the database of `fleet`.
pub(crate) async fn open(fleet: &TestFleet, settings: AuthSettings) -> Result<Issuer, AuthError> {
    Issuer::open(fleet.database("core").await, fleet.clock.clone(), Arc::new(settings)).await
}
