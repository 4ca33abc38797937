//! Where migration and seed files come from: embedded in a release binary, or a folder on disk.

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};

use rust_embed::RustEmbed;
use sha2::{Digest as _, Sha256};

/// A set of files, named by paths relative to its root with `/` between the parts.
#[derive(Clone, Debug)]
pub struct FileSet {
    source: Source,
    label: String,
}

#[derive(Clone, Debug)]
enum Source {
    Embedded {
        list: fn() -> Vec<String>,
        read: fn(&str) -> Option<Cow<'static, [u8]>>,
        sha256: fn(&str) -> Option<[u8; 32]>,
    },
    Folder(PathBuf),
    Empty,
}

impl FileSet {
    /// The files of a `rust-embed` folder. A debug build reads them from disk at run time, a release build holds them.
    /// `label` is how messages call the folder, such as `migrations/core`.
    pub fn embedded<E: RustEmbed>(label: &str) -> Self {
        Self {
            source: Source::Embedded {
                list: || E::iter().map(Cow::into_owned).collect(),
                read: |path| E::get(path).map(|file| file.data),
                sha256: |path| E::get(path).map(|file| file.metadata.sha256_hash()),
            },
            label: label.to_owned(),
        }
    }

    /// The files of a folder, found at each call.
    pub fn folder(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        Self { label: path.display().to_string(), source: Source::Folder(path) }
    }

    /// No files.
    pub fn empty() -> Self {
        Self { source: Source::Empty, label: "(no files)".to_owned() }
    }

    /// How messages call the root.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// All paths, sorted.
    pub fn paths(&self) -> Vec<String> {
        let mut paths = match &self.source {
            Source::Embedded { list, .. } => list(),
            Source::Folder(root) => {
                let mut found = Vec::new();
                walk(root, root, &mut found);
                found
            }
            Source::Empty => Vec::new(),
        };
        paths.sort();
        paths
    }

    /// The bytes of one file, or nothing if it is not there.
    pub fn read(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        match &self.source {
            Source::Embedded { read, .. } => read(path),
            Source::Folder(root) => fs::read(root.join(path)).ok().map(Cow::Owned),
            Source::Empty => None,
        }
    }

    /// The SHA-256 of one file, or nothing if it is not there. A release binary knows those of its files without looking
    /// at them: a large one that has not changed never comes into memory.
    pub fn sha256(&self, path: &str) -> Option<[u8; 32]> {
        match &self.source {
            Source::Embedded { sha256, .. } => sha256(path),
            _ => self.read(path).map(|bytes| Sha256::digest(bytes).into()),
        }
    }
}

/// Collects the paths of all files below `folder`. A folder that cannot be read holds nothing: an empty set is an error
/// of its own further on.
fn walk(root: &Path, folder: &Path, found: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        // What the folder itself says of an entry costs no look at it; a link has to be followed.
        let is_folder = match entry.file_type() {
            Ok(kind) if !kind.is_symlink() => kind.is_dir(),
            _ => path.is_dir(),
        };
        if is_folder {
            walk(root, &path, found);
        } else if let Ok(relative) = path.strip_prefix(root) {
            let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
            found.push(parts.join("/"));
        }
    }
}
