//! A file of a folder as it is on disk, before it is taken apart.

use std::fs;
use std::path::PathBuf;

use atriz_db::Engine;
use atriz_db::migrate::{Direction, Directives};
use squawk_lexer::{TokenKind, tokenize};

use super::hit::Hit;

/// A file, and what there is to say before a statement of it is read.
pub(super) struct Source {
    /// As messages call it.
    pub(super) path: String,
    /// Where it stands on disk.
    pub(super) disk: Option<PathBuf>,
    pub(super) version: String,
    pub(super) direction: Direction,
    pub(super) engine: Engine,
    /// Without a byte-order mark; empty where it cannot be read.
    pub(super) text: String,
    /// What the layout of another tool says of it; nothing for one of our own.
    pub(super) said: Option<Directives>,
    /// Whether it holds a text.
    pub(super) readable: bool,
    pub(super) hits: Vec<Hit>,
}

impl Source {
    /// A file that is not there, or not read yet.
    pub(super) fn empty(path: String, version: &str, direction: Direction, engine: Engine) -> Self {
        Self {
            path,
            disk: None,
            version: version.to_owned(),
            direction,
            engine,
            text: String::new(),
            said: None,
            readable: false,
            hits: Vec::new(),
        }
    }

    /// Reads one of our own files, if it is there.
    pub(super) fn load(&mut self) {
        let Some(disk) = &self.disk else { return };
        // A file that cannot be read is told as one that is not UTF-8 would be.
        let Some(text) = fs::read(disk).ok().and_then(|bytes| String::from_utf8(bytes).ok()) else {
            return self.hits.push(Hit::of_file("unreadable-file", "it is not UTF-8"));
        };
        let plain = text.strip_prefix('\u{feff}').unwrap_or(&text);
        if plain.len() < text.len() {
            self.hits.push(Hit::of_file("crlf-bom", "it begins with a byte-order mark").fixed_by(0..0, ""));
        }
        if let Some(at) = plain.find('\0') {
            let message = "a NUL byte; a file saved as UTF-16 has one in every character";
            return self.hits.push(Hit::at("unreadable-file", at..at + 1, message));
        }
        if let Some(at) = line_return(plain) {
            self.hits.push(Hit::at("crlf-bom", at..at + 1, "a line ends in a carriage return").fixed_by(0..0, ""));
        }
        if let Some(at) = lone_return(plain) {
            let message = "a carriage return without a line feed ends a line for PostgreSQL, and not for SQLite";
            self.hits.push(Hit::at("lone-return", at..at + 1, message).fixed_by(0..0, ""));
        }
        let start = text.len() - plain.len();
        self.text = if start == 0 { text } else { text[start..].to_owned() };
        self.readable = true;
    }
}

/// The first carriage return before a line feed outside of quotes.
fn line_return(text: &str) -> Option<usize> {
    text.contains("\r\n").then(|| returns(text).find(|at| text[at + 1..].starts_with('\n')))?
}

/// The first carriage return that stands alone outside of quotes.
fn lone_return(text: &str) -> Option<usize> {
    text.contains('\r').then(|| returns(text).find(|at| !text[at + 1..].starts_with('\n')))?
}

/// The text with every line ending in a line feed; what stands in quotes is a value, and stays as it is.
pub(super) fn with_line_feeds(text: &str) -> String {
    let mut mended = String::with_capacity(text.len());
    let mut from = 0;
    for at in returns(text) {
        mended.push_str(&text[from..at]);
        if !text[at + 1..].starts_with('\n') {
            mended.push('\n');
        }
        from = at + 1;
    }
    mended.push_str(&text[from..]);
    mended
}

/// The carriage returns outside of quotes.
fn returns(text: &str) -> impl Iterator<Item = usize> {
    unquoted(text).flat_map(|(start, part)| part.match_indices('\r').map(move |(at, _)| start + at))
}

/// The tokens that are no literal and no quoted name, each with its place.
fn unquoted(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut position = 0;
    tokenize(text).filter_map(move |token| {
        let start = position;
        position += token.len as usize;
        let quoted = matches!(token.kind, TokenKind::Literal { .. } | TokenKind::QuotedIdent { .. });
        (!quoted).then(|| (start, &text[start..position]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lone_return_counts_outside_of_quotes() {
        assert_eq!(lone_return("SELECT 1; -- a\rSELECT 2;\r\n"), Some(14));
        assert_eq!(lone_return("SELECT 'a\rb', \"c\rd\", $$\r$$;\r\n"), None);
        assert_eq!(line_return("SELECT 'a\r\nb', $$\r\n$$; -- a\r\n"), Some(27));
        assert_eq!(line_return("SELECT 'a\r\nb', $$\r\n$$; -- a\n"), None);
        assert_eq!(with_line_feeds("a\rb\r\n'c\rd\r\n'\r\n"), "a\nb\n'c\rd\r\n'\n");
    }
}
