//! One file, as it is and as it will run.

use std::path::PathBuf;

use atriz_db::Engine;
use atriz_db::migrate::{Direction, Directives, Mode, Script, SplitError, Statement, split};
use squawk_lexer::{TokenKind, tokenize};

use super::hit::Hit;
use super::ignore::Ignore;

/// One file of a folder.
pub(super) struct File {
    /// As messages call it.
    pub(super) path: String,
    /// Where it stands on disk.
    pub(super) disk: Option<PathBuf>,
    /// Whether the text is the one on disk: another layout may change it in reading.
    pub(super) verbatim: bool,
    pub(super) version: String,
    pub(super) direction: Direction,
    pub(super) engine: Engine,
    /// Without a byte-order mark.
    pub(super) text: String,
    pub(super) mode: Mode,
    pub(super) directives: Directives,
    pub(super) statements: Vec<Statement>,
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

impl File {
    /// A file whose bytes are yet to be read.
    pub(super) fn empty(path: String, version: &str, direction: Direction, engine: Engine) -> Self {
        Self {
            path,
            disk: None,
            verbatim: false,
            version: version.to_owned(),
            direction,
            engine,
            text: String::new(),
            mode: Mode::Transaction,
            directives: Directives::default(),
            statements: Vec::new(),
            ignores: Vec::new(),
            released: false,
            hits: Vec::new(),
            ignored: 0,
        }
    }

    /// Takes in bytes of the disk.
    pub(super) fn read_bytes(&mut self, bytes: Vec<u8>) {
        let Ok(text) = String::from_utf8(bytes) else {
            return self.hits.push(Hit::of_file("unreadable-file", "it is not UTF-8"));
        };
        let plain = text.strip_prefix('\u{feff}').unwrap_or(&text);
        if plain.len() < text.len() {
            self.hits.push(Hit::of_file("crlf-bom", "it begins with a byte-order mark").fixed_by(0..0, ""));
        }
        if let Some(at) = plain.find('\0') {
            let hit =
                Hit::at("unreadable-file", at..at + 1, "a NUL byte; a file saved as UTF-16 has one in every character");
            return self.hits.push(hit);
        }
        if let Some(at) = plain.find('\r') {
            self.hits.push(Hit::at("crlf-bom", at..at + 1, "a line ends in a carriage return").fixed_by(0..0, ""));
        }
        self.verbatim = true;
        let whole = self.read_text(plain.to_owned());
        self.check_content(whole);
    }

    /// Takes in a text, and how a layout of another tool runs it.
    pub(super) fn read_prepared(&mut self, text: String, script: &Script) {
        self.read_comments(&text);
        self.directives = script.directives.clone();
        (self.mode, self.statements) = (script.mode, script.statements.clone());
        Ignore::attach(&mut self.ignores, &text, &self.statements);
        self.text = text;
    }

    /// Most files say nothing of themselves.
    fn read_comments(&mut self, text: &str) {
        let speaks = text.to_ascii_lowercase().contains("atriz:");
        let comments = if speaks { comments(text) } else { Vec::new() };
        self.ignores = Ignore::read(&comments, &mut self.hits);
        for comment in &comments {
            self.read_directive(comment);
        }
    }

    /// Answers whether it could be split into statements.
    fn read_text(&mut self, text: String) -> bool {
        self.read_comments(&text);
        let mut whole = true;
        match Script::of_text(&self.path, &text, &Directives::default(), self.engine) {
            Ok(script) => (self.mode, self.statements) = (script.mode, script.statements),
            // What keeps it from running at all is told by rules of its own; the others read it as it is meant to run.
            Err(_) => match split(&text) {
                Ok(statements) => (self.mode, self.statements) = (self.meant(), statements),
                Err(error) => {
                    whole = false;
                    let told = matches!(error, SplitError::LoneReturn { .. })
                        && self.hits.iter().any(|hit| hit.rule.name == "crlf-bom");
                    self.hits.extend((!told).then(|| unsplit(&text, &error)));
                }
            },
        }
        Ignore::attach(&mut self.ignores, &text, &self.statements);
        self.text = text;
        whole
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
            ("crlf-bom", *line, message.to_owned())
        }
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
