//! Splitting a file into statements with a real lexer.
//!
//! Dollar quotes, strings, nested comments, `BEGIN ATOMIC … END` bodies and SQLite's trigger bodies hold semicolons that
//! end nothing. A parser would do it too, but it damages text that it does not know, and it does not know all of SQL.

use std::ops::Range;

use squawk_lexer::{LiteralKind, TokenKind, tokenize};
use thiserror::Error;

use super::body::Body;
use super::piece::Piece;

/// One statement of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The text, without the semicolon.
    pub text: String,
    /// The line it starts on, from one.
    pub line: usize,
    /// The byte of the file that it starts at.
    pub offset: usize,
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
    /// Rows that a client would have to send or take; what follows them in the file is no SQL.
    #[error("line {line}: `COPY … {direction}` exchanges rows with a client, and a migration has none")]
    CopyRows {
        /// Where the statement starts.
        line: usize,
        /// `FROM STDIN` or `TO STDOUT`.
        direction: &'static str,
    },
    /// A comment that ends in a carriage return alone: PostgreSQL ends it there, SQLite at the next line feed.
    #[error("line {line}: a comment ends in a carriage return without a line feed, where SQLite does not end it")]
    LoneReturn {
        /// Where the comment stands.
        line: usize,
    },
    /// A comment in a comment: PostgreSQL ends the outer one behind it, SQLite with it.
    #[error("line {line}: a comment holds the beginning of another, where SQLite ends both with the first `*/`")]
    CommentInComment {
        /// Where the outer one opens.
        line: usize,
    },
}

impl SplitError {
    /// What to do next.
    pub fn hint(&self) -> String {
        match self {
            Self::Unterminated { .. } => "close it",
            Self::PsqlCommand { .. } => "write it in SQL",
            Self::CopyRows { .. } => "write the rows as INSERT, or put them into a CSV file among the seeds",
            Self::LoneReturn { .. } => "save the file with line feeds",
            Self::CommentInComment { .. } => "write the outer one in lines that begin with `--`",
        }
        .to_owned()
    }
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
    Ok(pieces(sql)?.iter().map(Statement::from).collect())
}

/// Splits `sql` into statements that are not copied.
///
/// # Errors
///
/// As [`split`].
pub fn pieces(sql: &str) -> Result<Vec<Piece<'_>>, SplitError> {
    let mut splitter = Splitter::of(sql);
    let mut position = 0;
    for token in tokenize(sql) {
        let from = position;
        position += token.len as usize;
        check_terminated(sql, from, token.kind)?;
        splitter.token(token.kind, from, position)?;
    }
    splitter.check_closed()?;
    splitter.finish()?;
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

/// Refuses comments in comments, which SQLite does not know: what stands behind the inner one would be read otherwise than
/// it was taken apart.
pub(super) fn check_comments(sql: &str) -> Result<(), SplitError> {
    if !sql.contains("/*") {
        return Ok(());
    }
    let mut position = 0;
    for token in tokenize(sql) {
        let from = position;
        position += token.len as usize;
        let is_comment = matches!(token.kind, TokenKind::BlockComment { .. });
        if is_comment && sql[from + 2..position].contains("/*") {
            return Err(SplitError::CommentInComment { line: line_of(sql, from) });
        }
    }
    Ok(())
}

/// The line of a byte offset, from one.
pub(super) fn line_of(sql: &str, offset: usize) -> usize {
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
    statements: Vec<Piece<'a>>,
    /// The open statement's tokens.
    tokens: Vec<&'a str>,
    /// Where the open statement begins, and where its last token ends.
    range: Range<usize>,
    /// The line that the open statement starts on, and how far lines are counted.
    line: usize,
    counted: usize,
    body: Body<'a>,
    /// How many parentheses and brackets are open, and where the outermost one stands.
    depth: u32,
    opened: usize,
}

impl<'a> Splitter<'a> {
    fn of(sql: &'a str) -> Self {
        Self {
            sql,
            statements: Vec::new(),
            tokens: Vec::new(),
            range: 0..0,
            line: 1,
            counted: 0,
            body: Body::default(),
            depth: 0,
            opened: 0,
        }
    }

    fn token(&mut self, kind: TokenKind, from: usize, to: usize) -> Result<(), SplitError> {
        let text = &self.sql[from..to];
        match kind {
            TokenKind::LineComment => return check_line_end(self.sql, from, to),
            TokenKind::Whitespace | TokenKind::BlockComment { .. } => return Ok(()),
            TokenKind::Semi if self.depth == 0 && !self.body.open => return self.finish(),
            TokenKind::Unknown if text == "\\" => return Err(psql_command(self.sql, from)),
            // SQLite takes names in brackets, and such a name may hold a semicolon.
            TokenKind::OpenParen | TokenKind::OpenBracket if self.depth == 0 => (self.depth, self.opened) = (1, from),
            TokenKind::OpenParen | TokenKind::OpenBracket => self.depth += 1,
            // One too many is the server's to refuse; it must not keep what follows from being split.
            TokenKind::CloseParen | TokenKind::CloseBracket => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        if self.tokens.is_empty() {
            self.line += self.sql[self.counted..from].matches('\n').count();
            (self.counted, self.range.start) = (from, from);
        }
        // What stands in quotes is no word of the statement, however long it is.
        let word = if matches!(kind, TokenKind::Literal { .. }) { "" } else { text };
        self.body.token(word, self.depth);
        self.range.end = to;
        self.tokens.push(text);
        Ok(())
    }

    /// Ends the open statement, if there is one.
    fn finish(&mut self) -> Result<(), SplitError> {
        self.body = Body::default();
        if self.tokens.is_empty() {
            return Ok(());
        }
        let (line, tokens) = (self.line, std::mem::take(&mut self.tokens));
        if let Some(direction) = copies_rows(&tokens) {
            return Err(SplitError::CopyRows { line, direction });
        }
        let (text, offset) = (&self.sql[self.range.clone()], self.range.start);
        self.statements.push(Piece { text, line, offset, tokens });
        Ok(())
    }

    /// Refuses a parenthesis, a bracket or a body that the end of the file leaves open: it would take along all that follows it.
    fn check_closed(&self) -> Result<(), SplitError> {
        let open = |line, what| Err(SplitError::Unterminated { line, what });
        match (self.depth, self.body.open) {
            (0, false) => Ok(()),
            (0, true) => open(self.line, "a body between BEGIN and END"),
            _ if self.sql[self.opened..].starts_with('[') => open(line_of(self.sql, self.opened), "a bracket"),
            _ => open(line_of(self.sql, self.opened), "a parenthesis"),
        }
    }
}

/// A backslash begins a command of psql's wherever it stands; in SQL it stands in quotes alone.
fn psql_command(sql: &str, from: usize) -> SplitError {
    let command = sql[from..].lines().next().unwrap_or_default().trim().to_owned();
    SplitError::PsqlCommand { line: line_of(sql, from), command }
}

fn check_line_end(sql: &str, from: usize, to: usize) -> Result<(), SplitError> {
    let rest = &sql[to..];
    if rest.starts_with('\r') && !rest.starts_with("\r\n") {
        return Err(SplitError::LoneReturn { line: line_of(sql, from) });
    }
    Ok(())
}

/// Whether a statement is `COPY … FROM STDIN` or `COPY … TO STDOUT`.
fn copies_rows(tokens: &[&str]) -> Option<&'static str> {
    if !tokens[0].eq_ignore_ascii_case("copy") {
        return None;
    }
    let says = |first: &str, second: &str| {
        tokens.windows(2).any(|pair| pair[0].eq_ignore_ascii_case(first) && pair[1].eq_ignore_ascii_case(second))
    };
    if says("from", "stdin") {
        return Some("FROM STDIN");
    }
    says("to", "stdout").then_some("TO STDOUT")
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
    fn a_name_in_brackets_may_hold_a_semicolon() {
        let sql = "CREATE TABLE [a;b] ([c;d] TEXT);\nSELECT (ARRAY[1, 2])[1:2];\nSELECT 1";
        assert_eq!(texts(sql), ["CREATE TABLE [a;b] ([c;d] TEXT)", "SELECT (ARRAY[1, 2])[1:2]", "SELECT 1"]);
    }

    #[test]
    fn statements_know_their_line_and_words() {
        let statements = split("-- one\n\nselect 1;\n  create index concurrently i on t (a);\n;;").unwrap();
        assert_eq!(statements.iter().map(|statement| statement.line).collect::<Vec<_>>(), [3, 4]);
        assert_eq!(statements.iter().map(|statement| statement.offset).collect::<Vec<_>>(), [8, 20]);
        assert!(statements[1].has_word("CONCURRENTLY"));
        assert_eq!(statements[1].word(1), "index");
    }

    #[test]
    fn open_quotes_and_psql_commands_are_refused() {
        assert!(matches!(split("select 1;\nselect 'a"), Err(SplitError::Unterminated { line: 2, what: "a string" })));
        assert!(matches!(split("do $$ begin"), Err(SplitError::Unterminated { .. })));
        assert!(matches!(split("select a[1"), Err(SplitError::Unterminated { what: "a bracket", .. })));
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
