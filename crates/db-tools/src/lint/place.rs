//! Lines and columns.

use std::ops::Range;

use serde::Serialize;

/// A place in a text, for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The line, from one.
    pub line: usize,
    /// The column in characters, from one.
    pub column: usize,
    /// The line's text.
    pub text: String,
    /// How many characters of it are meant; at least one.
    pub length: usize,
}

impl Place {
    /// The place of a range; of one over several lines the first.
    pub(super) fn of(text: &str, range: &Range<usize>) -> Self {
        let start = floor(text, range.start);
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let line = text[line_start..line_end].trim_end_matches('\r');
        let end = floor(text, range.end).clamp(start, line_start + line.len().max(start - line_start));
        Self {
            line: text[..start].matches('\n').count() + 1,
            column: text[line_start..start].chars().count() + 1,
            text: line.to_owned(),
            length: text[start..end].trim_end().chars().count().max(1),
        }
    }

    /// The line with carets under what is meant.
    pub(super) fn shown(&self) -> String {
        let number = self.line.to_string();
        let gap = " ".repeat(number.len());
        // A tab is as wide below as it is above.
        let blank = |character: char| if character == '\t' { '\t' } else { ' ' };
        let indent: String = self.text.chars().take(self.column - 1).map(blank).collect();
        let carets = "^".repeat(self.length);
        format!("  {number} | {}\n  {gap} | {indent}{carets}", self.text)
    }
}

fn floor(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_counts_characters_and_stays_on_its_line() {
        let text = "-- ä\r\nSELECT\t'ö', x\n  FROM t;\r\n";
        let x = text.find('x').unwrap();
        let place = Place::of(text, &(x..text.len()));
        assert_eq!((place.line, place.column, place.length), (2, 13, 1));
        assert_eq!(place.shown(), "  2 | SELECT\t'ö', x\n    |       \t     ^");
        assert_eq!(Place::of("", &(0..0)).length, 1);
        assert_eq!(Place::of(text, &(900..999)).line, 4);
    }
}
