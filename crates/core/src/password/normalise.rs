//! One password, one sequence of bytes, however it was typed.

use secrecy::{ExposeSecret, SecretString};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// The longest password in characters. Longer ones are refused, never cut.
pub(crate) const MAX_CHARACTERS: usize = 128;
/// The longest password in bytes.
pub(crate) const MAX_BYTES: usize = 512;
/// The rule that is applied to new passwords: NFKC.
pub(crate) const CURRENT: i32 = 1;

/// A password in normal form (NIST SP 800-63B §3.1.1.2).
pub(crate) struct Normal(Zeroizing<String>);

impl Normal {
    /// Applies the rule of this version; nothing for a text that is too long for a password, or for a rule that is not
    /// known.
    pub(crate) fn of(password: &SecretString, version: i32) -> Option<Self> {
        let text = password.expose_secret();
        // Before normalising, which takes its time on megabytes; composed forms are at most some times shorter.
        if version != CURRENT || text.len() > 4 * MAX_BYTES {
            return None;
        }
        let mut normal = Zeroizing::new(String::with_capacity(4 * MAX_BYTES));
        normal.extend(text.nfkc());
        let fits = normal.len() <= MAX_BYTES && normal.chars().count() <= MAX_CHARACTERS;
        fits.then_some(Self(normal))
    }

    /// How many characters it has.
    pub(crate) fn characters(&self) -> usize {
        self.0.chars().count()
    }

    /// The text.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// What is hashed.
    pub(crate) fn bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.0.as_bytes().to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normal(text: &str) -> Option<String> {
        Normal::of(&SecretString::from(text), CURRENT).map(|normal| normal.text().to_owned())
    }

    #[test]
    fn two_ways_to_type_it_are_one_password() {
        assert_eq!(normal("Zoe\u{308} ﬁnds ２"), normal("Zoë finds 2"));
        assert_eq!(normal("  blanks stay  ").as_deref(), Some("  blanks stay  "));
    }

    #[test]
    fn nothing_is_cut() {
        assert!(normal(&"x".repeat(128)).is_some());
        assert!(normal(&"x".repeat(129)).is_none());
        assert!(normal(&"𝄞".repeat(128)).is_some(), "512 bytes");
        assert!(normal(&"\u{fdfa}".repeat(30)).is_none(), "one character that becomes eighteen");
        assert!(normal(&"x".repeat(1_000_000)).is_none());
        assert!(Normal::of(&SecretString::from("anything"), 2).is_none());
    }
}
