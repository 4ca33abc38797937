//! `-- atriz: lint-ignore RULE "why"`.

use atriz_db::migrate::Piece;

use super::file::Comment;
use super::hit::Hit;
use super::rules::{Scope, rule};

/// A word to lint in a file.
#[derive(Clone, Debug)]
pub(super) struct Ignore {
    pub(super) rule: &'static str,
    pub(super) start: usize,
    pub(super) end: usize,
    /// The statement it is about; nothing for the file.
    pub(super) statement: Option<usize>,
    pub(super) used: bool,
}

impl Ignore {
    /// Whether a comment means to be one.
    pub(super) fn is_one(comment: &str) -> bool {
        text_of(comment).is_some()
    }

    /// The ignores among the comments; what is wrong with one is a hit.
    pub(super) fn read(comments: &[Comment], hits: &mut Vec<Hit>) -> Vec<Self> {
        let mut ignores = Vec::new();
        for comment in comments {
            let Some(text) = text_of(&comment.text) else { continue };
            let (name, reason) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
            let inner = reason.trim().strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
            let message = match (rule(name), inner) {
                (Some(rule), Some(inner)) if !inner.trim().is_empty() => {
                    let (start, end) = (comment.start, comment.end);
                    ignores.push(Self { rule: rule.name, start, end, statement: None, used: false });
                    continue;
                }
                (None, _) => format!("there is no rule `{name}`"),
                _ => format!("`{name}` is ignored without a reason in double quotes"),
            };
            hits.push(Hit::at("invalid-ignore", comment.start..comment.end, message));
        }
        ignores
    }

    /// Whether its rule speaks of new objects too.
    pub(super) fn is_of_anything(&self) -> bool {
        rule(self.rule).is_some_and(|rule| rule.scope == Scope::Always)
    }

    /// Finds out what each is about: the statement that it stands in or right above; behind a blank line, or without a
    /// statement below it, one at the head is about the file.
    pub(super) fn attach(ignores: &mut [Self], text: &str, statements: &[Piece<'_>]) {
        for ignore in ignores {
            let inside = |one: &Piece<'_>| (one.offset..one.offset + one.text.len()).contains(&ignore.start);
            let next = statements.iter().position(|one| one.offset > ignore.start);
            ignore.statement = match statements.iter().position(inside).or(next) {
                Some(0) if statements[0].offset > ignore.start => {
                    let between = text.get(ignore.end..statements[0].offset).unwrap_or_default();
                    let lines: Vec<&str> = between.split('\n').collect();
                    // The first and the last are the rest of the ignore's own line and what stands before the statement.
                    let blank = lines.len() > 2 && lines[1..lines.len() - 1].iter().any(|line| line.trim().is_empty());
                    (!blank).then_some(0)
                }
                found => found,
            };
        }
    }
}

/// What follows `atriz: lint-ignore`.
fn text_of(comment: &str) -> Option<&str> {
    let start = comment.get(..6).filter(|start| start.eq_ignore_ascii_case("atriz:"))?;
    let rest = comment[start.len()..].trim();
    let (word, rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    word.eq_ignore_ascii_case("lint-ignore").then(|| rest.trim())
}

/// Takes out the hits that are ignored, and adds one for each ignore that had none and is `needed` to have one. Answers how
/// many were taken out.
pub(super) fn apply(
    ignores: &mut [Ignore],
    hits: &mut Vec<Hit>,
    statement_at: impl Fn(usize) -> Option<usize>,
    needed: impl Fn(&Ignore) -> bool,
) -> usize {
    let before = hits.len();
    hits.retain(|hit| {
        let statement = hit.range.as_ref().and_then(|range| statement_at(range.start));
        let about = |ignore: &&mut Ignore| {
            ignore.rule == hit.rule.name && (ignore.statement.is_none() || ignore.statement == statement)
        };
        let found = ignores.iter_mut().find(about);
        found.map(|ignore| ignore.used = true).is_none()
    });
    let taken = before - hits.len();
    for ignore in ignores.iter().filter(|ignore| !ignore.used && needed(ignore)) {
        let range = ignore.start..ignore.end;
        hits.push(Hit::at("unused-ignore", range, format!("nothing here is `{}`", ignore.rule)));
    }
    taken
}

/// Whether a rule is silent about an object, for the batch made it or this is the way back.
pub(super) fn is_exempt(scope: Scope, new: bool, way_back: bool) -> bool {
    match scope {
        Scope::Always => false,
        Scope::Existing => new,
        Scope::Clients => new || way_back,
    }
}
