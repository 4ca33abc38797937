//! What the tests of accounts share: people with addresses, and what is mailed to them.

use std::collections::HashSet;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use atriz_core::{AuthError, Caller, Client, Held, Keep, NewAccount, SignIn, SignedIn};
use atriz_testing::{execute, number, texts};
use secrecy::{ExposeSecret as _, SecretString};

use crate::support::House;

/// A password that the policy takes.
pub(crate) const PASSWORD: &str = "nine quiet rivers bend south";
/// Another one.
pub(crate) const OTHER: &str = "seven loud kettles sing north";

pub(crate) fn secret(text: impl Into<String>) -> SecretString {
    SecretString::from(text.into())
}

/// The program of somebody at an address of their own.
pub(crate) fn at(number: u16) -> Client {
    let [high, low] = number.to_be_bytes();
    Client { ip: Some(IpAddr::from([198, 51, high, low])), user_agent: Some("test".to_owned()) }
}

/// Tries to sign in.
pub(crate) async fn enter(
    house: &House,
    email: &str,
    password: &str,
    code: Option<&str>,
    client: &Client,
) -> Result<SignedIn, AuthError> {
    let attempt = SignIn {
        email: email.to_owned(),
        password: secret(password),
        code: code.map(secret),
        app: "atriz".to_owned(),
        keep: Keep::Cookie,
    };
    house.issuer.sessions().sign_in(attempt, client).await
}

/// Somebody signed in.
pub(crate) async fn caller(house: &House, email: &str, password: &str, client: &Client) -> Caller {
    let signed = enter(house, email, password, None, client).await.unwrap_or_else(|error| panic!("{email}: {error}"));
    of(house, signed).await
}

/// Whom a sign-in speaks for.
pub(crate) async fn of(house: &House, signed: SignedIn) -> Caller {
    let Held::Cookie(cookie) = signed.held else { panic!("a cookie was asked for") };
    house.issuer.sessions().by_cookie(cookie.value.expose_secret(), "atriz").await.unwrap()
}

pub(crate) async fn sign_up(house: &House, email: &str, password: &str, client: &Client) -> Result<(), AuthError> {
    let new = NewAccount { email: email.to_owned(), name: "Ada".to_owned(), password: secret(password) };
    house.issuer.accounts().sign_up(new, client).await
}

/// How many hashes were computed.
pub(crate) fn hashes(house: &House) -> u64 {
    house.issuer.accounts().hashing().operations
}

pub(crate) async fn run_sql(house: &House, sql: &str) {
    execute(house.fleet.database("core").await.write(), sql).await.unwrap();
}

pub(crate) async fn count(house: &House, sql: &str) -> i64 {
    number(house.fleet.database("core").await.read(), sql).await
}

pub(crate) async fn words(house: &House, sql: &str) -> Vec<String> {
    texts(house.fleet.database("core").await.read(), sql).await
}

/// A letter or a text message.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    pub(crate) subject: String,
    pub(crate) text: String,
}

impl Letter {
    /// The secret of its link.
    pub(crate) fn token(&self) -> SecretString {
        let (_, rest) = self.text.split_once("?token=").unwrap_or_else(|| panic!("no link in {}", self.subject));
        secret(rest.split_whitespace().next().unwrap())
    }

    /// Its six digits.
    pub(crate) fn code(&self) -> String {
        let (_, body) = self.text.split_once("\n\n").unwrap();
        body[..6].to_owned()
    }
}

/// What was sent, each letter once.
pub(crate) struct Post<'a> {
    house: &'a House,
    seen: Mutex<HashSet<PathBuf>>,
}

impl<'a> Post<'a> {
    pub(crate) fn of(house: &'a House) -> Self {
        Self { house, seen: Mutex::default() }
    }

    /// What was sent to this recipient since the last look, once nothing is waiting to be sent.
    pub(crate) async fn take(&self, to: &str) -> Vec<Letter> {
        self.settle().await;
        let folder = self.house.fleet.folder().join("messages");
        let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
            .map(|entries| entries.map(|entry| entry.unwrap().path()).collect())
            .unwrap_or_default();
        paths.sort();
        let mut seen = self.seen.lock().unwrap();
        let mut letters = Vec::new();
        for path in paths {
            let text = std::fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
            if text.lines().any(|line| line == format!("To: {to}")) && seen.insert(path) {
                letters.push(read(&text));
            }
        }
        letters
    }

    /// The one letter that was sent to this recipient.
    pub(crate) async fn one(&self, to: &str) -> Letter {
        let mut letters = self.take(to).await;
        assert_eq!(letters.len(), 1, "{letters:?}");
        letters.remove(0)
    }

    async fn settle(&self) {
        let database = self.house.fleet.database("core").await;
        for _ in 0..600 {
            if number(database.read(), "SELECT count(*) FROM messages WHERE sealed IS NOT NULL").await == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the outbox is not emptied");
    }
}

fn read(text: &str) -> Letter {
    let subject = text.lines().find_map(|line| line.strip_prefix("Subject: ")).unwrap_or_default().to_owned();
    let quoted = text.lines().any(|line| line == "Content-Transfer-Encoding: quoted-printable");
    let text = if quoted { text.replace("=\n", "").replace("=3D", "=") } else { text.to_owned() };
    Letter { subject, text }
}
