//! The pages in the folder, beside those that should be there.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::DocsError;

/// What a page of ours begins with. A page without it is somebody's own and is left alone, whatever it is called.
pub(super) const MARK: &str = "<!-- Written by `cargo xtask db docs`; what is changed here by hand is lost. -->";

/// How a page stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It says what is so.
    Fresh,
    /// It says something else.
    Stale,
    /// It is not there.
    Missing,
    /// It is about a database that is not there.
    Extra,
}

/// One page.
#[derive(Clone, Debug, Serialize)]
pub struct Page {
    /// Its file in the folder.
    pub file: String,
    /// How it stood before anything was written.
    pub standing: Standing,
    /// What it should say; nothing for one too many.
    #[serde(skip)]
    pub text: String,
}

/// All pages.
#[derive(Clone, Debug, Serialize)]
pub struct Docs {
    /// Where they stand.
    pub folder: PathBuf,
    /// By file.
    pub pages: Vec<Page>,
}

impl Docs {
    /// Beside `texts`, any page of ours that is in the folder and not `known` is one too many.
    pub(super) fn compare(folder: PathBuf, texts: Vec<(String, String)>, known: &[String]) -> Result<Self, DocsError> {
        let mut pages = Vec::new();
        for (file, text) in texts {
            let standing = match read(&folder.join(&file))? {
                None => Standing::Missing,
                Some(found) if found == text => Standing::Fresh,
                Some(_) => Standing::Stale,
            };
            pages.push(Page { file, standing, text });
        }
        for file in names(&folder)? {
            let expected = known.contains(&file) || pages.iter().any(|page| page.file == file);
            if !expected && read(&folder.join(&file))?.is_some_and(|text| text.starts_with(MARK)) {
                pages.push(Page { file, standing: Standing::Extra, text: String::new() });
            }
        }
        pages.sort_by(|left, right| left.file.cmp(&right.file));
        Ok(Self { folder, pages })
    }

    /// The pages that do not say what is so.
    pub fn wrong(&self) -> impl Iterator<Item = &Page> {
        self.pages.iter().filter(|page| page.standing != Standing::Fresh)
    }

    /// Writes what is stale or missing, and removes what is too many.
    ///
    /// # Errors
    ///
    /// [`DocsError::File`].
    pub fn write(&self) -> Result<(), DocsError> {
        fs::create_dir_all(&self.folder).map_err(|error| failed(&self.folder, "written", &error))?;
        for page in self.wrong() {
            let path = self.folder.join(&page.file);
            if page.standing == Standing::Extra {
                fs::remove_file(&path).map_err(|error| failed(&path, "removed", &error))?;
            } else {
                fs::write(&path, &page.text).map_err(|error| failed(&path, "written", &error))?;
            }
        }
        Ok(())
    }
}

fn names(folder: &Path) -> Result<Vec<String>, DocsError> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(|error| failed(folder, "read", &error))?,
    };
    let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    Ok(names.filter(|name| Path::new(name).extension().is_some_and(|end| end == "md")).collect())
}

/// A checkout of Git on Windows may have other line ends.
fn read(path: &Path) -> Result<Option<String>, DocsError> {
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(path, "read", &error)),
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).replace("\r\n", "\n"))),
    }
}

fn failed(path: &Path, action: &'static str, error: &io::Error) -> DocsError {
    DocsError::File { path: path.display().to_string(), action, reason: error.to_string() }
}
