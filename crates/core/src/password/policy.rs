//! Which passwords are taken (NIST SP 800-63B §3.1.1, ASVS 5 §6.2): long ones that nobody would try first. What kinds of
//! letters they are made of is the person's own affair, and they never end.

use secrecy::SecretString;

use super::blocklist;
use super::normalise::{CURRENT, MAX_CHARACTERS, Normal};
use crate::AuthError;

/// The shortest password that stands alone, in characters.
const ALONE: usize = 15;
/// The shortest password beside a second factor, in characters.
const BESIDE: usize = 8;
/// How many characters have to be left when the words that are easy to guess for this person are taken out.
const OF_ITS_OWN: usize = 8;
/// Words that anybody would try here.
const OF_THE_HOUSE: &[&str] = &["atriz", "mextrack", "pshop"];

/// What is known of the person whose password it is.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Context<'a> {
    /// What the person is called.
    pub(crate) name: &'a str,
    /// The person's address.
    pub(crate) email: &'a str,
    /// Whether a second factor stands beside the password.
    pub(crate) second_factor: bool,
}

/// The rule.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Policy;

impl Policy {
    /// Judges a new password.
    ///
    /// # Errors
    ///
    /// [`AuthError::Unacceptable`], which says what is wrong.
    pub(crate) fn check(password: &SecretString, context: &Context<'_>) -> Result<(), AuthError> {
        let refuse = |message: String| Err(AuthError::unacceptable("password", message));
        let Some(normal) = Normal::of(password, CURRENT) else {
            return refuse(format!("it takes at most {MAX_CHARACTERS} characters"));
        };
        let least = Self::least(context.second_factor);
        if normal.characters() < least {
            return refuse(format!("it takes at least {least} characters"));
        }
        if normal.text().contains('\0') {
            return refuse("it holds a character that cannot be typed".to_owned());
        }
        if blocklist::is_common(normal.text()) {
            return refuse("it is one of the passwords that are tried first".to_owned());
        }
        if is_about(normal.text(), context) {
            return refuse("it is made of your name, your address or our own name".to_owned());
        }
        Ok(())
    }

    /// The shortest password taken, in characters.
    pub(crate) fn least(second_factor: bool) -> usize {
        if second_factor { BESIDE } else { ALONE }
    }

    /// Whether it is long enough to stand alone.
    pub(crate) fn stands_alone(password: &SecretString) -> bool {
        Normal::of(password, CURRENT).is_some_and(|normal| normal.characters() >= ALONE)
    }
}

/// Whether too little is left without the words that are easy to guess for this person.
fn is_about(password: &str, context: &Context<'_>) -> bool {
    let folded: String = password.to_lowercase().chars().filter(|letter| letter.is_alphanumeric()).collect();
    let mut words: Vec<String> = context
        .name
        .split_whitespace()
        .chain(context.email.split(['@', '.', '+', '-', '_']))
        .chain(OF_THE_HOUSE.iter().copied())
        .map(|word| word.to_lowercase().chars().filter(|letter| letter.is_alphanumeric()).collect())
        .collect();
    // Longer words first: `ann` would take `anna` apart.
    words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
    let left =
        words.iter().filter(|word| word.chars().count() >= 3).fold(folded.clone(), |left, word| left.replace(word, ""));
    let digitless = left.chars().filter(|letter| !letter.is_numeric()).count();
    left != folded && left.chars().count().min(digitless + 4) < OF_ITS_OWN
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ADA: Context<'_> = Context { name: "Ada Lovelace", email: "ada.l@example.com", second_factor: false };

    fn verdict(password: &str, context: &Context<'_>) -> Result<(), String> {
        Policy::check(&SecretString::from(password), context).map_err(|error| error.to_string())
    }

    #[test]
    fn length_is_what_counts() {
        assert!(verdict("nine quiet rive", &ADA).is_ok());
        assert!(verdict("nine quiet riv", &ADA).unwrap_err().contains("at least 15"));
        let beside = Context { second_factor: true, ..ADA };
        assert!(verdict("nine qui", &beside).is_ok());
        assert!(verdict("nine qu", &beside).unwrap_err().contains("at least 8"));
        assert!(verdict(&"nine quiet rivers ".repeat(8), &ADA).unwrap_err().contains("at most 128"));
        assert!(verdict("ελληνικά και άλλα", &ADA).is_ok(), "any letters");
        assert!(verdict("", &ADA).is_err());
    }

    #[test]
    fn what_is_tried_first_is_refused() {
        for password in [
            "Password12345678",
            "qwertyuiopasdfgh",
            "1qaz2wsx3edc4rfv",
            "aaaaaaaaaaaaaaaaaaaa",
            "iloveyouiloveyou",
            "correct horse battery staple",
            "P@ssw0rdP@ssw0rd",
            "abcabcabcabcabcabc",
        ] {
            assert!(verdict(password, &ADA).unwrap_err().contains("tried first"), "{password}");
        }
    }

    #[test]
    fn what_is_about_the_person_is_refused() {
        for password in
            ["Ada Lovelace 1815", "lovelacelovelace", "atriz-atriz-2026!", "ada.l@example.com", "Mextrack Lovelace!"]
        {
            assert!(verdict(password, &ADA).is_err(), "{password}");
        }
        assert!(verdict("the tower of Lovelace", &ADA).is_ok(), "enough is left");
        assert!(verdict("nine quiet rivers bend south", &ADA).is_ok());
    }

    proptest! {
        #[test]
        fn any_text_gets_a_verdict(password in "\\PC{0,200}", name in "\\PC{0,40}", email in "\\PC{0,40}") {
            let context = Context { name: &name, email: &email, second_factor: true };
            let taken = verdict(&password, &context).is_ok();
            // Whatever is taken can be hashed: nothing is ever cut.
            if taken {
                prop_assert!(Normal::of(&SecretString::from(password), CURRENT).is_some());
            }
        }

        #[test]
        fn random_passwords_are_taken(password in "[a-zA-Z0-9]{20,60}") {
            prop_assume!(!super::blocklist::is_common(&password));
            prop_assert_eq!(verdict(&password, &Context::default()), Ok(()));
        }
    }
}
