//! Which files are released: those that git has at some revision.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::LintError;

/// From when on files are not released yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Since {
    /// From where this branch left the main one; where there is no git, nothing is released.
    #[default]
    MainBranch,
    /// From this revision on.
    Revision(String),
    /// Nothing is released: everything is one batch.
    Nothing,
}

/// What git has.
#[derive(Default)]
pub(super) struct Baseline {
    /// In words.
    pub(super) words: String,
    top: PathBuf,
    revision: String,
    /// The released files, below the top.
    released: BTreeSet<String>,
    /// Those of them that are not as they were.
    changed: BTreeSet<String>,
}

impl Baseline {
    /// What is released of `folder`.
    pub(super) fn of(folder: &Path, since: &Since) -> Result<Self, LintError> {
        let nothing = |why: &str| {
            let words = format!("nothing is released, {why}: all files count as one batch");
            Ok(Self { words, ..Self::default() })
        };
        let (revision, words) = match since {
            Since::Nothing => return nothing("as --all says"),
            Since::Revision(name) => (resolve(folder, name)?, format!("released is what git has at {name}")),
            Since::MainBranch => match merge_base(folder) {
                Some((base, branch)) => {
                    let short = base.get(..10).unwrap_or(&base).to_owned();
                    (base, format!("released is what git has at {short}, where this branch left {branch}"))
                }
                None => return nothing("for git has no main branch here"),
            },
        };
        let top = PathBuf::from(git(folder, &["rev-parse", "--show-toplevel"])?.trim_end());
        let listed = |arguments: &[&str]| -> Result<BTreeSet<String>, LintError> {
            let text = git(folder, arguments)?;
            Ok(text.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect())
        };
        let released = listed(&["ls-tree", "-r", "-z", "--name-only", "--full-name", &revision, "."])?;
        let changed = listed(&["diff", "--name-only", "--no-renames", "-z", &revision, "--", "."])?;
        Ok(Self { words, top, revision, released, changed })
    }

    /// How git calls a file.
    fn name_of(&self, file: &Path) -> Option<String> {
        let parent = file.parent()?.canonicalize().ok()?;
        let below = parent.strip_prefix(&self.top).ok()?.join(file.file_name()?);
        Some(below.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/"))
    }

    /// Whether nothing at all is released, so that all files count as one batch.
    pub(super) fn is_nothing(&self) -> bool {
        self.released.is_empty()
    }

    pub(super) fn is_released(&self, file: &Path) -> bool {
        !self.released.is_empty() && self.name_of(file).is_some_and(|name| self.released.contains(&name))
    }

    /// What a released file said, where its bytes are others now.
    pub(super) fn old_text(&self, file: &Path) -> Option<String> {
        let name = self.name_of(file).filter(|name| self.changed.contains(name))?;
        let text = git(&self.top, &["show", &format!("{}:{name}", self.revision)]).ok()?;
        Some(text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned())
    }

    /// The released SQL files below `folder` that are gone.
    pub(super) fn removed(&self, folder: &Path) -> Vec<PathBuf> {
        let Ok(folder) = folder.canonicalize() else { return Vec::new() };
        let paths = self.changed.intersection(&self.released).map(|name| self.top.join(name));
        paths.filter(|path| path.starts_with(&folder) && !path.exists() && is_sql(path)).collect()
    }
}

fn is_sql(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("sql"))
}

/// The commit at which the branch left the main one, and what that is called.
fn merge_base(folder: &Path) -> Option<(String, String)> {
    let remote = git(folder, &["symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD"]);
    let remote = remote.ok().map(|name| name.trim().to_owned());
    let usual = ["origin/main", "main", "origin/master", "master"].map(str::to_owned);
    remote.into_iter().chain(usual).find_map(|branch| {
        let base = git(folder, &["merge-base", "HEAD", &branch]).ok()?;
        Some((base.trim().to_owned(), branch))
    })
}

fn resolve(folder: &Path, name: &str) -> Result<String, LintError> {
    let commit = format!("{name}^{{commit}}");
    let found = git(folder, &["rev-parse", "--verify", "--end-of-options", &commit]);
    let revision = name.to_owned();
    let wrong = |reason| LintError::Revision { revision, folder: folder.display().to_string(), reason };
    found.map(|text| text.trim().to_owned()).map_err(|error| match error {
        LintError::Git { reason, .. } => wrong(reason),
        other => wrong(other.to_string()),
    })
}

fn git(folder: &Path, arguments: &[&str]) -> Result<String, LintError> {
    let failed = |reason: String| LintError::Git { folder: folder.display().to_string(), reason };
    let mut command = Command::new("git");
    // A hook of git's has its own idea of which repository this is, relative to another folder.
    for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"] {
        command.env_remove(variable);
    }
    let output = command.arg("-C").arg(folder).args(arguments).output();
    let output = output.map_err(|error| failed(error.to_string()))?;
    if !output.status.success() {
        return Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
