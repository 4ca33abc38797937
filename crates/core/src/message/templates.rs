//! What a message is about, and how its text is made.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::wording;
use crate::entity::auth::messages::Channel;

/// A message to somebody. `to` is an address as [`crate::Email`] reads it, or a number in E.164 form.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Message {
    /// Prove that the address is yours. It calls nobody by a name: that is whatever somebody wrote who may not own the
    /// address.
    VerifyEmail { to: String, token: Secret },
    /// Somebody signed up with an address that has an account.
    AlreadyRegistered { to: String, name: String },
    /// Set a new password.
    ResetPassword { to: String, name: String, token: Secret },
    /// The password was changed.
    PasswordChanged { to: String, name: String },
    /// The password was set by the link of a mail.
    PasswordReset { to: String, name: String },
    /// Prove that the new address is yours; without a name, too.
    ChangeEmail { to: String, token: Secret },
    /// The address was changed; this goes to the old one.
    EmailChanged { to: String, name: String },
    /// Another address was asked for; this one hears of it.
    EmailChangeAsked { to: String, name: String },
    /// Come in.
    Invite { to: String, token: Secret },
    /// An old refresh token was shown, so the session was ended.
    SessionReuse { to: String, name: String },
    /// A second factor was added.
    SecondFactorAdded { to: String, name: String },
    /// A second factor was removed.
    SecondFactorRemoved { to: String, name: String },
    /// A recovery code was used; so many are left.
    RecoveryCodeUsed { to: String, name: String, left: u64 },
    /// There are new recovery codes.
    RecoveryCodesNew { to: String, name: String },
    /// Codes of authenticator apps are refused from now on.
    CodesStopped { to: String, name: String },
    /// The telephone number was changed.
    PhoneChanged { to: String, name: String },
    /// An API key was made.
    ApiKeyMade { to: String, name: String },
    /// The account was shut.
    AccountDisabled { to: String, name: String },
    /// A short code for a telephone.
    PhoneCode { to: String, code: Secret },
}

impl std::fmt::Debug for Message {
    /// Neither whom it goes to nor what it says.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Message({})", self.template())
    }
}

/// A secret within a message. It is written out only to be sealed.
#[derive(Clone, Debug)]
pub(crate) struct Secret(SecretString);

impl From<SecretString> for Secret {
    fn from(secret: SecretString) -> Self {
        Self(secret)
    }
}

impl Serialize for Secret {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.expose_secret())
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(SecretString::from(String::deserialize(deserializer)?)))
    }
}

/// A message ready to be sent.
pub(super) struct Rendered {
    pub(super) to: String,
    pub(super) subject: &'static str,
    pub(super) text: Zeroizing<String>,
}

impl Message {
    /// How it goes.
    pub(super) fn channel(&self) -> Channel {
        match self {
            Self::PhoneCode { .. } => Channel::Sms,
            _ => Channel::Mail,
        }
    }

    /// What kind of message it is, as the table names it.
    pub(super) fn template(&self) -> &'static str {
        match self {
            Self::VerifyEmail { .. } => "verify_email",
            Self::AlreadyRegistered { .. } => "already_registered",
            Self::ResetPassword { .. } => "reset_password",
            Self::PasswordChanged { .. } => "password_changed",
            Self::PasswordReset { .. } => "password_reset",
            Self::ChangeEmail { .. } => "change_email",
            Self::EmailChanged { .. } => "email_changed",
            Self::EmailChangeAsked { .. } => "email_change_asked",
            Self::Invite { .. } => "invite",
            Self::SessionReuse { .. } => "session_reuse",
            Self::SecondFactorAdded { .. } => "second_factor_added",
            Self::SecondFactorRemoved { .. } => "second_factor_removed",
            Self::RecoveryCodeUsed { .. } => "recovery_code_used",
            Self::RecoveryCodesNew { .. } => "recovery_codes_new",
            Self::CodesStopped { .. } => "codes_stopped",
            Self::PhoneChanged { .. } => "phone_changed",
            Self::ApiKeyMade { .. } => "api_key_made",
            Self::AccountDisabled { .. } => "account_disabled",
            Self::PhoneCode { .. } => "phone_code",
        }
    }

    /// What is sealed.
    pub(super) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(serde_json::to_vec(self).expect("a message is made of strings and numbers"))
    }

    /// What was sealed; nothing for bytes of another version.
    pub(super) fn of_bytes(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// The text, whose links begin with `url`.
    pub(super) fn render(&self, url: &str) -> Rendered {
        let (subject, body) = self.wording();
        let (to, name) = self.recipient();
        let mut text = Zeroizing::new(body.replace("{url}", url));
        if let Some((path, token)) = self.link() {
            let link = Zeroizing::new(format!("{url}/{path}?token={}", token.0.expose_secret()));
            text = Zeroizing::new(text.replace("{link}", &link));
        }
        let text = match self {
            Self::PhoneCode { code, .. } => Zeroizing::new(text.replace("{code}", code.0.expose_secret())),
            Self::RecoveryCodeUsed { left, .. } => {
                Zeroizing::new(hello(name, &text.replace("{left}", &left.to_string())))
            }
            _ => Zeroizing::new(hello(name, &text)),
        };
        Rendered { to: to.to_owned(), subject, text }
    }

    /// Where its link leads, and the secret in it.
    fn link(&self) -> Option<(&'static str, &Secret)> {
        match self {
            Self::VerifyEmail { token, .. } => Some(("email/verify", token)),
            Self::ResetPassword { token, .. } => Some(("password/reset", token)),
            Self::ChangeEmail { token, .. } => Some(("email/change", token)),
            Self::Invite { token, .. } => Some(("invitation", token)),
            _ => None,
        }
    }

    /// Where it goes, and what the person is called, if that is known.
    fn recipient(&self) -> (&str, &str) {
        match self {
            Self::VerifyEmail { to, .. }
            | Self::ChangeEmail { to, .. }
            | Self::Invite { to, .. }
            | Self::PhoneCode { to, .. } => (to, ""),
            Self::AlreadyRegistered { to, name }
            | Self::ResetPassword { to, name, .. }
            | Self::PasswordChanged { to, name }
            | Self::PasswordReset { to, name }
            | Self::ApiKeyMade { to, name }
            | Self::EmailChanged { to, name }
            | Self::EmailChangeAsked { to, name }
            | Self::SessionReuse { to, name }
            | Self::SecondFactorAdded { to, name }
            | Self::SecondFactorRemoved { to, name }
            | Self::RecoveryCodeUsed { to, name, .. }
            | Self::RecoveryCodesNew { to, name }
            | Self::CodesStopped { to, name }
            | Self::PhoneChanged { to, name }
            | Self::AccountDisabled { to, name } => (to, name),
        }
    }

    /// Subject and body.
    fn wording(&self) -> (&'static str, &'static str) {
        match self {
            Self::VerifyEmail { .. } => wording::VERIFY_EMAIL,
            Self::AlreadyRegistered { .. } => wording::ALREADY_REGISTERED,
            Self::ResetPassword { .. } => wording::RESET_PASSWORD,
            Self::PasswordChanged { .. } => wording::PASSWORD_CHANGED,
            Self::PasswordReset { .. } => wording::PASSWORD_RESET,
            Self::ChangeEmail { .. } => wording::CHANGE_EMAIL,
            Self::EmailChanged { .. } => wording::EMAIL_CHANGED,
            Self::EmailChangeAsked { .. } => wording::EMAIL_CHANGE_ASKED,
            Self::Invite { .. } => wording::INVITE,
            Self::SessionReuse { .. } => wording::SESSION_REUSE,
            Self::SecondFactorAdded { .. } => wording::SECOND_FACTOR_ADDED,
            Self::SecondFactorRemoved { .. } => wording::SECOND_FACTOR_REMOVED,
            Self::RecoveryCodeUsed { .. } => wording::RECOVERY_CODE_USED,
            Self::RecoveryCodesNew { .. } => wording::RECOVERY_CODES_NEW,
            Self::CodesStopped { .. } => wording::CODES_STOPPED,
            Self::PhoneChanged { .. } => wording::PHONE_CHANGED,
            Self::ApiKeyMade { .. } => wording::API_KEY_MADE,
            Self::AccountDisabled { .. } => wording::ACCOUNT_DISABLED,
            Self::PhoneCode { .. } => wording::PHONE_CODE,
        }
    }
}

fn hello(name: &str, body: &str) -> String {
    let greeting = if name.is_empty() { "Hello,".to_owned() } else { format!("Hello {name},") };
    wrap(&format!("{greeting}\n\n{body}\n"))
}

/// Lines as short as mail has them. A link stays in one piece, however long it is.
fn wrap(text: &str) -> String {
    const WIDTH: usize = 72;
    let mut wrapped = String::with_capacity(text.len() + 16);
    for line in text.lines() {
        let mut column = 0;
        for word in line.split(' ') {
            let length = word.chars().count();
            if column > 0 {
                let fits = column + 1 + length <= WIDTH;
                wrapped.push(if fits { ' ' } else { '\n' });
                column = if fits { column + 1 } else { 0 };
            }
            wrapped.push_str(word);
            column += length;
        }
        wrapped.push('\n');
    }
    wrapped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_begin_with_the_configured_address() {
        let token = Secret::from(SecretString::from("rst_token"));
        let message = Message::ResetPassword { to: "a@example.com".to_owned(), name: "Ada".to_owned(), token };
        let text = message.render("https://accounts.example.com/auth").text;
        assert!(text.contains("\nhttps://accounts.example.com/auth/password/reset?token=rst_token\n"), "{}", *text);
        assert!(text.starts_with("Hello Ada,\n"));
        let long = |line: &&str| line.chars().count() > 72;
        assert_eq!(text.lines().filter(long).collect::<Vec<_>>(), Vec::<&str>::new());
        assert_eq!(wrap(&format!("a {}\n\nb", "x".repeat(100))), format!("a\n{}\n\nb\n", "x".repeat(100)));
    }

    #[test]
    fn strangers_are_sent_no_text_of_somebody_else() {
        // As an older process sealed it, with a name.
        for kind in ["verify_email", "change_email"] {
            let sealed =
                format!(r#"{{"kind":"{kind}","to":"a@example.com","name":"buy at evil.example","token":"x"}}"#);
            let text = Message::of_bytes(sealed.as_bytes()).unwrap().render("http://localhost").text;
            assert!(text.starts_with("Hello,\n") && !text.contains("evil"), "{}", *text);
        }
    }

    #[test]
    fn what_is_sealed_comes_back_and_shows_no_secret() {
        let code = Secret::from(SecretString::from("123456"));
        let message = Message::PhoneCode { to: "+49301234567".to_owned(), code };
        assert_eq!(format!("{message:?}"), "Message(phone_code)");
        let again = Message::of_bytes(&message.to_bytes()).unwrap();
        assert_eq!(again.template(), "phone_code");
        assert!(again.render("http://localhost").text.starts_with("123456 is your code"));
        assert!(Message::of_bytes(b"{\"kind\":\"something_new\"}").is_none());
    }
}
