//! The texts.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::entity::auth::messages::Channel;

/// A message to somebody. `to` is an address as [`crate::Email`] reads it, or a number in E.164 form.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Message {
    /// Prove that the address is yours.
    VerifyEmail { to: String, name: String, token: Secret },
    /// Somebody signed up with an address that has an account.
    AlreadyRegistered { to: String, name: String },
    /// Set a new password.
    ResetPassword { to: String, name: String, token: Secret },
    /// The password was changed.
    PasswordChanged { to: String, name: String },
    /// Prove that the new address is yours.
    ChangeEmail { to: String, name: String, token: Secret },
    /// The address was changed; this goes to the old one.
    EmailChanged { to: String, name: String },
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
    /// The telephone number was changed.
    PhoneChanged { to: String, name: String },
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
            Self::ChangeEmail { .. } => "change_email",
            Self::EmailChanged { .. } => "email_changed",
            Self::Invite { .. } => "invite",
            Self::SessionReuse { .. } => "session_reuse",
            Self::SecondFactorAdded { .. } => "second_factor_added",
            Self::SecondFactorRemoved { .. } => "second_factor_removed",
            Self::RecoveryCodeUsed { .. } => "recovery_code_used",
            Self::PhoneChanged { .. } => "phone_changed",
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
        let link = |path: &str, token: &Secret| format!("{url}/{path}?token={}", token.0.expose_secret());
        let (to, subject, body) = match self {
            Self::VerifyEmail { to, name, token } => (
                to,
                "Confirm your e-mail address",
                hello(
                    name,
                    &format!(
                        "please confirm that this address is yours:\n\n{}\n\nThe link works once, for 24 hours. If you did not \
                 create an account, do nothing: without this step nobody can use it.",
                        link("email/verify", token)
                    ),
                ),
            ),
            Self::AlreadyRegistered { to, name } => (
                to,
                "You already have an account",
                hello(
                    name,
                    &format!(
                        "somebody, perhaps you, tried to create an account with this address. You already have one. If you \
                 forgot the password, ask for a new one at\n\n{url}/password/forgot\n\nIf it was not you, do nothing."
                    ),
                ),
            ),
            Self::ResetPassword { to, name, token } => (
                to,
                "Set a new password",
                hello(
                    name,
                    &format!(
                        "here you can set a new password:\n\n{}\n\nThe link works once, for 30 minutes. If you did not ask for \
                 it, do nothing: your password stays as it is.",
                        link("password/reset", token)
                    ),
                ),
            ),
            Self::PasswordChanged { to, name } => (
                to,
                "Your password was changed",
                hello(
                    name,
                    &format!(
                        "the password of your account was changed just now. If that was not you, set a new one at once:\n\n\
                 {url}/password/forgot"
                    ),
                ),
            ),
            Self::ChangeEmail { to, name, token } => (
                to,
                "Confirm your new e-mail address",
                hello(
                    name,
                    &format!(
                        "please confirm that your account shall use this address from now on:\n\n{}\n\nThe link works once, for \
                 24 hours. If you did not ask for it, do nothing.",
                        link("email/change", token)
                    ),
                ),
            ),
            Self::EmailChanged { to, name } => (
                to,
                "Your e-mail address was changed",
                hello(
                    name,
                    "your account uses another address from now on, and this one no longer. If that was not you, write to \
                 us at once.",
                ),
            ),
            Self::Invite { to, token } => (
                to,
                "You are invited",
                hello(
                    "",
                    &format!(
                        "somebody invited you to create an account:\n\n{}\n\nThe link works once, for seven days.",
                        link("invitation", token)
                    ),
                ),
            ),
            Self::SessionReuse { to, name } => (
                to,
                "We signed one of your devices out",
                hello(
                    name,
                    &format!(
                        "somebody used a copy of a key that only one of your devices should have, so we signed it out. If you did \
                 not copy data between devices, set a new password:\n\n{url}/password/forgot"
                    ),
                ),
            ),
            Self::SecondFactorAdded { to, name } => (
                to,
                "A second factor was added",
                hello(
                    name,
                    &format!(
                        "signing in to your account now also takes a code of your authenticator app. If that was not you, set a \
                 new password at once:\n\n{url}/password/forgot"
                    ),
                ),
            ),
            Self::SecondFactorRemoved { to, name } => (
                to,
                "A second factor was removed",
                hello(
                    name,
                    &format!(
                        "an authenticator app was removed from your account. If that was not you, set a new password at \
                 once:\n\n{url}/password/forgot"
                    ),
                ),
            ),
            Self::RecoveryCodeUsed { to, name, left } => (
                to,
                "A recovery code was used",
                hello(
                    name,
                    &format!(
                        "somebody signed in to your account with one of its recovery codes; {left} are left. If that was not you, \
                 set a new password at once:\n\n{url}/password/forgot"
                    ),
                ),
            ),
            Self::PhoneChanged { to, name } => (
                to,
                "Your telephone number was changed",
                hello(
                    name,
                    &format!(
                        "the telephone number of your account was changed. If that was not you, set a new password at \
                 once:\n\n{url}/password/forgot"
                    ),
                ),
            ),
            Self::AccountDisabled { to, name } => (
                to,
                "Your account is closed",
                hello(
                    name,
                    "your account was closed, and all devices are signed out. If that was not you, write to us.",
                ),
            ),
            Self::PhoneCode { to, code } => (
                to,
                "Your code",
                format!("{} is your code. It works for 5 minutes. Tell it to nobody.", code.0.expose_secret()),
            ),
        };
        Rendered { to: to.clone(), subject, text: Zeroizing::new(body) }
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
