//! Directives: `-- atriz: …` comments that say how a file is to be run.

use crate::Engine;

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
}

impl Directives {
    /// Reads the directives among a file's line comments.
    ///
    /// # Errors
    ///
    /// The text of a directive that is not known, or lacks its reason.
    pub fn parse(comments: &[&str]) -> Result<Self, String> {
        let mut directives = Self::default();
        for comment in comments {
            let Some(text) =
                comment.get(..6).filter(|start| start.eq_ignore_ascii_case("atriz:")).map(|_| &comment[6..])
            else {
                continue;
            };
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
            "replaces" if !rest.trim().is_empty() => {
                self.replaces.extend(rest.split([' ', ',']).filter(|word| !word.is_empty()).map(str::to_owned));
            }
            "only" => {
                let (engine, rest) = rest.trim().split_once(char::is_whitespace)?;
                self.only = Some((Engine::parse(&engine.to_ascii_lowercase())?, reason(rest)?));
            }
            _ => return None,
        }
        Some(())
    }
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
    fn directives_are_read_leniently_and_reasons_are_demanded() {
        let read = Directives::parse(&["a comment", "ATRIZ: no-transaction", "atriz:only sqlite \"FTS5\""]).unwrap();
        assert!(read.no_transaction);
        assert_eq!(read.only, Some((Engine::Sqlite, "FTS5".to_owned())));
        assert_eq!(Directives::parse(&["atriz: only mysql \"x\""]), Err("only mysql \"x\"".to_owned()));
        assert_eq!(Directives::parse(&["atriz: irreversible \"\""]), Err("irreversible \"\"".to_owned()));
        let replaces = Directives::parse(&["atriz: replaces 1_a 2_b", "atriz: replaces 3_c, 4_d"]).unwrap().replaces;
        assert_eq!(replaces, ["1_a", "2_b", "3_c", "4_d"]);
        assert_eq!(Directives::parse(&["atriz: no-transactoin"]), Err("no-transactoin".to_owned()));
    }
}
