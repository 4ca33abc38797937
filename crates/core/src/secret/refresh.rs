//! Refresh tokens: a session and a number, authenticated by a key that is derived outside the database.
//!
//! `base64url(version, length and name of the key, session, number, HMAC-SHA256[..16], SHA-256[..4])`. A token can be made
//! again from the session's row and the master key, so the same successor can be sent twice; nothing of it is stored.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use secrecy::SecretString;
use subtle::ConstantTimeEq as _;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::sha256;
use crate::keyring::Keyring;

const VERSION: u8 = 1;
const TAG: usize = 16;
const CHECK: usize = 4;
/// Version, length, a name of 32, the session, the longest number, tag and checksum, in base64.
const LONGEST: usize = (1 + 1 + 32 + 16 + 9 + TAG + CHECK) * 4 / 3 + 2;

/// What a good refresh token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Parsed {
    /// The master key it was made with.
    pub(crate) key_id: String,
    /// The session.
    pub(crate) sid: Uuid,
    /// Its number within the session.
    pub(crate) counter: i64,
}

/// The refresh token of this number; nothing for a key that is gone or a number below zero.
pub(crate) fn issue(keyring: &Keyring, key_id: &str, sid: Uuid, counter: i64) -> Option<SecretString> {
    let mut bytes = Zeroizing::new(vec![VERSION, u8::try_from(key_id.len()).ok()?]);
    bytes.extend_from_slice(key_id.as_bytes());
    bytes.extend_from_slice(sid.as_bytes());
    write_number(&mut bytes, u64::try_from(counter).ok()?);
    let tag = hmac::sign(&keyring.refresh_mac_key(key_id, sid)?, &bytes);
    bytes.extend_from_slice(&tag.as_ref()[..TAG]);
    let check = sha256(&bytes);
    bytes.extend_from_slice(&check[..CHECK]);
    Some(SecretString::from(URL_SAFE_NO_PAD.encode(&*bytes)))
}

/// What a token says; nothing for one that was not made by these keys.
pub(crate) fn parse(keyring: &Keyring, token: &str) -> Option<Parsed> {
    if token.len() > LONGEST {
        return None;
    }
    let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(token).ok()?);
    let (rest, check) = bytes.split_at_checked(bytes.len().checked_sub(CHECK)?)?;
    if sha256(rest)[..CHECK] != *check {
        return None;
    }
    let (body, tag) = rest.split_at_checked(rest.len().checked_sub(TAG)?)?;
    let (version, after) = body.split_first()?;
    let (length, after) = after.split_first()?;
    let (key_id, after) = after.split_at_checked(usize::from(*length))?;
    let (sid, number) = after.split_at_checked(16)?;
    let (key_id, sid) = (std::str::from_utf8(key_id).ok()?, Uuid::from_slice(sid).ok()?);
    let expected = hmac::sign(&keyring.refresh_mac_key(key_id, sid)?, body);
    if *version != VERSION || !bool::from(expected.as_ref()[..TAG].ct_eq(tag)) {
        return None;
    }
    let counter = i64::try_from(read_number(number)?).ok()?;
    Some(Parsed { key_id: key_id.to_owned(), sid, counter })
}

/// LEB128: seven bits a byte, the lowest first, the top bit set on all but the last.
fn write_number(bytes: &mut Vec<u8>, mut number: u64) {
    loop {
        let low = u8::try_from(number & 0x7f).expect("seven bits fit a byte");
        number >>= 7;
        if number == 0 {
            bytes.push(low);
            return;
        }
        bytes.push(low | 0x80);
    }
}

/// The number, if all of the bytes are it in its shortest form.
fn read_number(bytes: &[u8]) -> Option<u64> {
    let (last, before) = bytes.split_last()?;
    let shortest = *last != 0 || before.is_empty();
    let ends = last & 0x80 == 0 && before.iter().all(|byte| byte & 0x80 != 0);
    if !ends || !shortest || bytes.len() > 9 {
        return None;
    }
    Some(bytes.iter().rev().fold(0, |number, byte| (number << 7) | u64::from(byte & 0x7f)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use secrecy::ExposeSecret as _;

    use super::*;

    const SID: Uuid = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);

    fn token(counter: i64) -> String {
        issue(&Keyring::for_tests(), "k2", SID, counter).unwrap().expose_secret().to_owned()
    }

    #[test]
    fn the_same_number_is_the_same_token() {
        assert_eq!(token(7), token(7));
        assert_ne!(token(7), token(8));
        assert!(token(7).len() < 64, "{}", token(7).len());
    }

    #[test]
    fn keys_that_are_gone_make_and_read_nothing() {
        let ring = Keyring::for_tests();
        assert!(issue(&ring, "k9", SID, 1).is_none());
        assert!(issue(&ring, "k2", SID, -1).is_none());
        let old = issue(&ring, "k1", SID, 1).unwrap();
        assert_eq!(parse(&ring, old.expose_secret()).map(|parsed| parsed.key_id), Some("k1".to_owned()));
        let other = issue(&ring, "k2", Uuid::from_u128(5), 1).unwrap();
        assert_ne!(old.expose_secret(), other.expose_secret());
    }

    proptest! {
        #[test]
        fn what_was_issued_is_read(counter in 0..i64::MAX) {
            let read = parse(&Keyring::for_tests(), &token(counter));
            prop_assert_eq!(read, Some(Parsed { key_id: "k2".to_owned(), sid: SID, counter }));
        }

        #[test]
        fn one_changed_bit_is_noticed(counter in 0..i64::MAX, at in any::<prop::sample::Index>(), bit in 0_u8..8) {
            let mut bytes = URL_SAFE_NO_PAD.decode(token(counter)).unwrap();
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            prop_assert_eq!(parse(&Keyring::for_tests(), &URL_SAFE_NO_PAD.encode(&bytes)), None);
            // Also by somebody who makes the checksum right again.
            let end = bytes.len() - CHECK;
            let check = sha256(&bytes[..end]);
            bytes.truncate(end);
            bytes.extend_from_slice(&check[..CHECK]);
            let mended = parse(&Keyring::for_tests(), &URL_SAFE_NO_PAD.encode(&bytes));
            prop_assert!(at >= end || mended.is_none());
        }

        #[test]
        fn anything_can_be_read(text in ".*", bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
            let ring = Keyring::for_tests();
            prop_assert_eq!(parse(&ring, &text), None);
            prop_assert_eq!(parse(&ring, &URL_SAFE_NO_PAD.encode(&bytes)), None);
            let mut checked = bytes.clone();
            checked.extend_from_slice(&sha256(&bytes)[..CHECK]);
            prop_assert_eq!(parse(&ring, &URL_SAFE_NO_PAD.encode(&checked)), None);
        }
    }
}
