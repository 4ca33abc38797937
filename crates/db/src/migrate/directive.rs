//! Directives: `-- atriz: …` comments that say how a file is to be run.

use std::collections::BTreeMap;

use super::split::{line_comments, line_of};
use crate::Engine;

/// What a comment that is a directive begins with, in either case.
const MARK: &str = "atriz:";

/// What a file says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directives {
    /// `only ENGINE "why"`: the migration is for that engine alone; this file holds nothing else.
    pub only: Option<(Engine, String)>,
    /// `no-transaction`: each statement runs alone.
    pub no_transaction: bool,
    /// `rebuild`: foreign keys are off while SQLite rebuilds a table that others refer to.
    pub rebuild: bool,
    /// `irreversible "why"`: there is no way back.
    pub irreversible: Option<String>,
    /// `replaces VERSION …`: a checkpoint, which stands for these migrations; it may be said on several lines.
    pub replaces: Vec<String>,
    /// `replaces CHECKPOINT (VERSION …)`: which of those an older checkpoint stood for already, each with that
    /// checkpoint. A database has run either it or them.
    pub within: BTreeMap<String, String>,
}

impl Directives {
    /// Reads the directives of a file.
    ///
    /// # Errors
    ///
    /// As [`Directives::parse`].
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        Self::parse(&comments_that_may_say(text))
    }

    /// Whether a text has a directive somewhere, if only in quotes. Most have none.
    pub fn may_be_in(text: &str) -> bool {
        // A colon is rare in SQL, and the mark ends in one.
        text.match_indices(':').any(|(at, _)| {
            let start = (at + 1).checked_sub(MARK.len());
            start.is_some_and(|start| text.as_bytes()[start..=at].eq_ignore_ascii_case(MARK.as_bytes()))
        })
    }

    /// Reads the directives among a file's line comments.
    ///
    /// # Errors
    ///
    /// The text of a directive that is not known, or lacks its reason.
    pub fn parse(comments: &[&str]) -> Result<Self, String> {
        let mut directives = Self::default();
        for comment in comments {
            let starts = comment.get(..MARK.len()).is_some_and(|start| start.eq_ignore_ascii_case(MARK));
            let Some(text) = comment.get(MARK.len()..).filter(|_| starts) else { continue };
            directives.apply(text.trim()).ok_or_else(|| text.trim().to_owned())?;
        }
        Ok(directives)
    }

    fn apply(&mut self, text: &str) -> Option<()> {
        let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        match word.to_ascii_lowercase().as_str() {
            "no-transaction" if rest.trim().is_empty() => self.no_transaction = true,
            "rebuild" if rest.trim().is_empty() => self.rebuild = true,
            "irreversible" => self.irreversible = Some(reason(rest)?),
            // A word to `db lint`, which knows the rules; it changes nothing about how the file runs.
            "lint-ignore" => drop(reason(rest.trim().split_once(char::is_whitespace)?.1)?),
            "replaces" if !rest.trim().is_empty() => self.replaces(rest)?,
            "only" => {
                let (engine, rest) = rest.trim().split_once(char::is_whitespace)?;
                self.only = Some((Engine::parse(&engine.to_ascii_lowercase())?, reason(rest)?));
            }
            _ => return None,
        }
        Some(())
    }

    /// `VERSION CHECKPOINT (VERSION …) …`. A checkpoint may be said again, with others behind it, where a line is long.
    fn replaces(&mut self, text: &str) -> Option<()> {
        let spaced = text.replace('(', " ( ").replace(')', " ) ");
        let mut around: Option<String> = None;
        let mut last: Option<String> = None;
        for word in spaced.split([' ', '\t', ',']).filter(|word| !word.is_empty()) {
            match word {
                "(" if around.is_none() => around = Some(last.take()?),
                ")" => drop(around.take()?),
                "(" => return None,
                version => {
                    last = Some(version.to_owned());
                    if let Some(checkpoint) = &around {
                        self.within.insert(version.to_owned(), checkpoint.clone());
                    }
                    if !self.replaces.iter().any(|known| known == version) {
                        self.replaces.push(version.to_owned());
                    }
                }
            }
        }
        around.is_none().then_some(())
    }

    /// Whether a version that this checkpoint replaces is behind a database: it ran, or an older checkpoint that stood for
    /// it did.
    pub(crate) fn is_covered(&self, version: &str, is_applied: &impl Fn(&str) -> bool) -> bool {
        let mut current = version;
        // No chain is longer than the list; whoever writes a circle is not followed for ever.
        for _ in 0..=self.within.len() {
            if is_applied(current) {
                return true;
            }
            let Some(outer) = self.within.get(current) else { return false };
            current = outer;
        }
        false
    }

    /// What it replaces without the older checkpoints among it: all that must be covered.
    pub(crate) fn replaced_leaves(&self) -> impl Iterator<Item = &String> {
        self.replaces.iter().filter(|version| !self.within.values().any(|checkpoint| checkpoint == *version))
    }
}

/// The first `-- atriz: decide "what"` of a text, which a generated file leaves where somebody has to decide: its line from
/// one, and what is to be decided.
pub(super) fn undecided(text: &str) -> Option<(usize, String)> {
    let mark = comments_that_may_say(text).into_iter().find_map(|comment| {
        let (start, rest) = comment.split_at_checked(MARK.len())?;
        let what = rest.trim().strip_prefix("decide").filter(|_| start.eq_ignore_ascii_case(MARK))?;
        Some((comment, what.trim().trim_matches('"').to_owned()))
    });
    // The comment is a piece of the text, so its address says where it stands.
    mark.map(|(comment, what)| (line_of(text, comment.as_ptr() as usize - text.as_ptr() as usize), what))
}

/// The line comments of a text that has a directive somewhere. Most have none, and need not be taken apart to find that
/// out.
fn comments_that_may_say(text: &str) -> Vec<&str> {
    if Directives::may_be_in(text) { line_comments(text) } else { Vec::new() }
}

/// The reason between double quotes; an empty one is none.
fn reason(text: &str) -> Option<String> {
    let inner = text.trim().strip_prefix('"')?.strip_suffix('"')?.trim();
    (!inner.is_empty()).then(|| inner.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_to_decide_on_is_found_with_its_line() {
        let text = "-- The way there.\nSELECT 1;\n-- atriz: decide \"what 'x' gets\"\nSELECT '-- atriz: decide';";
        assert_eq!(undecided(text), Some((3, "what 'x' gets".to_owned())));
        assert_eq!(undecided("SELECT '-- atriz: decide \"a\"'; -- to decide"), None);
    }

    #[test]
    fn directives_are_read_leniently_and_reasons_are_demanded() {
        let read = Directives::parse(&["a comment", "ATRIZ: no-transaction", "atriz:only sqlite \"FTS5\""]).unwrap();
        assert!(read.no_transaction);
        assert_eq!(read.only, Some((Engine::Sqlite, "FTS5".to_owned())));
        assert_eq!(Directives::parse(&["atriz: only mysql \"x\""]), Err("only mysql \"x\"".to_owned()));
        assert_eq!(Directives::parse(&["atriz: irreversible \"\""]), Err("irreversible \"\"".to_owned()));
        let replaces = Directives::parse(&["atriz: replaces 1_a 2_b", "atriz: replaces 3_c, 4_d"]).unwrap().replaces;
        assert_eq!(replaces, ["1_a", "2_b", "3_c", "4_d"]);
        let nested = Directives::parse(&["atriz: replaces 2_c (1_a 2_b) 3_d", "atriz: replaces 2_c (0_z)"]).unwrap();
        assert_eq!(nested.replaces, ["2_c", "1_a", "2_b", "3_d", "0_z"]);
        assert!(nested.is_covered("1_a", &|version| version == "2_c"));
        assert!(!nested.is_covered("3_d", &|version| version == "2_c"));
        assert_eq!(nested.replaced_leaves().collect::<Vec<_>>(), ["1_a", "2_b", "3_d", "0_z"]);
        for wrong in ["replaces (1_a)", "replaces 2_c (1_a", "replaces 2_c 1_a)", "replaces 3_d (2_c (1_a))"] {
            assert_eq!(Directives::parse(&[&format!("atriz: {wrong}")]), Err(wrong.to_owned()));
        }
        let ignored = Directives::parse(&["atriz: lint-ignore ban-drop-column \"gone since 2.0\""]);
        assert_eq!(ignored, Ok(Directives::default()));
        assert!(Directives::parse(&["atriz: lint-ignore ban-drop-column"]).is_err());
        assert_eq!(Directives::parse(&["atriz: no-transactoin"]), Err("no-transactoin".to_owned()));
    }
}
