//! PostgreSQL's rules by squawk, with what it cannot know taken into account.

use std::ops::Range;
use std::sync::LazyLock;

use atriz_db::migrate::{Direction, Mode, Piece};
use squawk_linter::{Linter, Rule as SquawkRule, Violation};
use squawk_syntax::{Parse, SourceFile};

use super::file::File;
use super::hit::{Edit, Hit, range_of};
use super::ignore::is_exempt;
use super::plain::is_plain;
use super::rules::{RULES, rule};
use crate::plan::cursor::{Cursor, fold, items};

/// The rules of our table that are squawk's.
static SQUAWK: LazyLock<Vec<SquawkRule>> = LazyLock::new(|| {
    let names = RULES.iter().flat_map(|rules| rules.iter()).map(|rule| rule.name);
    // These reach further here.
    let ours = ["require-table-schema", "identifier-too-long", "unused-ignore", "prefer-repack"];
    names.filter(|name| !ours.contains(name)).filter_map(|name| SquawkRule::try_from(name).ok()).collect()
});

/// A text and its tree.
type Parsed = (String, Parse<SourceFile>);

/// What is known of a statement when it runs.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Known {
    /// Whether the batch made all that it changes.
    pub(super) new: bool,
    /// Whether its SET NOT NULL was proven by a CHECK before.
    pub(super) proven: bool,
    /// How its index can be built or dropped.
    pub(super) index: Build,
}

/// How an index can be built or dropped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Build {
    /// As it says.
    #[default]
    AsSaid,
    /// Beside running work, where it says CONCURRENTLY.
    Concurrent,
    /// At once: it is that of a parent, whose partitions get theirs one by one, or lose them with it.
    Parent,
}

/// The hits of a file; `known` is of its statements.
pub(super) fn check(file: &File<'_>, known: &[Known]) -> Vec<Hit> {
    let mut hits = Vec::new();
    let (read, parsed) = readable(file, known, &mut hits);
    let relevant: Vec<&Piece<'_>> = read.iter().copied().filter(|statement| is_relevant(statement)).collect();
    let whole = relevant.len() == read.len();
    let parsed = parsed.filter(|_| whole).or_else(|| only(file, &relevant).map(parsed_of));
    let Some((text, parse)) = parsed else { return hits };
    let robust = file.mode == Mode::Alone;
    let rules = SQUAWK.iter().copied().filter(|rule| robust || *rule != SquawkRule::PreferRobustStmts);
    let mut linter = Linter::from(rules);
    linter.settings.assume_in_transaction = file.mode == Mode::Transaction;
    for violation in linter.lint(&parse, &text) {
        hits.extend(hit(file, known, &violation));
    }
    hits
}

/// What squawk says of a text in a transaction by the rules of our table, with nothing else known.
#[cfg(test)]
pub(super) fn violations(sql: &str) -> Vec<Violation> {
    let rules = SQUAWK.iter().copied().filter(|rule| *rule != SquawkRule::PreferRobustStmts);
    let mut linter = Linter::from(rules);
    linter.settings.assume_in_transaction = true;
    linter.lint(&SourceFile::parse(sql), sql)
}

fn parsed_of(text: String) -> Parsed {
    let parse = SourceFile::parse(&text);
    (text, parse)
}

/// The statements that squawk is to read, without those that it cannot parse: they would damage what stands beside them.
///
/// With them comes their tree where it is whole.
fn readable<'f>(file: &'f File<'f>, known: &[Known], hits: &mut Vec<Hit>) -> (Vec<&'f Piece<'f>>, Option<Parsed>) {
    let read = file.statements.iter().zip(known).filter(|(statement, known)| is_read(statement, known.new));
    let read = read.filter(|(statement, known)| !is_plain(statement, known.new));
    let (deep, mut read): (Vec<&Piece<'_>>, Vec<&Piece<'_>>) =
        read.map(|(statement, _)| statement).partition(|statement| is_deep(statement));
    hits.extend(deep.into_iter().map(|statement| {
        Hit::on("unparsed-statement", statement, 0, 1, "it is nested too deeply, or too long, for the parser")
    }));
    let Some(text) = only(file, &read) else { return (read, None) };
    let parsed = parsed_of(text);
    if parsed.1.errors().is_empty() {
        return (read, Some(parsed));
    }
    // Which ones it is about, the tree of the whole does not say: it is damaged around them too.
    read.retain(|statement| match unparsed(statement) {
        Some(hit) => {
            hits.push(hit);
            false
        }
        None => true,
    });
    (read, None)
}

/// How deep the parser may go: it calls itself for each level, and a thread's stack ends.
const DEEPEST: usize = 250;

/// Whether the parser would go too deep. Each parenthesis is a level; words that nothing divides count for a third of
/// one each, since a chain of operators is a tree as well.
fn is_deep(statement: &Piece<'_>) -> bool {
    if statement.tokens.len() < DEEPEST {
        return false;
    }
    let (mut open, mut words, mut before) = (Vec::new(), 0_usize, 0_usize);
    statement.tokens.iter().any(|token| {
        match *token {
            "(" | "[" => {
                open.push(words);
                before += words;
                words = 0;
            }
            ")" | "]" => {
                words = open.pop().unwrap_or_default();
                before -= words;
                words += 1;
            }
            "," => words = 0,
            _ => words += 1,
        }
        open.len() + (before + words) / 3 > DEEPEST
    })
}

/// What the parser says of a statement that it does not know.
fn unparsed(statement: &Piece<'_>) -> Option<Hit> {
    let parse = SourceFile::parse(statement.text);
    let errors = parse.errors();
    let error = errors.first()?;
    let at = statement.offset + usize::from(error.range().start());
    let inside = at < statement.offset + statement.text.len();
    let place = if inside { at..at + 1 } else { range_of(statement, 0, 1) };
    let message = format!("the parser does not know this: {}", error.message().trim_end_matches('.'));
    Some(Hit::at("unparsed-statement", place, message))
}

/// The text with these statements alone, in their places, each with a semicolon behind it. Comments go too: a word to
/// squawk would silence it without a reason.
fn only(file: &File<'_>, statements: &[&Piece<'_>]) -> Option<String> {
    let mut text = file.text.as_bytes().to_vec();
    let mut position = 0;
    for statement in statements {
        blank(&mut text, position..statement.offset);
        position = statement.offset + statement.text.len();
    }
    let length = text.len();
    blank(&mut text, position..length);
    for end in statements.iter().map(|statement| statement.offset + statement.text.len()) {
        if end < length {
            text[end] = b';';
        }
    }
    // Only ASCII was put in the place of whole statements and of what stands between them.
    String::from_utf8(text).ok().filter(|_| !statements.is_empty())
}

fn blank(text: &mut [u8], range: Range<usize>) {
    for byte in text[range].iter_mut().filter(|byte| **byte != b'\n') {
        *byte = b' ';
    }
}

/// Whether the statement is worth parsing: no rule of squawk's is about the others, and most files hold more of them.
fn is_read(statement: &Piece<'_>, new: bool) -> bool {
    let second = || statement.word(1);
    match statement.word(0).as_str() {
        "create" => match second().as_str() {
            "index" | "unique" => !new,
            "function" | "procedure" | "trigger" | "schema" | "view" | "type" | "sequence" | "policy" | "or" => false,
            _ => true,
        },
        "drop" => !new || second() == "database",
        "reindex" => !new,
        "comment" | "grant" | "revoke" | "select" | "do" | "delete" | "set" => false,
        _ => true,
    }
}

/// Whether a rule of squawk's may be about a statement. Its rules each walk the whole tree, which takes several times
/// what parsing does, and of a table that was not there they know no more than the types and the names of its columns.
fn is_relevant(statement: &Piece<'_>) -> bool {
    match statement.word(0).as_str() {
        "create" if statement.word(1) == "table" => has_regretted_type(statement) || names_twice(statement),
        "insert" => statement.has_word("set") || names_twice(statement),
        _ => true,
    }
}

/// Whether a type is named that a rule is about.
fn has_regretted_type(statement: &Piece<'_>) -> bool {
    const TYPES: [&str; 19] = [
        "bigserial",
        "bpchar",
        "char",
        "character",
        "int",
        "int2",
        "int4",
        "integer",
        "json",
        "national",
        "nchar",
        "serial",
        "serial2",
        "serial4",
        "serial8",
        "smallint",
        "smallserial",
        "timestamp",
        "varchar",
    ];
    let regretted = |token: &&str| {
        let bare = token.trim_matches('"');
        TYPES.iter().any(|kind| bare.eq_ignore_ascii_case(kind))
    };
    statement.tokens.iter().any(regretted)
}

/// Whether the list of columns of CREATE TABLE or INSERT has a name twice.
fn names_twice(statement: &Piece<'_>) -> bool {
    const NO_COLUMN: [&str; 7] = ["check", "constraint", "exclude", "foreign", "like", "primary", "unique"];
    let mut cursor = Cursor::new(&statement.tokens);
    cursor.skip(&["create", "insert", "table", "into", "if not exists"]);
    cursor.name();
    let list = items(cursor.parentheses().unwrap_or_default());
    let column = |item: &[&str]| fold(item[0]).filter(|name| !NO_COLUMN.contains(&name.as_str()));
    let mut names: Vec<String> = list.into_iter().filter_map(column).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    names.len() < count
}

fn hit(file: &File<'_>, known: &[Known], violation: &Violation) -> Option<Hit> {
    let range = usize::from(violation.text_range.start())..usize::from(violation.text_range.end());
    let rule = rule(&violation.code.to_string())?;
    let index = file.statement_at(range.start)?;
    let known = known.get(index).copied().unwrap_or_default();
    let security = violation.code == SquawkRule::BanDisableTrigger && file.statements[index].has_word("security");
    if security {
        // The same words to squawk, and another matter.
        return None;
    }
    let proven = known.proven && violation.code == SquawkRule::AddingNotNullableField;
    let concurrent = [SquawkRule::RequireConcurrentIndexCreation, SquawkRule::RequireConcurrentIndexDeletion];
    let parent = known.index == Build::Parent && concurrent.contains(&violation.code);
    if proven || parent || is_exempt(rule.scope, known.new, file.direction == Direction::Down) {
        return None;
    }
    if violation.code == SquawkRule::PreferBigintOverInt && !is_key(&file.text[..range.start]) {
        return None;
    }
    // What could be part of a transaction has one of its own, with its line of the journal, and is not run again.
    let robust = violation.code == SquawkRule::PreferRobustStmts;
    if robust && !file.statements[index].has_word("concurrently") {
        return None;
    }
    let upper = file.statements[index].text.starts_with(|first: char| first.is_ascii_uppercase());
    let edits = edits(file.text, violation, known.index == Build::Concurrent, upper);
    // These name what they mean; the others say the same each time, and our words are about how files run here.
    let named = matches!(violation.code, SquawkRule::BanDuplicateColumnAssignments);
    let message = if named { violation.message.to_lowercase() } else { rule.catches.to_owned() };
    Some(Hit { rule, range: Some(range), message: message.trim_end_matches('.').to_owned(), edits })
}

/// Whether the type that follows is that of a key: `integer` is right for a small number.
fn is_key(before: &str) -> bool {
    let name = before.trim_end().rsplit(|last: char| last.is_whitespace() || last == '(').next().unwrap_or_default();
    let name = name.trim_matches('"').to_ascii_lowercase();
    name == "id" || name.ends_with("_id")
}

/// What squawk would do, where that is safe: the others put words of an example in, or give another meaning.
/// Words that it puts in are written as the statement's own are.
fn edits(text: &str, violation: &Violation, concurrent: bool, upper: bool) -> Vec<Edit> {
    let safe = match violation.code {
        SquawkRule::RequireConcurrentIndexCreation | SquawkRule::RequireConcurrentIndexDeletion => concurrent,
        SquawkRule::PreferBigintOverInt
        | SquawkRule::PreferBigintOverSmallint
        | SquawkRule::PreferIdentity
        | SquawkRule::PreferTimestampTz
        | SquawkRule::PreferRobustStmts => true,
        _ => false,
    };
    // A precision would be lost.
    let exact = violation.code != SquawkRule::PreferTimestampTz || !text[violation.text_range].contains('(');
    let fix = violation.fix.as_ref().filter(|_| safe && exact);
    let edits = fix.into_iter().flat_map(|fix| &fix.edits);
    edits
        .map(|edit| {
            let range = usize::from(edit.text_range.start())..usize::from(edit.text_range.end());
            let text = edit.text.clone().unwrap_or_default();
            // The name of a type stays small, whatever stands around it.
            let text = match text.split_once(' ') {
                _ if !upper || (!range.is_empty() && !text.contains(' ')) => text,
                Some((kind, words)) if !range.is_empty() => format!("{kind} {}", words.to_uppercase()),
                _ => text.to_uppercase(),
            };
            Edit { range, text }
        })
        .collect()
}
