//! The issuer's routes, and a few of an app, over a database of one test's own.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use atriz_core::{AuthSettings, Issuer, Verifier};
use atriz_core_http::{
    Auth, AuthFresh, AuthState, IssuerState, Public, Require, RequireSteppedUp, SteppedUp, issuer_routes, permission,
    with_security,
};
use atriz_testing::{Engine, Http, Running, TestFleet};
use atriz_web::Server;
use axum::Router;
use axum::routing::{get, post};
use reqwest::Method;
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;

/// A password that is good enough for a new account.
pub(crate) const PASSWORD: &str = "nine quiet rivers bend south";

permission! {
    /// Reads accounts.
    pub(crate) UsersRead = "users.read";
}

/// What a test asks.
pub(crate) struct House {
    pub(crate) app: Running,
    pub(crate) issuer: Issuer,
    messages: PathBuf,
}

/// Serves the issuer as the app `atriz`, with all seeds.
pub(crate) async fn house(engine: Engine) -> House {
    house_over(TestFleet::prepared(engine, vec![atriz_core::descriptor()]).await).await
}

pub(crate) async fn house_over(databases: TestFleet) -> House {
    house_with(databases, |_| ()).await
}

pub(crate) async fn house_with(databases: TestFleet, change: impl FnOnce(&mut AuthSettings)) -> House {
    let mut settings = AuthSettings::of(&databases.fleet.configuration).unwrap();
    change(&mut settings);
    let settings = Arc::new(settings);
    let messages = settings.data_dir.clone().unwrap().join("messages");
    let core = databases.database("core").await;
    let issuer = Issuer::open(core, databases.clock.clone(), Arc::clone(&settings)).await.unwrap();
    let auth = AuthState::new("atriz", Verifier::local(&issuer), &settings);
    let routes =
        issuer_routes(IssuerState::new(auth.clone(), issuer.clone())).merge(OpenApiRouter::from(made_up(auth)));
    let app = Running::over(databases, |_, _, _| async move {
        Server::builder("atriz", "1.0.0").api(with_security(routes, "atriz")).build()
    })
    .await;
    House { app, issuer, messages }
}

/// One route for each extractor, which answers with the caller's name for tests.
fn made_up(auth: AuthState) -> Router {
    Router::new()
        .route("/try/public", get(async |_: Public| "everybody"))
        .route("/try/auth", get(async |caller: Auth| caller.app.clone()).post(async |caller: Auth| caller.app.clone()))
        .route("/try/fresh", get(async |caller: AuthFresh| caller.app.clone()))
        .route("/try/stepped-up", get(async |caller: SteppedUp| caller.app.clone()))
        .route("/try/users", get(async |caller: Require<UsersRead>| caller.app.clone()))
        .route("/try/users-now", post(async |caller: RequireSteppedUp<UsersRead>| caller.app.clone()))
        .with_state(auth)
}

impl House {
    pub(crate) fn http(&self) -> &Http {
        &self.app.http
    }

    /// Lets time pass.
    pub(crate) fn wait(&self, time: Duration) {
        self.app.databases.clock.advance(time);
    }

    /// The token of the newest mail to `address` that leads to `path`, once it is there.
    pub(crate) async fn token_of_mail(&self, address: &str, path: &str) -> String {
        let patience = Instant::now() + Duration::from_secs(10);
        loop {
            if let Some(token) = self.mails(address).iter().rev().find_map(|mail| token(mail, path)) {
                return token;
            }
            assert!(Instant::now() < patience, "no mail to {address} leads to {path}: {:?}", self.mails(address));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The mails to an address, the oldest first.
    pub(crate) fn mails(&self, address: &str) -> Vec<String> {
        let mut files: Vec<_> = std::fs::read_dir(&self.messages)
            .map(|files| files.filter_map(|file| Some(file.ok()?.path())).collect())
            .unwrap_or_default();
        files.sort();
        let texts = files.iter().filter_map(|file| std::fs::read_to_string(file).ok());
        texts.filter(|text| text.contains(address)).collect()
    }

    /// Makes an account and proves its address.
    pub(crate) async fn account(&self, email: &str) {
        let body = json!({"email": email, "name": "Ann", "password": PASSWORD});
        self.http().post("/auth/sign-up", &body, 202).await;
        let token = self.token_of_mail(email, "/email/verify").await;
        self.http().post("/auth/email/verify", &json!({"token": token, "password": PASSWORD}), 204).await;
    }

    /// Registers the address that a sign-in to app `mextrack` returns to.
    pub(crate) async fn register_redirect(&self, address: &str) {
        let admin = self.http().signed_in("admin@example.com").await;
        let path = "/auth/admin/apps/mextrack/redirect-uris";
        let registered = admin.send(Method::PUT, path, Some(&json!({ "redirect_uris": [address] })), 200).await.json();
        let all = admin.get("/auth/admin/apps").await;
        assert!(all["items"].as_array().unwrap().contains(&registered), "{all}");
    }

    /// A browser in which that account is signed in by its cookie.
    pub(crate) async fn browser(&self, email: &str) -> Http {
        let body = json!({"email": email, "password": PASSWORD, "session": "cookie"});
        self.http().with("cookie", &cookie_of(&self.http().post("/auth/sign-in", &body, 204).await))
    }

    /// Tokens of an account that [`House::account`] made.
    pub(crate) async fn tokens(&self, email: &str) -> Value {
        self.http().post("/auth/sign-in", &json!({"email": email, "password": PASSWORD}), 200).await.json()
    }
}

fn token(mail: &str, path: &str) -> Option<String> {
    let (_, rest) = mail.split_once(&format!("{path}?token="))?;
    Some(rest.chars().take_while(|sign| sign.is_ascii_alphanumeric() || *sign == '_').collect())
}

/// The value of the cookie that an answer sets.
pub(crate) fn cookie_of(answer: &atriz_testing::Answer) -> String {
    let header = answer.header("set-cookie").unwrap();
    header.split(';').next().unwrap().to_owned()
}
