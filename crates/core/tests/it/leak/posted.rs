//! The secrets that reach people by mail and by telephone, and those of a second factor.

use std::time::Duration;

use atriz_core::{DEMO_PASSWORD, Invitation, NewAccount};
use atriz_kernel::Clock as _;
use secrecy::{ExposeSecret as _, SecretString};
use totp_rs::Totp;

use crate::sessions::{admin, with_cookie};
use crate::support::House;

/// What was sent and shown.
pub(super) struct Posted {
    /// Tokens of links.
    pub(super) links: Vec<String>,
    /// Recovery codes and the seed of an authenticator.
    pub(super) factors: Vec<String>,
    /// The code of a text message.
    pub(super) code: String,
}

impl Posted {
    /// Has one of each sent; the house sends text messages to Germany.
    pub(super) async fn by(house: &House) -> Self {
        let (accounts, client) = (house.issuer.accounts(), house.client());
        let password = SecretString::from("nine quiet rivers bend south");
        let (email, name) = ("new-person@example.org".to_owned(), "New Person".to_owned());
        accounts.sign_up(NewAccount { email, name, password }, &client).await.unwrap();
        accounts.forgot_password("moderator@example.com", &client).await.unwrap();
        let (editor, _) = with_cookie(house, "editor@example.com", "atriz").await;
        let password = SecretString::from(DEMO_PASSWORD);
        accounts.change_email(&editor, "editor@example.org", &password, &client).await.unwrap();
        let invitation = Invitation { email: "invited@example.org".to_owned(), roles: Vec::new() };
        accounts.invite(&admin(house).await, invitation, &client).await.unwrap();
        accounts.set_phone(&editor, "+4915112345678", &client).await.unwrap();
        let factors = factors(house).await;
        let (links, code) = read(house).await;
        Self { links, factors, code }
    }
}

async fn factors(house: &House) -> Vec<String> {
    let (factors, client) = (house.issuer.second_factors(), house.client());
    let (driver, _) = with_cookie(house, "driver@example.com", "atriz").await;
    let enrolment = factors.enrol(&driver, "a telephone", &client).await.unwrap();
    let app = Totp::from_url(enrolment.otpauth_url.expose_secret()).unwrap();
    let now = u64::try_from(house.fleet.clock.now().timestamp()).unwrap();
    let code = SecretString::from(app.generate(now).to_string());
    let (codes, _) = factors.confirm(&driver, enrolment.id, &code, &client).await.unwrap();
    let shown = codes.0.into_iter().chain([enrolment.secret, enrolment.otpauth_url]);
    shown.map(|secret| secret.expose_secret().to_owned()).collect()
}

/// Waits for the messages, and reads the tokens and the code in them.
async fn read(house: &House) -> (Vec<String>, String) {
    let folder = house.fleet.folder().join("messages");
    for _ in 0..300 {
        let (mut links, mut code) = (Vec::new(), None);
        for file in std::fs::read_dir(&folder).into_iter().flatten() {
            let path = file.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap_or_default().replace("=\r\n", "").replace("=\n", "");
            match path.extension().and_then(std::ffi::OsStr::to_str) {
                Some("eml") => links.extend(token(&text)),
                Some("txt") => code = digits(&text),
                _ => {}
            }
        }
        if let (4, Some(code)) = (links.len(), code) {
            return (links, code);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the messages did not come: {:?}", std::fs::read_dir(&folder).map(Iterator::count));
}

fn token(text: &str) -> Option<String> {
    let start = ["vfy_", "rst_", "chg_", "inv_"].iter().find_map(|prefix| text.find(prefix))?;
    Some(text[start..].chars().take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_').collect())
}

fn digits(text: &str) -> Option<String> {
    let words = text.split(|letter: char| !letter.is_ascii_digit());
    words.filter(|word| word.len() == 6).map(str::to_owned).next()
}
