//! Statements as they stand in their text, for whoever reads many and keeps few.

use std::fmt;
use std::ops::Deref;

use super::split::Statement;

/// A statement of a text, without a copy of anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    /// The text, without the semicolon.
    pub text: &'a str,
    /// The line it starts on, from one.
    pub line: usize,
    /// The byte of the file that it starts at.
    pub offset: usize,
    /// Its words and symbols, without comments and blank space.
    pub tokens: Vec<&'a str>,
}

impl Piece<'_> {
    /// The nth word in lower case.
    pub fn word(&self, index: usize) -> Word {
        self.tokens.get(index).map(|token| Word::of(token)).unwrap_or_default()
    }

    /// Whether `word` stands among the tokens, outside of quotes.
    pub fn has_word(&self, word: &str) -> bool {
        self.tokens.iter().any(|token| token.eq_ignore_ascii_case(word))
    }

    /// Where the nth token begins in the file; where the statement ends, if it has fewer.
    pub fn start_of(&self, index: usize) -> usize {
        let within = |token: &&str| token.as_ptr().addr().saturating_sub(self.text.as_ptr().addr());
        self.offset + self.tokens.get(index).map_or(self.text.len(), within)
    }
}

impl From<&Piece<'_>> for Statement {
    fn from(piece: &Piece<'_>) -> Self {
        Self {
            text: piece.text.to_owned(),
            line: piece.line,
            offset: piece.offset,
            tokens: piece.tokens.iter().map(|token| (*token).to_owned()).collect(),
        }
    }
}

/// The most bytes of a word that is kept; no keyword comes near it.
const LONGEST: usize = 31;

/// A short word in lower case; empty for what is too long, or not ASCII, to be a keyword.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Word {
    bytes: [u8; LONGEST],
    length: u8,
}

impl Word {
    fn of(token: &str) -> Self {
        let mut word = Self::default();
        if token.len() <= LONGEST && token.is_ascii() {
            for (to, from) in word.bytes.iter_mut().zip(token.bytes()) {
                *to = from.to_ascii_lowercase();
            }
            word.length = u8::try_from(token.len()).unwrap_or_default();
        }
        word
    }

    /// The word.
    pub fn as_str(&self) -> &str {
        // It is ASCII.
        std::str::from_utf8(&self.bytes[..usize::from(self.length)]).unwrap_or_default()
    }
}

impl Deref for Word {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq<str> for Word {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Word {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), formatter)
    }
}

impl fmt::Display for Word {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::super::split::{pieces, split};
    use super::*;

    #[test]
    fn a_piece_is_the_statement_and_knows_its_places() {
        let sql = "-- one\nSELECT  \"Ä\" , 'b;c' /* x */ FROM t ;\n\ndrop TABLE t";
        let pieces = pieces(sql).unwrap();
        assert_eq!(pieces.iter().map(Statement::from).collect::<Vec<_>>(), split(sql).unwrap());
        let places = (0..pieces[0].tokens.len()).map(|index| &sql[pieces[0].start_of(index)..]);
        assert!(places.zip(&pieces[0].tokens).all(|(rest, token)| rest.starts_with(token)));
        assert_eq!(pieces[1].start_of(9), sql.len());
    }

    #[test]
    fn words_are_short_and_small() {
        let sql = format!("Create ÄB {}", "x".repeat(LONGEST + 1));
        let piece = &pieces(&sql).unwrap()[0];
        assert_eq!(piece.word(0), "create");
        assert!(piece.word(1).is_empty() && piece.word(2).is_empty() && piece.word(3).is_empty());
        assert!(piece.has_word("CREATE") && !piece.has_word("drop"));
    }
}
