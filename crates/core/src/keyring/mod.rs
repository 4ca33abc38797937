//! The keys outside the database: master keys, from which everything that is keyed or sealed is derived, and the peppers
//! of passwords.

mod derive;
mod error;
mod file;
mod fit;
mod load;
mod parse;
mod seal;

use std::fmt;

use ring::hmac;
use uuid::Uuid;
use zeroize::Zeroizing;

pub use error::KeyringError;

use crate::settings::AuthSettings;
use parse::NamedKey;

/// Named keys of 32 bytes. The first of a kind is the current one; the others still check and open what they made.
pub struct Keyring {
    masters: Vec<NamedKey>,
    peppers: Vec<NamedKey>,
}

impl Keyring {
    /// Reads the keys that were given; in development and tests, makes them where none were.
    ///
    /// # Errors
    ///
    /// [`KeyringError`], which says which variable or file is missing or cannot be read, and never what is in it.
    pub fn load(settings: &AuthSettings) -> Result<Self, KeyringError> {
        Ok(Self { masters: load::masters(settings)?, peppers: load::peppers(settings)? })
    }

    /// The name of the current master key.
    pub fn current_id(&self) -> &str {
        &self.masters[0].id
    }

    fn master(&self, id: &str) -> Option<&NamedKey> {
        self.masters.iter().find(|key| key.id == id)
    }

    /// The key that authenticates the refresh tokens of one session.
    pub(crate) fn refresh_mac_key(&self, id: &str, session: Uuid) -> Option<hmac::Key> {
        let key = derive::derive(&*self.master(id)?.bytes, &[b"refresh", session.as_bytes()]);
        Some(hmac::Key::new(hmac::HMAC_SHA256, &*key))
    }

    /// A keyed hash of parts, for codes that are too short to be hashed alone. Each part's length goes in as well, so that
    /// no two lists of parts are one.
    pub(crate) fn code_mac(&self, id: &str, parts: &[&[u8]]) -> Option<[u8; 32]> {
        let key = derive::derive(&*self.master(id)?.bytes, &[b"code"]);
        Some(mac(&key, parts))
    }

    /// A keyed hash under the oldest master key: for values that have to be found again, whichever key is current now.
    pub(crate) fn lookup_mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        let oldest = self.masters.last().unwrap_or(&self.masters[0]);
        mac(&derive::derive(&*oldest.bytes, &[b"lookup"]), parts)
    }

    /// Encrypts under the current key. Only who names the same `context` can open it. The answer names the key.
    pub(crate) fn seal(&self, context: &[u8], plain: &[u8]) -> (String, Vec<u8>) {
        let master = &self.masters[0];
        (master.id.clone(), seal::seal(&derive::derive(&*master.bytes, &[b"seal"]), context, plain))
    }

    /// Opens what [`Keyring::seal`] made under the key of this name.
    ///
    /// # Errors
    ///
    /// [`KeyringError::Unknown`] for a key that is not there, [`KeyringError::Sealed`] for anything else.
    pub(crate) fn open(&self, id: &str, context: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyringError> {
        let master = self.master(id).ok_or_else(|| KeyringError::Unknown { id: id.to_owned() })?;
        seal::open(&derive::derive(&*master.bytes, &[b"seal"]), context, sealed).ok_or(KeyringError::Sealed)
    }

    /// The pepper of this name.
    pub(crate) fn pepper(&self, id: &str) -> Option<&[u8]> {
        self.peppers.iter().find(|key| key.id == id).map(|key| key.bytes.as_slice())
    }

    /// The pepper of new hashes, and its name.
    pub(crate) fn current_pepper(&self) -> (&str, &[u8]) {
        (&self.peppers[0].id, self.peppers[0].bytes.as_slice())
    }

    /// The names of the master keys, and those of the peppers.
    fn names(&self) -> (Vec<String>, Vec<String>) {
        let names = |keys: &[NamedKey]| keys.iter().map(|key| key.id.clone()).collect();
        (names(&self.masters), names(&self.peppers))
    }

    #[cfg(test)]
    pub(crate) fn of_text(masters: &str, peppers: &str) -> Self {
        let read = |text: &str| parse::parse(text).expect("a test's keys are right");
        Self { masters: read(masters), peppers: read(peppers) }
    }

    /// A keyring of fixed keys.
    #[cfg(test)]
    pub(crate) fn for_tests() -> Self {
        use base64::Engine as _;
        let key =
            |byte: u8| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode((byte..byte + 32).collect::<Vec<u8>>());
        Self::of_text(&format!("k2:{},k1:{}", key(2), key(1)), &format!("p1:{}", key(3)))
    }
}

fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    let tag = context.sign();
    let mut bytes = [0; 32];
    bytes.copy_from_slice(tag.as_ref());
    bytes
}

impl fmt::Debug for Keyring {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (masters, peppers) = self.names();
        formatter.debug_struct("Keyring").field("masters", &masters).field("peppers", &peppers).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_in_its_own_context_alone() {
        let ring = Keyring::for_tests();
        let (id, sealed) = ring.seal(b"row 1", b"a secret");
        assert_eq!(id, "k2");
        assert_eq!(ring.open(&id, b"row 1", &sealed).unwrap().as_slice(), b"a secret");
        assert_eq!(ring.open(&id, b"row 2", &sealed), Err(KeyringError::Sealed));
        assert_eq!(ring.open("k1", b"row 1", &sealed), Err(KeyringError::Sealed));
        assert_eq!(ring.open("k9", b"row 1", &sealed), Err(KeyringError::Unknown { id: "k9".to_owned() }));
        let mut changed = sealed.clone();
        for index in 0..sealed.len() {
            changed[index] ^= 1;
            assert_eq!(ring.open(&id, b"row 1", &changed), Err(KeyringError::Sealed), "byte {index}");
            changed[index] ^= 1;
        }
        for length in 0..sealed.len() {
            assert_eq!(ring.open(&id, b"row 1", &sealed[..length]), Err(KeyringError::Sealed));
        }
        assert_ne!(ring.seal(b"row 1", b"a secret").1, sealed, "the nonce is new each time");
    }

    #[test]
    fn keys_for_different_ends_differ() {
        let ring = Keyring::for_tests();
        assert_ne!(ring.code_mac("k2", &[b"ab", b"c"]), ring.code_mac("k2", &[b"a", b"bc"]));
        assert_ne!(ring.code_mac("k2", &[b"a"]), ring.code_mac("k1", &[b"a"]));
        assert_ne!(ring.code_mac("k1", &[b"a"]), Some(ring.lookup_mac(&[b"a"])));
        assert_eq!(ring.code_mac("k3", &[b"a"]), None);
        assert!(ring.pepper("p1").is_some() && ring.pepper("k1").is_none());
        assert_eq!(ring.current_pepper().0, "p1");
    }

    #[test]
    fn nothing_of_a_key_is_shown() {
        let shown = format!("{:?}", Keyring::for_tests());
        assert_eq!(shown, r#"Keyring { masters: ["k2", "k1"], peppers: ["p1"] }"#);
    }
}
