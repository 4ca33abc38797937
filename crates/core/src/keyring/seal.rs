//! Authenticated encryption (ChaCha20-Poly1305, RFC 8439): a nonce of 12 random bytes, then the ciphertext and its tag.

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use zeroize::Zeroizing;

fn key(bytes: &[u8; 32]) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, bytes).expect("the algorithm takes 32 bytes"))
}

/// Random nonces of 96 bits: far fewer than 2^32 rows are ever sealed under one master key.
pub(super) fn seal(bytes: &[u8; 32], context: &[u8], plain: &[u8]) -> Vec<u8> {
    let mut nonce = [0; NONCE_LEN];
    SystemRandom::new().fill(&mut nonce).expect("the system gives random bytes");
    let mut sealed = Vec::with_capacity(NONCE_LEN + plain.len() + CHACHA20_POLY1305.tag_len());
    sealed.extend_from_slice(plain);
    key(bytes)
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(context), &mut sealed)
        .expect("what is sealed here is short");
    sealed.splice(0..0, nonce);
    sealed
}

/// Nothing for what was changed, cut, or sealed elsewhere.
pub(super) fn open(bytes: &[u8; 32], context: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, rest) = sealed.split_at_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut rest = Zeroizing::new(rest.to_vec());
    let length = key(bytes).open_in_place(nonce, Aad::from(context), &mut rest).ok()?.len();
    rest.truncate(length);
    Some(rest)
}
