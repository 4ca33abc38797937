//! Walking over the words and symbols of a statement.

use super::name::Name;

/// A place among the tokens of a statement, whoever owns them.
pub(crate) struct Cursor<'a, T = String> {
    tokens: &'a [T],
}

impl<T> Clone for Cursor<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Cursor<'_, T> {}

impl<'a, T: AsRef<str>> Cursor<'a, T> {
    pub(crate) fn new(tokens: &'a [T]) -> Self {
        Self { tokens }
    }

    /// What is left.
    pub(crate) fn rest(&self) -> &'a [T] {
        self.tokens
    }

    /// The next token in lower case, taken.
    pub(crate) fn word(&mut self) -> String {
        self.next().map(|token| token.as_ref().to_lowercase()).unwrap_or_default()
    }

    fn next(&mut self) -> Option<&'a T> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(first)
    }

    /// Whether these words come next.
    pub(crate) fn sees(&self, words: &str) -> bool {
        let mut tokens = self.tokens.iter();
        words.split(' ').all(|word| tokens.next().is_some_and(|token| token.as_ref().eq_ignore_ascii_case(word)))
    }

    /// Takes these words if they come next.
    pub(crate) fn eat(&mut self, words: &str) -> bool {
        let sees = self.sees(words);
        if sees {
            self.tokens = &self.tokens[words.split(' ').count()..];
        }
        sees
    }

    /// Takes the first of these that comes next.
    pub(crate) fn eat_any(&mut self, choices: &[&str]) -> bool {
        choices.iter().any(|words| self.eat(words))
    }

    /// Takes as many of these as come next, in any order.
    pub(crate) fn skip(&mut self, choices: &[&str]) {
        while self.eat_any(choices) {}
    }

    /// Takes a single name.
    pub(crate) fn ident(&mut self) -> Option<String> {
        let folded = fold(self.tokens.first()?.as_ref())?;
        self.next();
        Some(folded)
    }

    /// Takes a name with or without its schema; a database in front of the schema is left out.
    pub(crate) fn name(&mut self) -> Option<Name> {
        let mut parts = vec![self.ident()?];
        while self.eat(".") {
            parts.push(self.ident()?);
        }
        let name = parts.pop()?;
        Some(Name { schema: parts.pop(), name })
    }

    /// Takes names joined by commas, each perhaps behind `ONLY` and before `*`.
    pub(crate) fn names(&mut self) -> Option<Vec<Name>> {
        let mut names = Vec::new();
        loop {
            self.eat("only");
            names.push(self.name()?);
            self.eat("*");
            if !self.eat(",") {
                return Some(names);
            }
        }
    }

    /// Takes parentheses and answers what is in them.
    pub(crate) fn parentheses(&mut self) -> Option<&'a [T]> {
        if !self.sees("(") {
            return None;
        }
        let end = close_of(self.tokens)?;
        let inner = &self.tokens[1..end];
        self.tokens = &self.tokens[end + 1..];
        Some(inner)
    }

    /// Goes behind the first of these words outside of parentheses.
    pub(crate) fn seek(&mut self, word: &str) -> Option<()> {
        let at = find(self.tokens, word)?;
        self.tokens = &self.tokens[at + 1..];
        Some(())
    }
}

/// The name that a token is, folded; nothing for symbols, numbers and strings.
pub(crate) fn fold(token: &str) -> Option<String> {
    if let Some(inner) = token.strip_prefix('"').and_then(|token| token.strip_suffix('"')) {
        return Some(inner.replace("\"\"", "\""));
    }
    let mut characters = token.chars();
    let starts = characters.next().is_some_and(|first| first.is_alphabetic() || first == '_');
    let goes_on = characters.all(|character| character.is_alphanumeric() || character == '_' || character == '$');
    (starts && goes_on).then(|| token.to_lowercase())
}

/// Where the parenthesis that opens `tokens` is closed.
fn close_of<T: AsRef<str>>(tokens: &[T]) -> Option<usize> {
    let mut depth = 0;
    for (index, token) in tokens.iter().enumerate() {
        match token.as_ref() {
            "(" | "[" => depth += 1,
            ")" | "]" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(index);
        }
    }
    None
}

/// Tokens outside of parentheses, with their place.
fn outside<T: AsRef<str>>(tokens: &[T]) -> impl Iterator<Item = (usize, &str)> {
    let mut depth = 0;
    tokens.iter().enumerate().filter_map(move |(index, token)| {
        let token = token.as_ref();
        match token {
            "(" | "[" => depth += 1,
            ")" | "]" => depth -= 1,
            _ => {}
        }
        (depth == 0 || (depth == 1 && token == "(")).then_some((index, token))
    })
}

/// Where the word stands first outside of parentheses.
pub(crate) fn find<T: AsRef<str>>(tokens: &[T], word: &str) -> Option<usize> {
    outside(tokens).find(|(_, token)| token.eq_ignore_ascii_case(word)).map(|(index, _)| index)
}

/// Whether the words stand anywhere outside of parentheses.
pub(crate) fn has<T: AsRef<str>>(tokens: &[T], words: &str) -> bool {
    outside(tokens).any(|(index, _)| Cursor::new(&tokens[index..]).sees(words))
}

/// The parts between commas outside of parentheses.
pub(crate) fn items<T: AsRef<str>>(tokens: &[T]) -> Vec<&[T]> {
    let commas: Vec<usize> = outside(tokens).filter(|(_, token)| *token == ",").map(|(index, _)| index).collect();
    let starts = std::iter::once(0).chain(commas.iter().map(|comma| comma + 1));
    let ends = commas.iter().copied().chain([tokens.len()]);
    starts.zip(ends).map(|(start, end)| &tokens[start..end]).filter(|item| !item.is_empty()).collect()
}
