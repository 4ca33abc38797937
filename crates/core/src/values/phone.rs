//! Telephone numbers.

use std::fmt;

use thiserror::Error;

use crate::AuthError;

/// A telephone number in E.164 form: `+`, and seven to fifteen digits, of which the first is not zero.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Phone(String);

/// A text that is no international telephone number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("it takes a telephone number in international form, such as +49 30 123456")]
pub struct PhoneError;

impl Phone {
    /// Reads a number; blanks, dots, dashes and brackets within it are no part of it.
    ///
    /// # Errors
    ///
    /// [`PhoneError`].
    pub fn parse(text: &str) -> Result<Self, PhoneError> {
        let digits = text.trim().strip_prefix('+').ok_or(PhoneError)?;
        if digits.len() > 40 {
            return Err(PhoneError);
        }
        let mut number = String::from("+");
        for letter in digits.chars() {
            match letter {
                '0'..='9' => number.push(letter),
                ' ' | '.' | '-' | '(' | ')' | '/' => {}
                _ => return Err(PhoneError),
            }
        }
        let fits = (7..=15).contains(&(number.len() - 1)) && !number.starts_with("+0");
        if fits { Ok(Self(number)) } else { Err(PhoneError) }
    }

    /// The number in E.164 form.
    pub fn e164(&self) -> &str {
        &self.0
    }

    /// Whether the number is of one of these countries, told by their calling codes, such as `49`.
    pub(crate) fn is_of_country(&self, codes: &[String]) -> bool {
        codes.iter().any(|code| self.0[1..].starts_with(code.trim_start_matches('+')))
    }
}

impl fmt::Debug for Phone {
    /// Numbers are personal data, and what is debugged is logged.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Phone(***)")
    }
}

impl From<PhoneError> for AuthError {
    fn from(error: PhoneError) -> Self {
        Self::unacceptable("phone", error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_has_one_form() {
        for text in ["+49 30 1234567", "+49-30-1234567", " +49(30)1234567", "+49.30.123/4567"] {
            assert_eq!(Phone::parse(text).unwrap().e164(), "+49301234567", "{text}");
        }
        for text in [
            "",
            "+",
            "030 123456",
            "0049 30 123456",
            "+0 30 123456",
            "+123456",
            "+1234567890123456",
            "+49x30",
            "+49301234٥67",
            "++49301234567",
        ] {
            assert_eq!(Phone::parse(text).err(), Some(PhoneError), "{text}");
        }
    }

    #[test]
    fn countries_are_told_by_their_calling_codes() {
        let phone = Phone::parse("+43 1 2345678").unwrap();
        assert!(phone.is_of_country(&["49".to_owned(), "43".to_owned()]));
        assert!(!phone.is_of_country(&["49".to_owned(), "44".to_owned()]));
        assert!(!phone.is_of_country(&[]));
    }

    proptest! {
        #[test]
        fn what_is_read_fits_the_column(text in "\\PC{0,60}") {
            if let Ok(phone) = Phone::parse(&text) {
                prop_assert!((8..=16).contains(&phone.e164().len()));
                prop_assert!(phone.e164()[1..].bytes().all(|byte| byte.is_ascii_digit()));
            }
        }

        #[test]
        fn digits_come_back(digits in "[1-9][0-9]{6,14}") {
            let text = format!("+{digits}");
            let phone = Phone::parse(&text).unwrap();
            prop_assert_eq!(phone.e164(), text.as_str());
        }
    }
}
