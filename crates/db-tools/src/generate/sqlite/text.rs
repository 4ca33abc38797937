//! The text of a CREATE TABLE, taken apart so that what does not change stays as it was written.

use squawk_lexer::{TokenKind, tokenize};

/// A word or symbol, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::generate) struct Token {
    pub(super) from: usize,
    pub(super) to: usize,
    /// A name without quotes; a keyword or symbol as it is, in lower case.
    pub(in crate::generate) text: String,
    /// Whether it is in quotes, so that it is no keyword.
    quoted: bool,
}

impl Token {
    pub(in crate::generate) fn is(&self, word: &str) -> bool {
        !self.quoted && self.text == word
    }

    /// Whether it names this. SQLite does not tell upper from lower case.
    pub(super) fn names(&self, name: &str) -> bool {
        self.text.to_lowercase() == name.to_lowercase()
    }
}

/// The words and symbols of a statement, comments left out.
pub(in crate::generate) fn tokens(sql: &str) -> Vec<Token> {
    let (mut found, mut position) = (Vec::new(), 0);
    while position < sql.len() {
        let rest = &sql[position..];
        let closing = match rest.as_bytes()[0] {
            b'[' => Some(']'),
            b'`' => Some('`'),
            _ => None,
        };
        let (kind, length) = if let Some(end) = closing.and_then(|closing| rest[1..].find(closing)) {
            (TokenKind::QuotedIdent { terminated: true, uescape: false }, end + 2)
        } else {
            let token = tokenize(rest).next();
            token.map_or((TokenKind::Unknown, rest.len()), |token| (token.kind, (token.len as usize).max(1)))
        };
        let to = (position + length).min(sql.len());
        let text = &sql[position..to];
        match kind {
            TokenKind::Whitespace | TokenKind::LineComment | TokenKind::BlockComment { .. } | TokenKind::Eof => {}
            TokenKind::QuotedIdent { .. } => {
                let inner = text.get(1..text.len() - 1).unwrap_or_default().replace("\"\"", "\"");
                found.push(Token { from: position, to, text: inner, quoted: true });
            }
            TokenKind::Literal { .. } => found.push(Token { from: position, to, text: text.to_owned(), quoted: true }),
            _ => found.push(Token { from: position, to, text: text.to_lowercase(), quoted: false }),
        }
        position = to;
    }
    found
}

/// Whether a statement names this.
pub(in crate::generate) fn mentions(sql: &str, name: &str) -> bool {
    tokens(sql).iter().any(|token| token.names(name))
}

/// A CREATE TABLE.
#[derive(Clone, Debug)]
pub(super) struct Definition {
    /// Columns and constraints, with blank space and comments around them.
    pub(super) parts: Vec<Part>,
    /// From the closing parenthesis on.
    pub(super) tail: String,
}

/// A column or a constraint of the table.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) text: String,
}

impl Definition {
    pub(super) fn parse(sql: &str) -> Option<Self> {
        let tokens = tokens(sql);
        let open = tokens.iter().position(|token| token.is("("))?;
        let (mut depth, mut from, mut parts) = (0, tokens[open].to, Vec::new());
        for token in &tokens[open..] {
            match token {
                token if token.is("(") => depth += 1,
                token if token.is(")") => depth -= 1,
                token if token.is(",") && depth == 1 => {
                    parts.push(Part { text: sql[from..token.from].to_owned() });
                    from = token.to;
                }
                _ => {}
            }
            if depth == 0 {
                parts.push(Part { text: sql[from..token.from].to_owned() });
                return Some(Self { parts, tail: sql[token.from..].to_owned() });
            }
        }
        None
    }

    /// The statement that makes it under a name, which is quoted where it has to be.
    pub(super) fn statement(&self, name: &str) -> String {
        let parts: Vec<&str> = self.parts.iter().map(|part| part.text.as_str()).collect();
        format!("CREATE TABLE {name} ({}{}", parts.join(","), self.tail)
    }

    /// Where a column stands.
    pub(super) fn column(&self, name: &str) -> Option<usize> {
        self.parts.iter().position(|part| part.column().is_some_and(|column| column.names(name)))
    }

    /// Puts a part behind those that are there: a column behind the last column, a constraint behind all.
    pub(super) fn add(&mut self, text: &str, column: bool) {
        let columns = self.parts.iter().take_while(|part| part.column().is_some()).count();
        let place = if column { columns } else { self.parts.len() };
        if place == self.parts.len() {
            // The line break before the closing parenthesis stays before it.
            if let Some(last) = self.parts.last_mut() {
                let end = last.text.trim_end().len();
                let commented = last.text.lines().next_back().is_some_and(|line| line.contains("--"))
                    || last.text.trim_end().rsplit('\n').next().is_some_and(|line| line.contains("--"));
                if !commented {
                    last.text.truncate(end);
                }
            }
            self.parts.push(Part { text: format!("\n    {text}\n") });
        } else {
            self.parts.insert(place, Part { text: format!("\n    {text}") });
        }
    }

    /// Calls a constraint otherwise.
    pub(super) fn rename_constraint(&mut self, from: &str, to: &str) {
        for part in &mut self.parts {
            let tokens = tokens(&part.text);
            let named = tokens.windows(2).find(|pair| pair[0].is("constraint") && pair[1].names(from));
            if let Some(pair) = named {
                part.text.replace_range(pair[1].from..pair[1].to, &crate::generate::names::quoted(to));
            }
        }
    }
}

const CONSTRAINTS: [&str; 5] = ["constraint", "primary", "unique", "check", "foreign"];

impl Part {
    /// The name of the column, where it is one.
    pub(super) fn column(&self) -> Option<Token> {
        tokens(&self.text).into_iter().next().filter(|first| !CONSTRAINTS.iter().any(|word| first.is(word)))
    }

    /// A column's text without what stands around it.
    pub(super) fn trimmed(&self) -> String {
        let from = self.column().map_or(0, |token| token.from);
        let to = tokens(&self.text).last().map_or(self.text.len(), |token| token.to);
        self.text[from..to].to_owned()
    }

    /// The pieces of a column or of a constraint: what it says, one constraint each.
    pub(super) fn pieces(&self) -> Vec<Piece> {
        pieces(&self.text, usize::from(self.column().is_some()))
    }

    /// Takes pieces out, and says whether anything stays. Of a table's constraint nothing does.
    pub(super) fn without(&mut self, gone: impl Fn(&Piece) -> bool) -> bool {
        let pieces: Vec<Piece> = self.pieces().into_iter().filter(|piece| gone(piece)).collect();
        if self.column().is_none() {
            return pieces.is_empty();
        }
        for piece in pieces.iter().rev() {
            let before = self.text[..piece.from].trim_end().len();
            let end = piece.from + self.text[piece.from..piece.to].trim_end().len();
            self.text.replace_range(before..end, "");
        }
        true
    }
}

/// One constraint.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) name: Option<String>,
    pub(super) tokens: Vec<Token>,
}

impl Piece {
    /// `not`, `null`, `primary`, `unique`, `check`, `default`, `collate`, `references`, `foreign`, `generated` or `as`.
    pub(super) fn is(&self, word: &str) -> bool {
        self.head().is_some_and(|token| token.is(word))
    }

    fn head(&self) -> Option<&Token> {
        self.tokens.get(if self.name.is_some() { 2 } else { 0 })
    }

    /// The names in the first parentheses.
    pub(super) fn columns(&self) -> Vec<String> {
        let inner = self.tokens.iter().skip_while(|token| !token.is("(")).skip(1).take_while(|token| !token.is(")"));
        inner.filter(|token| !token.is(",")).map(|token| token.text.clone()).collect()
    }

    pub(super) fn mentions(&self, name: &str) -> bool {
        // Behind REFERENCES stand the columns of the other table.
        let foreign = self.is("foreign");
        let own = self.tokens.iter().take_while(|token| !foreign || !token.is("references"));
        own.skip(if self.name.is_some() { 2 } else { 0 }).any(|token| token.names(name))
    }

    /// The table that a foreign key leads to.
    pub(super) fn referenced(&self) -> Option<&str> {
        let place = self.tokens.iter().position(|token| token.is("references"))?;
        self.tokens.get(place + 1).map(|token| token.text.as_str())
    }
}

fn pieces(text: &str, skip: usize) -> Vec<Piece> {
    let tokens = tokens(text);
    let starts = starts(&tokens, skip);
    let mut found = Vec::new();
    for (number, start) in starts.iter().enumerate() {
        let end = starts.get(number + 1).copied().unwrap_or(tokens.len());
        let own = tokens[*start..end].to_vec();
        let name = own[0].is("constraint").then(|| own.get(1).map(|token| token.text.clone())).flatten();
        let to = own.last().map_or(own[0].to, |last| last.to);
        found.push(Piece { from: own[0].from, to, name, tokens: own });
    }
    found
}

/// Where constraints begin.
fn starts(tokens: &[Token], skip: usize) -> Vec<usize> {
    const WORDS: [&str; 10] =
        ["not", "null", "primary", "unique", "check", "default", "collate", "references", "foreign", "generated"];
    let (mut depth, mut found, mut place) = (0_i32, Vec::new(), skip);
    while place < tokens.len() {
        let token = &tokens[place];
        if token.is("(") {
            depth += 1;
        } else if token.is(")") {
            depth -= 1;
        }
        let is_start =
            depth == 0 && (token.is("constraint") || token.is("as") || WORDS.iter().any(|word| token.is(word)));
        if !is_start || (token.is("not") && tokens.get(place + 1).is_some_and(|next| next.is("deferrable"))) {
            place += 1;
            continue;
        }
        found.push(place);
        place += if token.is("constraint") { 2 } else { 0 };
        place += past(tokens, place);
    }
    found
}

/// How many tokens of a constraint cannot begin another.
fn past(tokens: &[Token], place: usize) -> usize {
    let is = |at: usize, word: &str| tokens.get(at).is_some_and(|token| token.is(word));
    let Some(token) = tokens.get(place) else { return 1 };
    if token.is("not") || token.is("primary") || token.is("collate") {
        return 2;
    }
    if token.is("default") {
        return if is(place + 1, "(") {
            1
        } else if is(place + 1, "-") || is(place + 1, "+") {
            3
        } else {
            2
        };
    }
    if token.is("generated") {
        return 3;
    }
    if token.is("foreign") || token.is("references") {
        let mut at = place + 1;
        while at < tokens.len() && !is(at, "constraint") && !is(at, "check") && !is(at, "unique") {
            let ends = is(at, "not") && !is(at + 1, "deferrable") || is(at, "collate") || is(at, "generated");
            let plain_null = (is(at, "null") || is(at, "default")) && !is(at - 1, "set");
            if ends || plain_null || is(at, "primary") {
                break;
            }
            at += 1;
        }
        return at - place;
    }
    1
}

#[cfg(test)]
mod tests {
    use super::*;

    const THINGS: &str = "CREATE TABLE things ( -- all of them
    id INTEGER NOT NULL CONSTRAINT pk_things PRIMARY KEY,
    parent_id INTEGER DEFAULT NULL CONSTRAINT fk_things REFERENCES things (id) ON DELETE SET NULL CHECK (parent_id > 0),
    \"odd, name\" TEXT DEFAULT 'a,b' COLLATE nocase NOT NULL, -- why
    CONSTRAINT ck_things_id CHECK (id IN (1, 2)) -- two
) STRICT";

    #[test]
    fn a_table_is_put_together_as_it_was() {
        let definition = Definition::parse(THINGS).unwrap();
        assert_eq!(definition.statement("things"), THINGS);
        assert_eq!(definition.parts.len(), 4);
        assert_eq!(definition.column("ODD, name"), Some(2));
        assert!(definition.parts[3].column().is_none());
    }

    #[test]
    fn constraints_are_told_apart() {
        let definition = Definition::parse(THINGS).unwrap();
        let heads = |part: usize| {
            let pieces = definition.parts[part].pieces();
            pieces.iter().map(|piece| written(&definition.parts[part].text, piece)).collect::<Vec<_>>()
        };
        assert_eq!(heads(0), ["NOT NULL", "CONSTRAINT pk_things PRIMARY KEY"]);
        assert_eq!(
            heads(1),
            ["DEFAULT NULL", "CONSTRAINT fk_things REFERENCES things (id) ON DELETE SET NULL", "CHECK (parent_id > 0)"]
        );
        assert_eq!(heads(2), ["DEFAULT 'a,b'", "COLLATE nocase", "NOT NULL"]);
    }

    fn written(text: &str, piece: &Piece) -> String {
        text[piece.from..piece.to].to_owned()
    }

    #[test]
    fn parts_come_and_go_with_comments_kept() {
        let mut definition = Definition::parse(THINGS).unwrap();
        definition.parts[1].without(|piece| piece.is("references"));
        definition.add("extra TEXT", true);
        definition.add("CONSTRAINT uq_things_extra UNIQUE (extra)", false);
        let text = definition.statement("things");
        assert!(!text.contains("fk_things") && text.contains("DEFAULT NULL CHECK (parent_id > 0)"), "{text}");
        assert!(text.contains("-- two\n") && text.contains("-- why"), "{text}");
        let again = Definition::parse(&text).unwrap();
        assert_eq!(again.parts.len(), 6, "{text}");
        assert_eq!(again.column("extra"), Some(3));
    }
}
