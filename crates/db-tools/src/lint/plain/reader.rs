//! A place among the words of a statement that may be plain.

use super::words::{is_name, is_regretted};

/// A place among the words of a statement. Each step answers nothing where something else stands.
pub(super) struct Reader<'a> {
    tokens: &'a [&'a str],
    at: usize,
    /// How many parentheses of an expression are open.
    pub(super) depth: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(tokens: &'a [&'a str]) -> Self {
        Self { tokens, at: 0, depth: 0 }
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at == self.tokens.len()
    }

    fn next(&self) -> Option<&'a str> {
        self.tokens.get(self.at).copied()
    }

    pub(super) fn sees(&self, word: &str) -> bool {
        self.next().is_some_and(|token| token.eq_ignore_ascii_case(word))
    }

    pub(super) fn eat(&mut self, word: &str) -> bool {
        let sees = self.sees(word);
        self.at += usize::from(sees);
        sees
    }

    pub(super) fn take(&mut self, word: &str) -> Option<()> {
        self.eat(word).then_some(())
    }

    /// Takes a token that this is true of.
    pub(super) fn take_if(&mut self, is: impl Fn(&str) -> bool) -> Option<&'a str> {
        let token = self.next().filter(|token| is(token))?;
        self.at += 1;
        Some(token)
    }

    /// Takes signs that stand together as one: `<` and `=`.
    pub(super) fn eat_signs(&mut self, signs: &str) -> bool {
        let (mut at, mut end) = (self.at, None);
        for sign in signs.split("") {
            if sign.is_empty() {
                continue;
            }
            let Some(token) = self.tokens.get(at).filter(|token| **token == sign) else { return false };
            let start = token.as_ptr().addr();
            if end.is_some_and(|end| end != start) {
                return false;
            }
            end = Some(start + token.len());
            at += 1;
        }
        // More signs behind them would make another operator.
        let more = self.tokens.get(at).is_some_and(|token| {
            Some(token.as_ptr().addr()) == end && token.starts_with(|next: char| "+-*/<>=~!@#%^&|`?:".contains(next))
        });
        if !more {
            self.at = at;
        }
        !more
    }

    pub(super) fn name(&mut self) -> Option<&'a str> {
        self.take_if(is_name)
    }

    /// A name, perhaps behind its schema's.
    pub(super) fn path(&mut self) -> Option<()> {
        self.name()?;
        if self.eat(".") {
            self.name()?;
        }
        Some(())
    }

    /// The name of a type that no rule is about.
    pub(super) fn kind(&mut self) -> Option<()> {
        let mut name = self.name()?;
        if self.eat(".") {
            name = self.name()?;
        }
        (!is_regretted(name) && !name.starts_with('"')).then_some(())
    }

    pub(super) fn whole_number(&mut self) -> Option<()> {
        self.take_if(|token| token.bytes().all(|byte| byte.is_ascii_digit())).map(drop)
    }
}
