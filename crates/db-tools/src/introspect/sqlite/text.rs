//! The text of statements: tokens, and a spelling that does not depend on blank space, comments and case.

use squawk_lexer::{TokenKind, tokenize};

/// A word or symbol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// Lower case unless it is quoted; a name in quotes that needs none has lost them.
    pub(super) text: String,
    sort: Sort,
    /// Whether it stands right behind the one before it.
    glued: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Word,
    Name,
    Literal,
    Symbol,
}

impl Token {
    /// Whether it is this keyword or symbol; a quoted name never is.
    pub(super) fn is(&self, text: &str) -> bool {
        matches!(self.sort, Sort::Word | Sort::Symbol) && self.text == text
    }

    /// The name that it spells. SQLite does not tell upper from lower case, so neither does whoever compares.
    pub(super) fn name(&self) -> String {
        match self.text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
            Some(inner) if self.sort == Sort::Name => inner.replace("\"\"", "\""),
            _ => self.text.clone(),
        }
    }
}

/// The words and symbols of a statement.
pub(super) fn tokens(sql: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let (mut position, mut end_of_last) = (0, usize::MAX);
    while position < sql.len() {
        let rest = &sql[position..];
        let (kind, length) = next(rest);
        let (from, to) = (position, position + length);
        position = to;
        if let Some((text, sort)) = spelt(kind, &sql[from..to]) {
            found.push(Token { text, sort, glued: end_of_last == from });
            end_of_last = to;
        }
    }
    found
}

/// The next token. `[name]` and `` `name` `` are SQLite's alone, so the lexer does not know them.
fn next(rest: &str) -> (TokenKind, usize) {
    let quoted = TokenKind::QuotedIdent { terminated: true, uescape: false };
    let closing = match rest.as_bytes().first() {
        Some(b'[') => Some(']'),
        Some(b'`') => Some('`'),
        _ => None,
    };
    if let Some(end) = closing.and_then(|closing| rest[1..].find(closing)) {
        return (quoted, end + 2);
    }
    let token = tokenize(rest).next();
    token.map_or((TokenKind::Unknown, rest.len()), |token| (token.kind, (token.len as usize).max(1).min(rest.len())))
}

fn spelt(kind: TokenKind, text: &str) -> Option<(String, Sort)> {
    match kind {
        TokenKind::Whitespace | TokenKind::LineComment | TokenKind::BlockComment { .. } | TokenKind::Eof => None,
        TokenKind::Ident => Some((text.to_lowercase(), Sort::Word)),
        TokenKind::QuotedIdent { .. } => Some((requoted(text), Sort::Name)),
        TokenKind::Literal { .. } => Some((text.to_owned(), Sort::Literal)),
        _ => Some((text.to_owned(), Sort::Symbol)),
    }
}

/// Words that are no name without quotes, or that say something else.
const RESERVED: &str = " add all alter and as autoincrement between case check collate commit constraint create \
    current_date current_time current_timestamp default deferrable delete distinct drop else escape except exists false \
    foreign from group having in index indexed insert intersect into is isnull join limit not nothing notnull null on or \
    order primary references returning select set table then to transaction true union unique update using values when \
    where ";

/// A quoted name in double quotes, or bare where that says the same.
fn requoted(text: &str) -> String {
    let inner = match text.as_bytes().first() {
        Some(b'"') => text[1..text.len() - 1].replace("\"\"", "\""),
        _ => text[1..text.len() - 1].to_owned(),
    };
    let bare = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let name = inner.bytes().all(bare) && inner.bytes().next().is_some_and(|first| !first.is_ascii_digit());
    if name && !RESERVED.contains(&format!(" {inner} ")) {
        inner
    } else {
        format!("\"{}\"", inner.replace('"', "\"\""))
    }
}

/// Words before a parenthesis that is no list of arguments.
const BEFORE_PARENTHESIS: [&str; 22] = [
    "and",
    "as",
    "between",
    "by",
    "check",
    "else",
    "from",
    "in",
    "is",
    "key",
    "not",
    "on",
    "or",
    "over",
    "references",
    "select",
    "then",
    "unique",
    "values",
    "when",
    "where",
    "using",
];

/// The tokens as text, spelt the same whatever blank space stood between them.
pub(super) fn spell(tokens: &[Token]) -> String {
    let mut text = String::new();
    let mut before: Option<&Token> = None;
    for token in tokens {
        if before.is_some_and(|before| apart(before, token)) {
            text.push(' ');
        }
        text.push_str(&token.text);
        before = Some(token);
    }
    text
}

fn apart(before: &Token, token: &Token) -> bool {
    if before.is("(") || before.is(".") || [")", ",", ".", ";"].iter().any(|symbol| token.is(symbol)) {
        return false;
    }
    if token.is("(") {
        let calls =
            matches!(before.sort, Sort::Word | Sort::Name) && !BEFORE_PARENTHESIS.contains(&before.text.as_str());
        return !calls;
    }
    // `>=` comes as two symbols.
    let both = before.sort == Sort::Symbol && token.sort == Sort::Symbol;
    !both || !token.glued || before.is(")") || before.is(",")
}

/// The tokens between the parenthesis at `open` and its end, and where the next token stands.
pub(super) fn group(tokens: &[Token], open: usize) -> Option<(&[Token], usize)> {
    if !tokens.get(open)?.is("(") {
        return None;
    }
    let mut depth = 0;
    for (place, token) in tokens.iter().enumerate().skip(open) {
        if token.is("(") {
            depth += 1;
        } else if token.is(")") {
            depth -= 1;
            if depth == 0 {
                return Some((&tokens[open + 1..place], place + 1));
            }
        }
    }
    None
}

/// The parts between the commas that stand in no parentheses.
pub(super) fn parts(tokens: &[Token]) -> Vec<&[Token]> {
    let mut depth = 0;
    tokens
        .split(|token| {
            if token.is("(") {
                depth += 1;
            } else if token.is(")") {
                depth -= 1;
            }
            depth == 0 && token.is(",")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spelling_knows_no_blank_space_comments_or_case() {
        let one = spell(&tokens("Amount>=0 AND length( \"code\" ) IN(1,2) -- why\n OR [a b]<>X'00'"));
        let two = spell(&tokens("amount >= 0 and LENGTH(code) in (1, 2) or \"a b\" <> X'00'"));
        assert_eq!(one, two);
        assert_eq!(one, "amount >= 0 and length(code) in (1, 2) or \"a b\" <> X'00'");
    }

    #[test]
    fn a_name_keeps_quotes_that_it_needs() {
        for (written, spelt) in [
            ("SELECT \"kind\" AS \"from\", * FROM [order]", "select kind as \"from\", * from \"order\""),
            ("\"1st\" > `limit`", "\"1st\" > \"limit\""),
            ("\"current_timestamp\" < current_timestamp", "\"current_timestamp\" < current_timestamp"),
            ("\"key\" = \"window\"", "key = window"),
        ] {
            assert_eq!(spell(&tokens(written)), spelt);
        }
    }

    #[test]
    fn quotes_of_every_kind_name_the_same() {
        let names: Vec<String> = tokens(r#""o""h" `x y` [Größe] plain"#).iter().map(Token::name).collect();
        assert_eq!(names, ["o\"h", "x y", "Größe", "plain"]);
    }
}
