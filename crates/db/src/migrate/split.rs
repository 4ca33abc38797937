//! Splitting a file into statements with a real lexer.
//!
//! Dollar quotes, strings, nested comments, `BEGIN ATOMIC … END` bodies and SQLite's trigger bodies hold semicolons that
//! end nothing. A parser would do it too, but it damages text that it does not know, and it does not know all of SQL.

use squawk_lexer::{LiteralKind, TokenKind, tokenize};
use thiserror::Error;

/// One statement of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The text, without the semicolon.
    pub text: String,
    /// The line it starts on, from one.
    pub line: usize,
    /// Its words and symbols, without comments and blank space.
    pub tokens: Vec<String>,
}

/// Text that cannot be split.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SplitError {
    /// A quote or a comment is not closed.
    #[error("line {line}: {what} is not closed")]
    Unterminated {
        /// Where it opens.
        line: usize,
        /// What is open.
        what: &'static str,
    },
    /// A command of psql's, which no server understands.
    #[error("line {line}: `{command}` is a command of psql, not SQL")]
    PsqlCommand {
        /// Where.
        line: usize,
        /// The command.
        command: String,
    },
}

impl Statement {
    /// The nth word in lower case.
    pub fn word(&self, index: usize) -> String {
        self.tokens.get(index).map(|token| token.to_lowercase()).unwrap_or_default()
    }

    /// Whether `word` stands among the tokens, outside of quotes.
    pub fn has_word(&self, word: &str) -> bool {
        self.tokens.iter().any(|token| token.eq_ignore_ascii_case(word))
    }

    /// The first characters of the statement on one line, for messages.
    pub fn excerpt(&self) -> String {
        let line = self.text.split_whitespace().collect::<Vec<_>>().join(" ");
        match line.char_indices().nth(80) {
            Some((end, _)) => format!("{}…", &line[..end]),
            None => line,
        }
    }
}

/// The identifier that a token writes: a quoted one as it is, any other in lower case.
pub(super) fn identifier(token: &str) -> String {
    let inner = token.strip_prefix('"').and_then(|token| token.strip_suffix('"'));
    inner.map_or_else(|| token.to_lowercase(), |inner| inner.replace("\"\"", "\""))
}

/// Splits `sql` into statements.
///
/// # Errors
///
/// [`SplitError`] for text that would be sent to the server damaged.
pub fn split(sql: &str) -> Result<Vec<Statement>, SplitError> {
    let mut splitter =
        Splitter { sql, statements: Vec::new(), tokens: Vec::new(), start: None, body: Body::default(), depth: 0 };
    let mut position = 0;
    for token in tokenize(sql) {
        let from = position;
        position += token.len as usize;
        check_terminated(sql, from, token.kind)?;
        splitter.token(token.kind, from, position)?;
    }
    splitter.finish(sql.len());
    Ok(splitter.statements)
}

/// The text of every line comment, in order.
pub(super) fn line_comments(sql: &str) -> Vec<&str> {
    let mut position = 0;
    let mut comments = Vec::new();
    for token in tokenize(sql) {
        let from = position;
        position += token.len as usize;
        if token.kind == TokenKind::LineComment {
            comments.push(sql[from..position].trim_start_matches('-').trim());
        }
    }
    comments
}

/// The line of a byte offset, from one.
fn line_of(sql: &str, offset: usize) -> usize {
    sql[..offset].matches('\n').count() + 1
}

fn check_terminated(sql: &str, from: usize, kind: TokenKind) -> Result<(), SplitError> {
    let what = match kind {
        TokenKind::BlockComment { terminated: false } => "a comment",
        TokenKind::QuotedIdent { terminated: false, .. } => "a quoted name",
        TokenKind::Literal { kind } if is_open(kind) => "a string",
        _ => return Ok(()),
    };
    Err(SplitError::Unterminated { line: line_of(sql, from), what })
}

fn is_open(kind: LiteralKind) -> bool {
    matches!(
        kind,
        LiteralKind::Str { terminated: false }
            | LiteralKind::EscStr { terminated: false }
            | LiteralKind::UnicodeEscStr { terminated: false }
            | LiteralKind::NationalStr { terminated: false }
            | LiteralKind::BitStr { terminated: false }
            | LiteralKind::ByteStr { terminated: false }
            | LiteralKind::DollarQuotedString { terminated: false }
    )
}

struct Splitter<'a> {
    sql: &'a str,
    statements: Vec<Statement>,
    tokens: Vec<String>,
    start: Option<usize>,
    body: Body,
    depth: i32,
}

impl Splitter<'_> {
    fn token(&mut self, kind: TokenKind, from: usize, to: usize) -> Result<(), SplitError> {
        match kind {
            TokenKind::Whitespace | TokenKind::LineComment | TokenKind::BlockComment { .. } => return Ok(()),
            TokenKind::Semi if self.depth == 0 && self.body.depth == 0 => {
                self.finish(from);
                return Ok(());
            }
            TokenKind::OpenParen => self.depth += 1,
            TokenKind::CloseParen => self.depth -= 1,
            TokenKind::Ident => self.body.word(&self.sql[from..to].to_ascii_lowercase()),
            _ => {}
        }
        if self.start.is_none() && self.sql[from..].starts_with('\\') {
            let command = self.sql[from..].lines().next().unwrap_or_default().trim().to_owned();
            return Err(SplitError::PsqlCommand { line: line_of(self.sql, from), command });
        }
        self.start.get_or_insert(from);
        self.tokens.push(self.sql[from..to].to_owned());
        Ok(())
    }

    /// Ends the open statement, if there is one.
    fn finish(&mut self, end: usize) {
        if let Some(start) = self.start.take() {
            self.statements.push(Statement {
                text: self.sql[start..end].trim_end().to_owned(),
                line: line_of(self.sql, start),
                tokens: std::mem::take(&mut self.tokens),
            });
        }
        self.body = Body::default();
        self.depth = 0;
    }
}

/// How deep we are in `BEGIN ATOMIC … END`, or in the `BEGIN … END` of a SQLite trigger.
#[derive(Default)]
struct Body {
    words: usize,
    create: bool,
    trigger: bool,
    begin: bool,
    depth: u32,
    case: u32,
}

impl Body {
    fn word(&mut self, word: &str) {
        match word {
            "create" if self.words == 0 => self.create = true,
            "trigger" if self.create && self.words <= 3 => self.trigger = true,
            "atomic" if self.begin => self.depth += 1,
            "begin" if self.trigger => self.depth += 1,
            "case" if self.depth > 0 => self.case += 1,
            "end" if self.case > 0 => self.case -= 1,
            "end" if self.depth > 0 => self.depth -= 1,
            _ => {}
        }
        self.begin = word == "begin";
        self.words += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(sql: &str) -> Vec<String> {
        split(sql).unwrap().into_iter().map(|statement| statement.text).collect()
    }

    #[test]
    fn semicolons_in_quotes_comments_and_bodies_end_nothing() {
        let function = "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $a$ BEGIN RETURN 1; END $a$";
        let atomic = "CREATE FUNCTION g() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END";
        let trigger = "CREATE TRIGGER t AFTER UPDATE ON x BEGIN UPDATE x SET a = 1; SELECT 2; END";
        let sql = format!("-- a;b\n{function};\n/* ; /* ; */ */ {atomic};\n{trigger};\nSELECT ';', \"a;b\", E'\\';'");
        assert_eq!(texts(&sql), [function, atomic, trigger, "SELECT ';', \"a;b\", E'\\';'"]);
    }

    #[test]
    fn statements_know_their_line_and_words() {
        let statements = split("-- one\n\nselect 1;\n  create index concurrently i on t (a);\n;;").unwrap();
        assert_eq!(statements.iter().map(|statement| statement.line).collect::<Vec<_>>(), [3, 4]);
        assert!(statements[1].has_word("CONCURRENTLY"));
        assert_eq!(statements[1].word(1), "index");
    }

    #[test]
    fn open_quotes_and_psql_commands_are_refused() {
        assert!(matches!(split("select 1;\nselect 'a"), Err(SplitError::Unterminated { line: 2, what: "a string" })));
        assert!(matches!(split("do $$ begin"), Err(SplitError::Unterminated { .. })));
        assert!(matches!(split("/* a"), Err(SplitError::Unterminated { what: "a comment", .. })));
        assert_eq!(
            split("\\copy t from 'x'").unwrap_err(),
            SplitError::PsqlCommand { line: 1, command: "\\copy t from 'x'".to_owned() }
        );
    }

    #[test]
    fn nothing_but_comments_is_no_statement() {
        assert!(texts("-- only\n/* comments */ ; ;").is_empty());
        assert_eq!(line_comments("-- atriz: no-transaction\nselect 1 --x"), ["atriz: no-transaction", "x"]);
    }
}
