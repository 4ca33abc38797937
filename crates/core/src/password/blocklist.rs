//! The passwords that are tried first. It works offline: a list of words that people make passwords of, what they make of
//! them, and the shapes of a hand that wanders over a keyboard.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Words and whole passwords, one a line, in lower case.
const WORDS: &str = include_str!("blocklist.txt");
/// What people put behind a word.
const ENDINGS: &[&str] = &[
    "",
    "1",
    "12",
    "123",
    "1234",
    "12345",
    "123456",
    "1234567",
    "12345678",
    "123456789",
    "0",
    "00",
    "007",
    "01",
    "10",
    "11",
    "111",
    "13",
    "21",
    "22",
    "23",
    "69",
    "77",
    "88",
    "99",
    "100",
    "101",
    "321",
    "666",
    "777",
    "888",
    "999",
    "!",
    "!!",
    "1!",
    "123!",
    "!@#",
    "2020",
    "2021",
    "2022",
    "2023",
    "2024",
    "2025",
    "2026",
    "2027",
    "abc",
    "qwe",
    "xyz",
];
/// Neighbours on a keyboard, in the alphabet and among numbers.
const RUNS: &[&str] = &[
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "yxcvbnm",
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
    "1qaz",
    "2wsx",
    "3edc",
    "4rfv",
    "5tgb",
    "6yhn",
    "7ujm",
    "8ik",
    "9ol",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "!@#$%^&*()",
    "!\"§$%&/()=",
    "147258369",
    "789456123",
    "159753",
    "741852963",
    "qazwsxedcrfvtgb",
];
/// The longest word of the list that matters, in characters.
const LONGEST: usize = 32;

/// The shortest password that a list has to know: shorter ones are refused for their length.
const SHORTEST: usize = 8;

/// The words.
static BASES: LazyLock<HashSet<&'static str>> = LazyLock::new(|| words().collect());

fn words() -> impl Iterator<Item = &'static str> {
    WORDS.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Whether a password is one of those that are tried first, in whatever case.
pub(super) fn is_common(password: &str) -> bool {
    let folded = password.to_lowercase();
    let plain: String = folded.chars().map(unleet).collect();
    [&folded, &plain].into_iter().any(|text| is_made(text) || is_shape(text) || is_words(text))
}

/// Whether a text is a word with an ending.
fn is_made(text: &str) -> bool {
    let word = |ending: &&str| text.strip_suffix(ending).is_some_and(|word| BASES.contains(word));
    text.chars().count() >= SHORTEST && ENDINGS.iter().any(word)
}

/// A unit of at most eight letters again and again, or nothing but runs.
fn is_shape(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    let repeats = |unit: usize| letters.iter().zip(letters.iter().skip(unit)).all(|(one, next)| one == next);
    let repeated = (1..=8).any(|unit| letters.len() >= 2 * unit && repeats(unit));
    !letters.is_empty() && (repeated || runs_to_the_end(&letters))
}

/// Whether the text falls into pieces of three and more letters that stand side by side somewhere, or are all the same.
fn runs_to_the_end(letters: &[char]) -> bool {
    let mut at = 0;
    while at < letters.len() {
        let length = run_length(&letters[at..]);
        if length < 3 {
            return false;
        }
        at += length;
    }
    true
}

fn run_length(letters: &[char]) -> usize {
    let same = letters.iter().take_while(|letter| **letter == letters[0]).count();
    let along = |run: &[char]| {
        let starts = run.iter().enumerate().filter(|(_, letter)| **letter == letters[0]).map(|(at, _)| at);
        starts
            .map(|at| run[at..].iter().zip(letters).take_while(|(one, other)| one == other).count())
            .max()
            .unwrap_or(0)
    };
    let both_ways = RUNS.iter().flat_map(|run| {
        let forth: Vec<char> = run.chars().collect();
        let back: Vec<char> = run.chars().rev().collect();
        [along(&forth), along(&back)]
    });
    both_ways.max().unwrap_or(0).max(same)
}

/// Whether nothing is left of a text without its digits and signs at both ends but one word of the list, or two.
fn is_words(text: &str) -> bool {
    let inner = text.trim_matches(|letter: char| !letter.is_alphabetic());
    let letters: Vec<char> = inner.chars().filter(|letter| letter.is_alphanumeric()).collect();
    if letters.is_empty() {
        // Digits and signs alone: long numbers may well be random, so only shapes are refused.
        return false;
    }
    let is_word = |letters: &[char]| {
        let word: String = letters.iter().collect();
        letters.len() <= LONGEST && BASES.contains(word.as_str())
    };
    is_word(&letters) || (1..letters.len()).any(|at| is_word(&letters[..at]) && is_word(&letters[at..]))
}

/// The letter that a digit or a sign stands in for.
fn unleet(letter: char) -> char {
    match letter {
        '@' | '4' => 'a',
        '3' => 'e',
        '1' | '!' => 'i',
        '0' => 'o',
        '$' | '5' => 's',
        '7' => 't',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_enough_of_them() {
        let made = words().flat_map(|word| ENDINGS.iter().map(move |ending| format!("{word}{ending}")));
        let common: HashSet<String> = made.filter(|password| password.chars().count() >= SHORTEST).collect();
        assert!(common.len() >= 3_000, "{}", common.len());
        assert!(common.iter().all(|password| is_common(password)));
        assert!(words().all(|word| word == word.to_lowercase()), "the list is in lower case");
    }

    #[test]
    fn the_usual_ones_are_among_them() {
        for password in [
            "password",
            "Password1",
            "P@ssw0rd123",
            "12345678",
            "123456789012345",
            "qwertyuiop",
            "1q2w3e4r5t",
            "iloveyou",
            "sunshine1!",
            "football",
            "letmein123",
            "trustno1",
            "zaq12wsx",
            "1qaz2wsx3edc",
            "asdfghjkl;",
            "11111111",
            "abcd1234",
            "adminadmin",
            "welcome2026",
            "baseball",
            "qwertz123456",
            "dragonmaster",
            "!@#$%^&*",
        ] {
            assert!(is_common(password), "{password}");
        }
    }

    #[test]
    fn others_are_not() {
        for password in
            ["nine quiet rivers", "tr0ub4dor&3xyzzyplugh", "8f3kd02mxq", "37169284652091", "", "a passphrase of my own"]
        {
            assert!(!is_common(password), "{password}");
        }
    }
}
