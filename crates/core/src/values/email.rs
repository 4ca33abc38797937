//! E-mail addresses.

use std::fmt;

use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

use crate::AuthError;

/// The longest address that mail can be sent to (RFC 5321 §4.5.3.1.3, less the angle brackets).
const MAX_LENGTH: usize = 254;
/// The longest part before the `@` (RFC 5321 §4.5.3.1.1).
const MAX_LOCAL: usize = 64;

/// An address that mail can be sent to, as it was written and in its comparable form.
///
/// The part before the `@` is ASCII: two spellings that only look alike would be two mailboxes and one account, or the
/// other way round. Internationalised domains are compared in ASCII.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Email {
    given: String,
    norm: String,
}

/// A text that is no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("it takes an e-mail address, such as ada@example.com")]
pub struct EmailError;

impl Email {
    /// Reads an address; blanks around it are no part of it.
    ///
    /// # Errors
    ///
    /// [`EmailError`].
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        // Nothing longer can become short enough, and normalising a megabyte would take its time.
        if text.len() > 4 * MAX_LENGTH {
            return Err(EmailError);
        }
        let given = text.trim();
        let (local, domain) = given.rsplit_once('@').ok_or(EmailError)?;
        if !is_local(local) || given.chars().any(char::is_control) {
            return Err(EmailError);
        }
        let domain = domain_of(domain)?;
        let norm = format!("{}@{domain}", local.to_lowercase());
        if given.chars().count() > MAX_LENGTH || norm.len() > MAX_LENGTH {
            return Err(EmailError);
        }
        Ok(Self { given: given.to_owned(), norm })
    }

    /// The address as it was written.
    pub fn given(&self) -> &str {
        &self.given
    }

    /// The comparable form: trimmed, lower case, the domain in ASCII.
    pub fn norm(&self) -> &str {
        &self.norm
    }

    /// The part before the `@`, in its comparable form.
    pub fn local(&self) -> &str {
        self.norm.rsplit_once('@').map_or("", |(local, _)| local)
    }

    /// The address as a mail server takes it: the local part as written, the domain in ASCII.
    pub(crate) fn deliverable(&self) -> (&str, &str) {
        let local = self.given.rsplit_once('@').map_or("", |(local, _)| local);
        let domain = self.norm.rsplit_once('@').map_or("", |(_, domain)| domain);
        (local, domain)
    }
}

impl fmt::Debug for Email {
    /// Addresses are personal data, and what is debugged is logged.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Email(***)")
    }
}

impl From<EmailError> for AuthError {
    fn from(error: EmailError) -> Self {
        Self::unacceptable("email", error.to_string())
    }
}

/// `atext` and dots between (RFC 5322 §3.2.3); quoted local parts are left out, as mail systems do.
fn is_local(local: &str) -> bool {
    let atext = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-.".contains(&byte);
    (1..=MAX_LOCAL).contains(&local.len())
        && local.bytes().all(atext)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
}

/// The domain in ASCII. It has a dot and does not end in a number: `localhost` and addresses of hosts take no mail of
/// ours.
fn domain_of(text: &str) -> Result<String, EmailError> {
    let text: String = text.nfkc().collect();
    let domain = idna::domain_to_ascii_strict(&text).map_err(|_| EmailError)?.to_ascii_lowercase();
    let (_, last) = domain.rsplit_once('.').ok_or(EmailError)?;
    let label = |label: &str| {
        let plain = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        (1..=63).contains(&label.len()) && plain && !label.starts_with('-') && !label.ends_with('-')
    };
    let named = last.bytes().any(|byte| byte.is_ascii_alphabetic());
    if domain.len() <= 253 && named && domain.split('.').all(label) { Ok(domain) } else { Err(EmailError) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_mailbox_has_one_comparable_form() {
        for (given, norm) in [
            (" Ada@Example.COM ", "ada@example.com"),
            ("ada+tag@example.com", "ada+tag@example.com"),
            ("a.d.a@bücher.example", "a.d.a@xn--bcher-kva.example"),
            ("ada@ＥＸＡＭＰＬＥ.com", "ada@example.com"),
        ] {
            assert_eq!(Email::parse(given).map(|email| email.norm), Ok(norm.to_owned()), "{given}");
        }
        assert_eq!(Email::parse("Ada@Bücher.example").unwrap().deliverable(), ("Ada", "xn--bcher-kva.example"));
    }

    #[test]
    fn what_takes_no_mail_is_refused() {
        let long = format!("{}@example.com", "a".repeat(65));
        let longer = format!("a@{}.com", "b".repeat(300));
        for text in [
            "",
            "@",
            "a@",
            "@b.c",
            "a",
            "a@b",
            "a@localhost",
            "a@127.0.0.1",
            "a@[127.0.0.1]",
            "a b@c.de",
            "a@b..de",
            "a@-b.de",
            ".a@b.de",
            "a.@b.de",
            "a..b@c.de",
            "\"a\"@b.de",
            "а@example.com",
            "a@b.de\0",
            "a\n@b.de",
            "a@b.de,c@d.ef",
            "a@b_c.de",
            "<a@b.de>",
            &long,
            &longer,
        ] {
            assert_eq!(Email::parse(text).err(), Some(EmailError), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_an_address_or_none(text in "\\PC{0,80}") {
            let _ = Email::parse(&text);
        }

        #[test]
        fn the_comparable_form_is_a_fixed_point(local in "[a-zA-Z0-9+_]{1,20}", domain in "[a-zA-Z]{1,20}\\.[a-z]{2,8}") {
            let email = Email::parse(&format!("{local}@{domain}"));
            // Some of these look like Punycode and are none.
            if let Ok(email) = email {
                let again = Email::parse(email.norm()).unwrap();
                prop_assert_eq!(again.norm(), email.norm());
                let shown = format!("{email:?}");
                prop_assert_eq!(shown, "Email(***)");
            }
        }

        #[test]
        fn bytes_of_any_kind_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let text = String::from_utf8_lossy(&bytes);
            if let Ok(email) = Email::parse(&text) {
                prop_assert!(email.norm().is_ascii() && email.norm().len() <= 254);
                prop_assert!(!email.given().contains(['\r', '\n', '\0']));
            }
        }
    }
}
