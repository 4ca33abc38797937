//! Page cursors: where the next page starts, opaque to the client.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

/// A cursor that this server did not make, or made for another list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the page cursor is not one that this list gave out; start again without `after`")]
pub struct CursorError;

/// Turns the sort key of the last row of a page into text and back.
///
/// The text is not signed: a cursor says where to go on, never what one may see.
#[derive(Clone, Copy, Debug)]
pub struct Cursor;

impl Cursor {
    /// Longer text is no cursor of ours, and is refused before it is decoded.
    const MAX_LENGTH: usize = 1_024;

    /// The cursor that stands for `key`.
    ///
    /// # Panics
    ///
    /// Never for keys made of numbers, strings, ids and times.
    pub fn encode(key: &impl Serialize) -> String {
        let json = serde_json::to_vec(key).expect("a sort key is made of values that JSON can hold");
        URL_SAFE_NO_PAD.encode(json)
    }

    /// The key that `text` stands for.
    ///
    /// # Errors
    ///
    /// [`CursorError`] when `text` is no cursor for keys of this type.
    pub fn decode<T: DeserializeOwned>(text: &str) -> Result<T, CursorError> {
        if text.len() > Self::MAX_LENGTH {
            return Err(CursorError);
        }
        let json = URL_SAFE_NO_PAD.decode(text).map_err(|_| CursorError)?;
        serde_json::from_slice(&json).map_err(|_| CursorError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out() {
        let key = ("São Paulo".to_owned(), -7_i64);
        assert_eq!(Cursor::decode::<(String, i64)>(&Cursor::encode(&key)), Ok(key));
    }

    #[test]
    fn other_lists_and_junk_are_refused() {
        assert_eq!(Cursor::decode::<(String, i64)>(&Cursor::encode(&"text")), Err(CursorError));
        assert_eq!(Cursor::decode::<i64>("%%%"), Err(CursorError));
        assert_eq!(Cursor::decode::<String>(&Cursor::encode(&"x".repeat(2_000))), Err(CursorError));
    }
}
