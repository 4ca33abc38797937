//! What people want to be called.

use unicode_normalization::UnicodeNormalization;

use crate::AuthError;

/// The longest name, in characters.
const MAX_LENGTH: usize = 200;

/// Reads a name: trimmed, in composed form, on one line.
///
/// # Errors
///
/// [`AuthError::Unacceptable`].
pub(crate) fn parse_name(text: &str) -> Result<String, AuthError> {
    let refuse = || AuthError::unacceptable("name", format!("it takes 1 to {MAX_LENGTH} characters on one line"));
    if text.len() > 8 * MAX_LENGTH {
        return Err(refuse());
    }
    let name: String = text.trim().nfc().collect();
    let length = name.chars().count();
    if (1..=MAX_LENGTH).contains(&length) && !name.chars().any(is_unseen) { Ok(name) } else { Err(refuse()) }
}

/// Control characters would break a header of a mail in two; overrides of the writing direction make a name look like
/// another text.
fn is_unseen(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line() {
        assert_eq!(parse_name("  Zoe\u{308} ").unwrap(), "Zoë");
        for text in ["", "   ", "a\nb", "a\0", "a\u{202e}b", &"x".repeat(201)] {
            assert!(parse_name(text).is_err(), "{text:?}");
        }
        assert!(parse_name(&"ж".repeat(200)).is_ok());
    }
}
