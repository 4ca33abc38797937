//! Takes a CREATE TABLE apart for what no pragma tells: names of constraints, CHECKs, generated columns, collations.

use std::collections::BTreeMap;

use super::text::{Token, group, parts, spell};
use crate::introspect::CONFLICT;

/// What stands in the text of a CREATE TABLE alone.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) primary_key: Option<String>,
    /// Name and columns.
    pub(super) uniques: Vec<(Option<String>, Vec<String>)>,
    pub(super) checks: Vec<(Option<String>, String)>,
    /// In the order of the text.
    pub(super) foreign_keys: Vec<WrittenKey>,
    /// Expressions by column.
    pub(super) generated: BTreeMap<String, String>,
    /// Collations by column.
    pub(super) collations: BTreeMap<String, String>,
    pub(super) autoincrement: bool,
    /// `unique (code) on conflict replace`; that a statement is refused goes without saying.
    pub(super) conflicts: Vec<String>,
}

#[derive(Debug, Default)]
pub(super) struct WrittenKey {
    pub(super) name: Option<String>,
    pub(super) columns: Vec<String>,
    pub(super) deferrable: Option<String>,
    pub(super) matching: Option<String>,
}

/// Reads the tokens of a CREATE TABLE; nothing where there is no list of columns.
pub(super) fn read(tokens: &[Token]) -> Option<Written> {
    let open = tokens.iter().position(|token| token.is("("))?;
    let (body, _) = group(tokens, open)?;
    let mut written = Written::default();
    for part in parts(body) {
        let first = part.first()?;
        let constraint = ["constraint", "primary", "unique", "check", "foreign"].iter().any(|word| first.is(word));
        let column = (!constraint).then(|| first.name());
        Part { tokens: part, column, name: None, rule: String::new(), written: &mut written }.read();
    }
    Some(written)
}

/// One column or constraint of the table.
struct Part<'a> {
    tokens: &'a [Token],
    /// The column that it defines, if it defines one.
    column: Option<String>,
    /// The name that was just given, for the constraint that follows.
    name: Option<String>,
    /// The constraint that was just read.
    rule: String,
    written: &'a mut Written,
}

impl Part<'_> {
    fn read(mut self) {
        let mut place = usize::from(self.column.is_some());
        while place < self.tokens.len() {
            place = self.step(place);
        }
    }

    fn is(&self, place: usize, word: &str) -> bool {
        self.tokens.get(place).is_some_and(|token| token.is(word))
    }

    /// Reads what begins at `place` and answers where the next thing begins.
    fn step(&mut self, place: usize) -> usize {
        let Some(token) = self.tokens.get(place) else { return place + 1 };
        if token.is("constraint") {
            self.name = self.tokens.get(place + 1).map(Token::name);
            return place + 2;
        }
        if token.is("check") {
            "check".clone_into(&mut self.rule);
            return self.check(place);
        }
        if token.is("primary") {
            self.written.primary_key = self.name.take();
            "primary key".clone_into(&mut self.rule);
            return place + 2;
        }
        if token.is("on") && self.is(place + 1, "conflict") {
            return self.conflict(place);
        }
        if token.is("unique") {
            self.rule = format!("unique ({})", self.columns_at(place + 1).join(", "));
            let columns = self.columns_at(place + 1);
            let next = group(self.tokens, place + 1).map_or(place + 1, |(_, next)| next);
            self.written.uniques.push((self.name.take(), columns));
            return next;
        }
        if token.is("foreign") || (token.is("references") && self.column.is_some()) {
            return self.foreign_key(place);
        }
        self.rest(place, token)
    }

    fn rest(&mut self, place: usize, token: &Token) -> usize {
        if token.is("not") && self.is(place + 1, "deferrable") {
            return place + 2;
        }
        if token.is("not") && self.is(place + 1, "null") {
            self.rule = format!("{} not null", self.column.as_deref().unwrap_or_default());
            return place + 2;
        }
        if token.is("deferrable") {
            let deferred = self.is(place + 1, "initially") && self.is(place + 2, "deferred");
            let word = if deferred { "initially deferred" } else { "deferrable" };
            if let Some(key) = self.written.foreign_keys.last_mut() {
                key.deferrable = Some(word.to_owned());
            }
        } else if token.is("match") {
            let matching = self.tokens.get(place + 1).map(Token::name).filter(|word| word != "simple");
            if let Some(key) = self.written.foreign_keys.last_mut() {
                key.matching = matching;
            }
        } else if token.is("collate") {
            if let (Some(column), Some(collation)) = (&self.column, self.tokens.get(place + 1)) {
                self.written.collations.insert(column.to_lowercase(), collation.name());
            }
        } else if token.is("as") && self.column.is_some() {
            if let (Some(column), Some((inner, next))) = (&self.column, group(self.tokens, place + 1)) {
                self.written.generated.insert(column.to_lowercase(), spell(inner));
                return next;
            }
        } else if token.is("autoincrement") {
            self.written.autoincrement = true;
        } else if token.is("default") || token.is("(") {
            let open = place + usize::from(token.is("default"));
            return group(self.tokens, open).map_or(place + 2, |(_, next)| next);
        }
        place + 1
    }

    /// `ON CONFLICT REPLACE` behind a constraint.
    fn conflict(&mut self, place: usize) -> usize {
        let action = self.tokens.get(place + 2).map(Token::name).unwrap_or_default();
        if action != "abort" {
            self.written.conflicts.push(format!("{}{CONFLICT}{action}", self.rule));
        }
        place + 3
    }

    fn check(&mut self, place: usize) -> usize {
        let Some((inner, next)) = group(self.tokens, place + 1) else { return place + 1 };
        self.written.checks.push((self.name.take(), spell(inner)));
        next
    }

    /// `FOREIGN KEY (a) REFERENCES t (b)` of the table, or `REFERENCES t (b)` of a column.
    fn foreign_key(&mut self, place: usize) -> usize {
        let (columns, references) = match &self.column {
            Some(column) => (vec![column.clone()], place),
            None => (self.columns_at(place + 2), group(self.tokens, place + 2).map_or(place + 2, |(_, next)| next)),
        };
        self.written.foreign_keys.push(WrittenKey { name: self.name.take(), columns, ..WrittenKey::default() });
        let behind_table = references + 2;
        group(self.tokens, behind_table).map_or(behind_table, |(_, next)| next)
    }

    /// The columns in the parentheses at `open`, or the one of this part.
    fn columns_at(&self, open: usize) -> Vec<String> {
        match (&self.column, group(self.tokens, open)) {
            (Some(column), _) => vec![column.clone()],
            (None, Some((inner, _))) => parts(inner).iter().filter_map(|part| part.first()).map(Token::name).collect(),
            (None, None) => Vec::new(),
        }
    }
}
