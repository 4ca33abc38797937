//! Differences that must be, declared with their reasons in `migrations/<database>/differences.toml`.

use atriz_db::FileSet;
use serde::Deserialize;
use toml::Spanned;

use super::mend::{Draft, written};
use super::{CheckError, Finding};
use crate::logical::Source;

/// The file's name, in the folder of a database's migrations.
pub const FILE: &str = "differences.toml";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    difference: Vec<Spanned<Entry>>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    object: String,
    kind: String,
    #[serde(default)]
    why: String,
    between: Option<Between>,
    postgres: Option<String>,
    sqlite: Option<String>,
    entities: Option<String>,
}

/// Between whom a difference may be, where that must be said: what both engines have and no entity can say should not be
/// lost in one engine in silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Between {
    /// The two folders.
    Engines,
    /// The entities and the folders.
    Entities,
}

/// A difference that must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// What differs: `column items.search`.
    pub object: String,
    /// In what: `column_missing`.
    pub kind: String,
    /// Why it must be so.
    pub why: String,
    /// Between whom; nothing where it is all one.
    pub between: Option<Between>,
    /// What sides must have for it to be this difference and no other, by what the line calls them.
    pub sides: Vec<(&'static str, String)>,
    /// The line of the file.
    pub line: usize,
}

impl Declared {
    fn covers(&self, finding: &Finding) -> bool {
        let of_entities = finding.left_name == Source::Entities.to_string();
        let between = if of_entities { Between::Entities } else { Between::Engines };
        let has = |(name, side): &(&str, String)| {
            let of = [(&finding.left_name, &finding.left), (&finding.right_name, &finding.right)];
            of.into_iter().any(|(own, found)| own == name && found.as_deref() == Some(side))
        };
        self.object == finding.object
            && self.kind == finding.kind
            && self.between.is_none_or(|own| own == between)
            && self.sides.iter().all(has)
    }
}

/// Reads the declared differences among the files of a database's migrations; none where there is no such file.
///
/// # Errors
///
/// [`CheckError::Declared`] for a file that is not made of such entries.
pub fn declared(files: &FileSet) -> Result<Vec<Declared>, CheckError> {
    let Some(bytes) = files.read(FILE) else { return Ok(Vec::new()) };
    let text = String::from_utf8_lossy(&bytes);
    let file: File = toml::from_str(&text).map_err(|error| CheckError::Declared {
        file: format!("{}/{FILE}", files.label()),
        reason: error.to_string().trim_end().to_owned(),
    })?;
    let entries = file.difference.into_iter().map(|entry| {
        let line = text[..entry.span().start.min(text.len())].matches('\n').count() + 1;
        let Entry { object, kind, why, between, postgres, sqlite, entities } = entry.into_inner();
        let sides = [("postgres", postgres), ("sqlite", sqlite), ("entities", entities)];
        let sides = sides.into_iter().filter_map(|(name, side)| Some((name, side?))).collect();
        Declared { object, kind, why, between, sides, line }
    });
    Ok(entries.collect())
}

/// Takes what is declared out of `findings`, and adds what is wrong with the declarations. Where one engine alone is
/// looked at, a declaration may be about the other.
pub(super) fn settle(
    database: &str,
    files: &FileSet,
    declared: &[Declared],
    whole: bool,
    drafts: Vec<Draft<'_>>,
) -> Vec<Finding> {
    let mut used = vec![false; declared.len()];
    // The entry before that each is said by too.
    let mut before: Vec<Option<usize>> = vec![None; declared.len()];
    let mut left: Vec<Draft<'_>> = Vec::new();
    for draft in drafts {
        let mut first = None;
        for (place, one) in declared.iter().enumerate().filter(|(_, one)| one.covers(&draft.finding)) {
            used[place] = true;
            match first {
                None => first = Some(one.line),
                Some(line) => before[place] = Some(line),
            }
        }
        if first.is_none() {
            left.push(draft);
        }
    }
    // What is declared is mended by nobody, nor with what is.
    let mut left = written(left);
    for ((one, used), before) in declared.iter().zip(used).zip(before) {
        if one.why.trim().is_empty() {
            let mend = format!("why = \"…\"  # in line {}: why the engines must differ in {}", one.line, one.object);
            left.push(wrong(database, files, one, "declaration_without_reason", mend));
        }
        if !used && whole {
            let mend = format!("# take the entry of line {} out: nothing differs", one.line);
            left.push(wrong(database, files, one, "declaration_unused", mend));
        }
        if let Some(before) = before {
            let mend = format!("# take the entry of line {} out, or that of line {before}", one.line);
            let mut twice = wrong(database, files, one, "declaration_twice", mend);
            twice.left = Some(format!("{}, as in line {before}", one.kind));
            left.push(twice);
        }
    }
    left
}

fn wrong(database: &str, files: &FileSet, declared: &Declared, kind: &str, mend: String) -> Finding {
    Finding {
        database: database.to_owned(),
        object: declared.object.clone(),
        kind: kind.to_owned(),
        left_name: format!("{}/{FILE}:{}", files.label(), declared.line),
        left: Some(declared.kind.clone()),
        right_name: String::new(),
        right: None,
        mend: vec![mend],
    }
}
