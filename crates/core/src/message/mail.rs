//! The ways a mail goes.

use std::fmt;
use std::path::PathBuf;
use std::time::SystemTime;

use async_trait::async_trait;
use lettre::message::header::{ContentTransferEncoding, ContentType};
use lettre::message::{Body, Mailbox, SinglePart};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message as Letter, Tokio1Executor};
use sea_orm::prelude::ChronoDateTimeUtc;
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::folder::Folder;
use crate::AuthError;
use crate::values::Email;

/// A mail ready to be sent. Its text may hold a link that lets in.
pub struct Mail {
    /// The id of its row, which stays the same when it is tried again.
    pub id: Uuid,
    /// The time that stands in it.
    pub at: ChronoDateTimeUtc,
    /// The address it goes to.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: Zeroizing<String>,
}

impl fmt::Debug for Mail {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Mail").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Sends mail.
#[async_trait]
pub trait MailTransport: fmt::Debug + Send + Sync {
    /// Sends one mail. It may come a second time when the first one's fate is not known.
    ///
    /// # Errors
    ///
    /// [`SendError`], whose text tells neither address nor contents.
    async fn send(&self, mail: &Mail) -> Result<(), SendError>;
}

/// Why a message did not go, in words that may be stored and logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendError {
    text: String,
    for_good: bool,
}

impl SendError {
    /// It may go later.
    pub fn passing(text: impl Into<String>) -> Self {
        Self { text: text.into(), for_good: false }
    }

    /// It will never go.
    pub fn for_good(text: impl Into<String>) -> Self {
        Self { text: text.into(), for_good: true }
    }

    /// Whether it will never go.
    pub fn is_for_good(&self) -> bool {
        self.for_good
    }

    /// Why.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// A mail server.
#[derive(Debug)]
pub(super) struct Smtp {
    from: Mailbox,
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

impl Smtp {
    /// As [`Smtp::new`], where people rely on it: links that let in go over no wire in the clear, and mail has a sender.
    pub(super) fn for_production(url: &SecretString, from: &str) -> Result<Self, AuthError> {
        if !is_private(url.expose_secret()) {
            let why = "SMTP_URL takes smtps://, or smtp:// with ?tls=required, in production";
            return Err(AuthError::inside(why));
        }
        let smtp = Self::new(url, from)?;
        // What stands in place of a sender that nobody gave.
        if smtp.from.email.domain() == "localhost" {
            return Err(AuthError::Unsupported("mail (MAIL_FROM)"));
        }
        Ok(smtp)
    }

    /// The server at `url`, such as `smtps://user:password@mail.example.com`.
    pub(super) fn new(url: &SecretString, from: &str) -> Result<Self, AuthError> {
        // The reason may quote the address, which holds a password.
        let refused = |_| AuthError::inside("SMTP_URL takes an address such as smtps://user:password@mail.example.com");
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose_secret()).map_err(refused)?;
        let transport = transport.timeout(Some(std::time::Duration::from_secs(30))).build();
        Ok(Self { from: mailbox(from)?, transport })
    }
}

#[async_trait]
impl MailTransport for Smtp {
    async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        let letter = letter(&self.from, mail, Body::new(mail.text.to_string()))?;
        match self.transport.send(letter).await {
            Ok(_) => Ok(()),
            Err(error) => {
                let code = error.status().map(|code| format!("the mail server answered {code}"));
                let text = code.unwrap_or_else(|| "the mail server could not be reached".to_owned());
                Err(if error.is_permanent() { SendError::for_good(text) } else { SendError::passing(text) })
            }
        }
    }
}

/// A folder of mails, for development and tests.
#[derive(Debug)]
pub(super) struct FolderMail {
    from: Mailbox,
    folder: Folder,
}

impl FolderMail {
    pub(super) fn new(folder: PathBuf, from: &str) -> Result<Self, AuthError> {
        Ok(Self { from: mailbox(from)?, folder: Folder::new(folder) })
    }
}

#[async_trait]
impl MailTransport for FolderMail {
    async fn send(&self, mail: &Mail) -> Result<(), SendError> {
        // As it is, so that whoever reads the file can open the link: no server has to understand it.
        let text = mail.text.replace('\n', "\r\n").into_bytes();
        let body = Body::dangerous_pre_encoded(text, ContentTransferEncoding::EightBit);
        let letter = letter(&self.from, mail, body)?;
        self.folder.put(mail.at, mail.id, "eml", letter.formatted()).await
    }
}

/// Whether mail reaches this server over TLS, or stays on this machine.
fn is_private(url: &str) -> bool {
    let Ok(url) = url::Url::parse(url) else { return false };
    let here = match url.host_str().unwrap_or_default() {
        "localhost" => true,
        host => host.trim_matches(['[', ']']).parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback()),
    };
    let mut asked = url.query_pairs().filter(|(name, _)| name == "tls").map(|(_, value)| value);
    let required = asked.next().as_deref() == Some("required") && asked.next().is_none();
    url.scheme() == "smtps" || here || required
}

fn mailbox(text: &str) -> Result<Mailbox, AuthError> {
    text.parse().map_err(|_| AuthError::inside("MAIL_FROM takes an address such as Atriz <no-reply@example.com>"))
}

fn letter(from: &Mailbox, mail: &Mail, body: Body) -> Result<Letter, SendError> {
    let refused = |_| SendError::for_good("the mail cannot be written");
    let to = Email::parse(&mail.to).map_err(|_| SendError::for_good("the address takes no mail"))?;
    let (local, domain) = to.deliverable();
    let to = Address::new(local, domain).map_err(|_| SendError::for_good("the address takes no mail"))?;
    let body = SinglePart::builder().header(ContentType::TEXT_PLAIN).body(body);
    Letter::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .subject(mail.subject.clone())
        .date(SystemTime::from(mail.at))
        .message_id(Some(format!("<{}@{}>", mail.id, from.email.domain())))
        .singlepart(body)
        .map_err(refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn production_sends_no_link_in_the_clear() {
        const FROM: &str = "House <house@atriz.example>";
        for (url, taken) in [
            ("smtps://user:password@mail.example.com", true),
            ("smtp://mail.example.com:587?tls=required", true),
            ("smtp://127.0.0.1:2525", true),
            ("smtp://[::1]:2525", true),
            ("smtp://localhost", true),
            ("smtp://mail.example.com", false),
            ("smtp://mail.example.com?tls=opportunistic", false),
            ("smtp://mail.example.com?tls=required&tls=opportunistic", false),
            ("smtp://127.0.0.1.example.com", false),
            ("no address", false),
        ] {
            let made = Smtp::for_production(&SecretString::from(url), FROM);
            assert_eq!(made.is_ok(), taken, "{url}: {made:?}");
        }
        let nobody = Smtp::for_production(&SecretString::from("smtp://localhost"), "Atriz <no-reply@localhost>");
        assert!(matches!(nobody, Err(AuthError::Unsupported("mail (MAIL_FROM)"))), "{nobody:?}");
    }
}
