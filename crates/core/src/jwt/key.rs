//! Public keys, unpacked once.

use ed25519_dalek::{Signature, Verifier as _, VerifyingKey};

/// A public key of Ed25519, as a point on the curve: finding it takes a tenth of what a check takes, and a key checks many
/// signatures. Bytes that are no point are a key that signed nothing, and so is a point of low order, whose signatures would
/// be good for more than one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PublicKey(Option<VerifyingKey>);

impl PublicKey {
    /// The key of these bytes (RFC 8032 §5.1.5).
    pub(crate) fn of(bytes: &[u8; 32]) -> Self {
        Self(VerifyingKey::from_bytes(bytes).ok().filter(|key| !key.is_weak()))
    }

    /// Whether `signature` is of this key and this message. The halves of a signature are taken in their one form alone, and
    /// no key is of low order: so nobody makes a second signature of a first, nor one that fits two messages (Chalkias,
    /// Garillot and Nikolaenko, <https://eprint.iacr.org/2020/1244>, §4).
    pub(crate) fn signed(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        let signature = Signature::from_bytes(signature);
        self.0.as_ref().is_some_and(|key| key.verify(message, &signature).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use ring::signature::{Ed25519KeyPair, KeyPair as _};

    use super::*;

    #[test]
    fn what_was_signed_is_known() {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
        let key = PublicKey::of(pair.public_key().as_ref().try_into().unwrap());
        let signature: [u8; 64] = pair.sign(b"message").as_ref().try_into().unwrap();
        assert!(key.signed(b"message", &signature));
        assert!(!key.signed(b"another", &signature));
        for at in 0..64 {
            let mut changed = signature;
            changed[at] ^= 1;
            assert!(!key.signed(b"message", &changed), "{at}");
        }
    }

    #[test]
    fn what_is_no_key_signed_nothing() {
        let mut identity = [0; 32];
        identity[0] = 1;
        // The neutral element as key and as half of the signature fits every message, by the equation alone.
        let mut signature = [0; 64];
        signature[0] = 1;
        assert!(!PublicKey::of(&identity).signed(b"message", &signature));
        let no_point = (0..=u8::MAX).map(|first| [first; 32]).find(|bytes| PublicKey::of(bytes).0.is_none());
        assert!(!PublicKey::of(&no_point.unwrap()).signed(b"message", &signature));
    }
}
