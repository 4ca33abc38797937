//! The written form of keys: `id:base64url`, one after another.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

/// A key and its name.
pub(super) struct NamedKey {
    /// Stands beside whatever was made with the key.
    pub(super) id: String,
    /// The key.
    pub(super) bytes: Zeroizing<[u8; 32]>,
}

impl fmt::Debug for NamedKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("NamedKey").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Reads keys that are separated by commas, blanks or line ends. The error says which one is wrong by its place.
pub(super) fn parse(text: &str) -> Result<Vec<NamedKey>, String> {
    let mut keys: Vec<NamedKey> = Vec::new();
    let parts = text.split(|character: char| character == ',' || character.is_whitespace());
    for (index, part) in parts.filter(|part| !part.is_empty()).enumerate() {
        let number = index + 1;
        let (id, bytes) = part.split_once(':').ok_or_else(|| format!("key {number} is not id:base64url"))?;
        if !is_name(id) {
            return Err(format!("the name of key {number} is not 1 to 32 of a-z, A-Z, 0-9, - and _"));
        }
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(bytes.trim_end_matches('=')).unwrap_or_default());
        let bytes: [u8; 32] =
            bytes.as_slice().try_into().map_err(|_| format!("key {number} is not base64url of 32 bytes"))?;
        if bytes.iter().all(|byte| *byte == bytes[0]) {
            return Err(format!("key {number} is one byte, repeated"));
        }
        if keys.iter().any(|key| key.id == id) {
            return Err(format!("two keys have the name of key {number}"));
        }
        keys.push(NamedKey { id: id.to_owned(), bytes: Zeroizing::new(bytes) });
    }
    if keys.is_empty() { Err("it holds no key".to_owned()) } else { Ok(keys) }
}

fn is_name(id: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=32).contains(&id.len()) && id.bytes().all(fits) && id != "none"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> String {
        URL_SAFE_NO_PAD.encode((byte..byte + 32).collect::<Vec<u8>>())
    }

    #[test]
    fn keys_are_read_in_their_order() {
        let text = format!("new:{},\n old:{}=\n", key(1), key(2));
        let keys = parse(&text).unwrap();
        let read: Vec<_> = keys.iter().map(|key| (key.id.as_str(), key.bytes[0])).collect();
        assert_eq!(read, [("new", 1), ("old", 2)]);
    }

    #[test]
    fn what_is_wrong_is_told_without_the_key() {
        let short = URL_SAFE_NO_PAD.encode([7; 31]);
        let (one, two) = (key(7), key(8));
        for (text, told) in [
            (String::new(), "it holds no key"),
            (one.clone(), "key 1 is not id:base64url"),
            (format!("a:{one},b:{short}"), "key 2 is not base64url of 32 bytes"),
            (format!("a:{one},a:{two}"), "two keys have the name of key 2"),
            (format!("a b:{one}"), "key 1 is not id:base64url"),
            (format!("a:{}", URL_SAFE_NO_PAD.encode([7; 32])), "key 1 is one byte, repeated"),
            (format!("none:{one}"), "the name of key 1"),
            (format!("ä:{one}"), "the name of key 1"),
            (format!("a:{one}{one}"), "key 1 is not base64url of 32 bytes"),
            (format!("a:{}", one.replace('B', "+")), "key 1 is not base64url of 32 bytes"),
        ] {
            let error = parse(&text).unwrap_err();
            assert!(error.contains(told) && !error.contains(&one), "{text}: {error}");
        }
    }
}
