//! One key per end, from one master key (HKDF-SHA256, RFC 5869).

use ring::hkdf::{HKDF_SHA256, KeyType, Salt};
use zeroize::Zeroizing;

struct Length;

impl KeyType for Length {
    fn len(&self) -> usize {
        32
    }
}

/// The key for the end that `info` names: a word, and what it is bound to.
pub(super) fn derive(master: &[u8], info: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    // The salt tells our keys from those of another program that was given the same bytes.
    let secret = Salt::new(HKDF_SHA256, b"atriz keyring v1").extract(master);
    let mut key = Zeroizing::new([0; 32]);
    secret.expand(info, Length).and_then(|okm| okm.fill(&mut *key)).expect("32 bytes are within what HKDF gives");
    key
}
