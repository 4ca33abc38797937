//! One file, taken apart as it will run.

use std::fs;
use std::path::PathBuf;

use atriz_db::Engine;
use atriz_db::migrate::{Direction, Directives, FolderError, Mode, Piece, Reading, SplitError, pieces};
use squawk_lexer::{TokenKind, tokenize};

use super::hit::Hit;
use super::ignore::Ignore;
use super::seen::Seen;
use super::source::Source;

/// One file of a folder.
pub(super) struct File<'t> {
    /// As messages call it.
    pub(super) path: String,
    /// Where it stands on disk.
    pub(super) disk: Option<PathBuf>,
    /// Whether it is one of our own, so that its text is the one on disk: another layout may change it in reading.
    own: bool,
    pub(super) version: String,
    pub(super) direction: Direction,
    pub(super) engine: Engine,
    /// Without a byte-order mark.
    pub(super) text: &'t str,
    pub(super) mode: Mode,
    pub(super) directives: Directives,
    pub(super) statements: Vec<Piece<'t>>,
    /// What the statements alone say, where the file is not released.
    pub(super) seen: Vec<Seen>,
    pub(super) ignores: Vec<Ignore>,
    /// Whether it is history.
    pub(super) released: bool,
    pub(super) hits: Vec<Hit>,
    /// How many hits were ignored.
    pub(super) ignored: usize,
}

/// What a file says besides its statements.
pub(super) struct Comment {
    /// Without `--`.
    pub(super) text: String,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl<'t> File<'t> {
    /// A file that holds nothing.
    pub(super) fn empty(path: String, version: &str, direction: Direction, engine: Engine) -> Self {
        Self {
            path,
            disk: None,
            own: false,
            version: version.to_owned(),
            direction,
            engine,
            text: "",
            mode: Mode::Transaction,
            directives: Directives::default(),
            statements: Vec::new(),
            seen: Vec::new(),
            ignores: Vec::new(),
            released: false,
            hits: Vec::new(),
            ignored: 0,
        }
    }

    /// Takes a file apart.
    ///
    /// What is wrong with one of our own is a finding; one of another tool's layout is read as it will run, or not at all.
    pub(super) fn of(source: &'t Source) -> Result<Self, FolderError> {
        let mut file = Self::empty(source.path.clone(), &source.version, source.direction, source.engine);
        (file.disk, file.hits) = (source.disk.clone(), source.hits.clone());
        file.own = source.said.is_none();
        if !source.readable {
            return Ok(file);
        }
        file.text = &source.text;
        file.read_comments();
        if let Some(said) = &source.said {
            let reading = Reading::of_text(&file.path, file.text, said, file.engine)?;
            (file.mode, file.directives, file.statements) = (reading.mode, reading.directives, reading.statements);
        } else {
            let whole = file.read_statements();
            file.check_content(whole);
        }
        Ignore::attach(&mut file.ignores, file.text, &file.statements);
        Ok(file)
    }

    /// Whether the text is the one on disk.
    pub(super) fn is_verbatim(&self) -> bool {
        let same = |disk: &PathBuf| fs::read(disk).is_ok_and(|bytes| bytes == self.text.as_bytes());
        self.own || self.disk.as_ref().is_some_and(same)
    }

    /// Most files say nothing of themselves.
    fn read_comments(&mut self) {
        let comments = if Directives::may_be_in(self.text) { comments(self.text) } else { Vec::new() };
        self.ignores = Ignore::read(&comments, &mut self.hits);
        for comment in &comments {
            self.read_directive(comment);
        }
    }

    /// Answers whether it could be split into statements.
    fn read_statements(&mut self) -> bool {
        // What keeps it from running at all is told by rules of its own; the others read it as it is meant to run.
        if let Ok(reading) = Reading::of_text(&self.path, self.text, &Directives::default(), self.engine) {
            (self.mode, self.statements) = (reading.mode, reading.statements);
            return true;
        }
        match pieces(self.text) {
            Ok(statements) => {
                (self.mode, self.statements) = (self.meant(), statements);
                true
            }
            Err(error) => {
                let told = matches!(error, SplitError::LoneReturn { .. })
                    && self.hits.iter().any(|hit| hit.rule.name == "lone-return");
                self.hits.extend((!told).then(|| unsplit(self.text, &error)));
                false
            }
        }
    }

    /// How the file says it is to be run.
    fn meant(&self) -> Mode {
        match (self.directives.rebuild, self.directives.no_transaction) {
            (true, _) => Mode::Rebuild,
            (_, true) => Mode::Alone,
            _ => Mode::Transaction,
        }
    }

    fn read_directive(&mut self, comment: &Comment) {
        match Directives::parse(&[&comment.text]) {
            Ok(one) => merge(&mut self.directives, one),
            Err(_) if Ignore::is_one(&comment.text) => {}
            Err(directive) => {
                if let Some(what) = directive.strip_prefix("decide") {
                    let message = format!("to be decided: {}", what.trim().trim_matches('"'));
                    return self.hits.push(Hit::at("undecided", comment.start..comment.end, message));
                }
                let unreasoned = directive.to_ascii_lowercase().starts_with("irreversible");
                let rule = if unreasoned { "irreversible-without-reason" } else { "unknown-directive" };
                let message = format!("`-- atriz: {directive}` is not a directive");
                self.hits.push(Hit::at(rule, comment.start..comment.end, message));
            }
        }
    }

    /// What one of our own files must hold.
    fn check_content(&mut self, whole: bool) {
        let other = self.directives.only.as_ref().filter(|(engine, _)| *engine != self.engine);
        match (other, self.statements.first()) {
            (Some(_), Some(first)) => {
                let message = "a statement, and the file says that it is for the other engine alone";
                let hit = Hit::on("not-for-this-engine", first, 0, 1, message);
                self.hits.push(hit);
            }
            (None, None) if self.directives.irreversible.is_none() && whole => {
                self.hits.push(Hit::of_file("empty-file", "it holds no statement"));
            }
            _ => {}
        }
    }

    /// The statement that a byte belongs to.
    pub(super) fn statement_at(&self, offset: usize) -> Option<usize> {
        let behind = self.statements.partition_point(|statement| statement.offset <= offset);
        behind.checked_sub(1)
    }
}

fn merge(all: &mut Directives, one: Directives) {
    all.only = one.only.or_else(|| all.only.take());
    all.no_transaction |= one.no_transaction;
    all.rebuild |= one.rebuild;
    all.irreversible = one.irreversible.or_else(|| all.irreversible.take());
    all.replaces.extend(one.replaces);
}

fn unsplit(text: &str, error: &SplitError) -> Hit {
    let (rule, line, message) = match error {
        SplitError::Unterminated { line, what } => ("unclosed", *line, format!("{what} is not closed")),
        SplitError::PsqlCommand { line, command } => {
            ("psql-command", *line, format!("`{command}` is a command of psql, not SQL"))
        }
        SplitError::CopyRows { line, direction } => {
            ("copy-rows", *line, format!("`COPY … {direction}` exchanges rows with a client, and a migration has none"))
        }
        SplitError::LoneReturn { line } => {
            let message = "a comment ends in a carriage return without a line feed, where SQLite does not end it";
            ("lone-return", *line, message.to_owned())
        }
        SplitError::CommentInComment { line } => ("unclosed", *line, "a comment holds another".to_owned()),
    };
    let start: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let end = text[start..].find('\n').map_or(text.len(), |at| start + at);
    let blank = text[start..end].len() - text[start..end].trim_start().len();
    Hit::at(rule, start + blank..end, message)
}

fn comments(text: &str) -> Vec<Comment> {
    let mut position = 0;
    let mut found = Vec::new();
    for token in tokenize(text) {
        let start = position;
        position += token.len as usize;
        if token.kind == TokenKind::LineComment {
            let text = text[start..position].trim_start_matches('-').trim().to_owned();
            found.push(Comment { text, start, end: position });
        }
    }
    found
}
