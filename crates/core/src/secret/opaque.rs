//! Opaque secrets: `<prefix>_<base62 of 32 random bytes>_<base62 of a checksum>`.
//!
//! The prefix lets scanners for leaked secrets find them, and keeps one kind from being tried as another. The checksum
//! refuses junk without asking the database. What is stored is SHA-256 of the whole text.

use ring::rand::{SecureRandom, SystemRandom};
use secrecy::SecretString;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{base62, crc::crc32, sha256};

/// What a secret is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prefix {
    /// The cookie of a session.
    Session,
    /// Proves an address.
    Verify,
    /// Sets a new password.
    Reset,
    /// Proves the new address of an account.
    ChangeEmail,
    /// Lets a new person in.
    Invite,
    /// Exchanged for tokens by an app.
    Code,
    /// An API key, which names its row as well.
    Key,
    /// The secret of an app.
    Client,
}

impl Prefix {
    /// All of them.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 8] = [
        Self::Session,
        Self::Verify,
        Self::Reset,
        Self::ChangeEmail,
        Self::Invite,
        Self::Code,
        Self::Key,
        Self::Client,
    ];

    /// As it stands before the first `_`.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Session => "ses",
            Self::Verify => "vfy",
            Self::Reset => "rst",
            Self::ChangeEmail => "chg",
            Self::Invite => "inv",
            Self::Code => "cod",
            Self::Key => "key",
            Self::Client => "cli",
        }
    }
}

/// Digits of 32 bytes, of 16 bytes, and of the checksum.
const SECRET: usize = 43;
const ID: usize = 22;
const CHECK: usize = 6;

/// A new secret, and what is stored of it.
pub(crate) fn generate(prefix: Prefix) -> (SecretString, [u8; 32]) {
    finish(&Zeroizing::new(format!("{}_{}", prefix.text(), *random())))
}

/// A new API key that names its row, and what is stored of it.
pub(crate) fn generate_key(id: Uuid) -> (SecretString, [u8; 32]) {
    let id = base62::encode(id.as_bytes(), ID);
    finish(&Zeroizing::new(format!("{}_{id}_{}", Prefix::Key.text(), *random())))
}

/// What is stored of a secret of this kind; nothing for what is not well formed.
pub(crate) fn digest(prefix: Prefix, token: &str) -> Option<[u8; 32]> {
    let secret = body(token)?.strip_prefix(prefix.text())?.strip_prefix('_')?;
    (secret.len() == SECRET && base62::is_written(secret)).then(|| sha256(token.as_bytes()))
}

/// The row that an API key names, and what is stored of the key; nothing for what is not well formed.
pub(crate) fn parse_key(token: &str) -> Option<(Uuid, [u8; 32])> {
    let (id, secret) = body(token)?.strip_prefix(Prefix::Key.text())?.strip_prefix('_')?.split_once('_')?;
    if id.len() != ID || secret.len() != SECRET || !base62::is_written(secret) {
        return None;
    }
    Some((Uuid::from_u128(base62::decode(id)?), sha256(token.as_bytes())))
}

fn random() -> Zeroizing<String> {
    let mut bytes = Zeroizing::new([0; 32]);
    SystemRandom::new().fill(&mut *bytes).expect("the system gives random bytes");
    Zeroizing::new(base62::encode(&*bytes, SECRET))
}

fn check(body: &str) -> String {
    base62::encode(&crc32(body.as_bytes()).to_be_bytes(), CHECK)
}

fn finish(body: &str) -> (SecretString, [u8; 32]) {
    let token = Zeroizing::new(format!("{body}_{}", check(body)));
    (SecretString::from(token.as_str()), sha256(token.as_bytes()))
}

/// What stands before the checksum, if that is right.
fn body(token: &str) -> Option<&str> {
    let (body, given) = token.rsplit_once('_')?;
    // The longest is an API key.
    (token.len() <= 80 && given == check(body)).then_some(body)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn a_secret_is_read_as_its_own_kind_alone() {
        for prefix in Prefix::ALL {
            let (token, stored) = generate(prefix);
            for other in Prefix::ALL {
                let read = digest(other, token.expose_secret());
                assert_eq!(read, (other == prefix).then_some(stored), "{prefix:?} as {other:?}");
            }
            assert_eq!(parse_key(token.expose_secret()), None);
            assert_ne!(generate(prefix).1, stored);
        }
        let id = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);
        let (key, stored) = generate_key(id);
        assert_eq!(parse_key(key.expose_secret()), Some((id, stored)));
        assert_eq!(digest(Prefix::Key, key.expose_secret()), None);
        assert_eq!(key.expose_secret().len(), 77);
    }

    proptest! {
        #[test]
        fn anything_can_be_read(text in ".*", bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            for text in [text.as_str(), &String::from_utf8_lossy(&bytes)] {
                for prefix in Prefix::ALL {
                    prop_assert_eq!(digest(prefix, text), None);
                    prop_assert_eq!(digest(prefix, &format!("{}_{text}", prefix.text())), None);
                }
                prop_assert_eq!(parse_key(text), None);
                prop_assert_eq!(parse_key(&format!("key_{text}")), None);
            }
        }

        #[test]
        fn one_changed_character_is_noticed(at in 0_usize..54, with in "[0-9A-Za-z_]") {
            let (token, _) = generate(Prefix::Reset);
            let token = token.expose_secret();
            let mut changed = token.to_owned();
            changed.replace_range(at..=at, &with);
            prop_assume!(changed != token);
            prop_assert_eq!(digest(Prefix::Reset, &changed), None);
            prop_assert_eq!(digest(Prefix::Reset, &token[..at]), None);
            prop_assert_eq!(digest(Prefix::Reset, &format!("{token}{with}")), None);
        }
    }
}
