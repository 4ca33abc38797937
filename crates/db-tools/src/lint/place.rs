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

/// Where the lines of a text begin: a long file with many findings is counted once.
pub(super) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    /// The place of a range; of one over several lines the first.
    pub(super) fn place(&self, range: &Range<usize>) -> Place {
        let text = self.text;
        let start = floor(text, range.start);
        let line = self.starts.partition_point(|line| *line <= start);
        let line_start = self.starts[line - 1];
        let line_end = self.starts.get(line).map_or(text.len(), |next| next - 1);
        let shown = text[line_start..line_end].trim_end_matches('\r');
        let end = floor(text, range.end).clamp(start, line_start + shown.len().max(start - line_start));
        Place {
            line,
            column: text[line_start..start].chars().count() + 1,
            text: shown.to_owned(),
            length: text[start..end].trim_end().chars().count().max(1),
        }
    }
}

impl Place {
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
        let lines = Lines::of(text);
        let place = lines.place(&(x..text.len()));
        assert_eq!((place.line, place.column, place.length), (2, 13, 1));
        assert_eq!(place.shown(), "  2 | SELECT\t'ö', x\n    |       \t     ^");
        assert_eq!(Lines::of("").place(&(0..0)).length, 1);
        assert_eq!(lines.place(&(900..999)).line, 4);
    }
}
