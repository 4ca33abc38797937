//! Folders of migrations as other tools lay them out.
//!
//! Each layout recognises itself from the names in the folder, and where those say nothing from the files' first words,
//! and reads the folder into migrations with a way there and a way back. **Invariant:** nothing is guessed: a folder that
//! no layout or more than one recognises is refused, and so is a file that its layout would leave out in silence.

mod dbmate;
mod diesel;
mod engines;
mod error;
mod flyway;
mod folder;
mod goose;
mod listing;
mod node_pg_migrate;
mod ours;
mod pairs;
mod rebuild;
mod sections;
mod simple;
mod sql_migrate;
mod unwrap;

use std::fmt::Debug;

use atriz_db::Engine;

pub use error::LayoutError;
pub(crate) use folder::Told;
pub use folder::{Prepared, SourceFolder};
pub use listing::Listing;

/// A way to lay out a folder of migrations.
pub trait Layout: Debug + Sync {
    /// How `--layout` calls it.
    fn name(&self) -> &'static str;

    /// What its files are called, and what marks them.
    fn pattern(&self) -> &'static str;

    /// Whether the folder has files that are this layout's and no other's.
    fn recognises(&self, listing: &Listing) -> bool;

    /// The engines that the names of the files speak of; none where they do not say.
    fn engines(&self, listing: &Listing) -> Vec<Engine> {
        listing.engine_folders()
    }

    /// The migrations for `engine`, in any order. The listing is of that engine's files alone.
    ///
    /// # Errors
    ///
    /// A file that is not of this layout, or one that cannot be read.
    fn read(&self, listing: &Listing, engine: Engine) -> Result<Vec<Found>, LayoutError>;
}

/// A migration as a layout reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The version as its tool spells it, with the name: the stem of the file or folder.
    pub version: String,
    /// The way there.
    pub up: Text,
    /// The way back, where the folder has one.
    pub down: Option<Text>,
}

/// One way of a migration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// The file, below the folder.
    pub path: String,
    /// Its SQL; lines that are not of this way are empty, so that the lines keep their numbers.
    pub sql: String,
    /// Whether the tool runs it without a transaction.
    pub no_transaction: bool,
}

impl Found {
    /// What stands behind the number of the version.
    pub fn name(&self) -> &str {
        if self.version.starts_with('V') {
            // Flyway's numbers may hold a `_` themselves.
            return self.version.split_once("__").map_or("", |(_, name)| name);
        }
        let number = |character: char| character.is_ascii_digit() || character == '-';
        self.version.trim_start_matches(number).trim_start_matches('_')
    }
}

/// The layouts there are.
pub const LAYOUTS: [&dyn Layout; 10] = [
    &ours::Ours,
    &pairs::Pairs,
    &engines::Engines,
    &simple::Simple,
    &goose::Goose,
    &sql_migrate::SqlMigrate,
    &dbmate::Dbmate,
    &node_pg_migrate::NodePgMigrate,
    &diesel::Diesel,
    &flyway::Flyway,
];

/// The layout of this name.
///
/// # Errors
///
/// [`LayoutError::UnknownLayout`].
pub fn named(name: &str) -> Result<&'static dyn Layout, LayoutError> {
    let found = LAYOUTS.into_iter().find(|layout| layout.name() == name);
    found.ok_or_else(|| LayoutError::UnknownLayout { name: name.to_owned() })
}

/// The one layout that recognises the folder.
///
/// # Errors
///
/// [`LayoutError::Unrecognised`] or [`LayoutError::Ambiguous`].
pub fn recognise(listing: &Listing) -> Result<&'static dyn Layout, LayoutError> {
    let claims: Vec<_> = LAYOUTS.into_iter().filter(|layout| layout.recognises(listing)).collect();
    match claims.as_slice() {
        [layout] => Ok(*layout),
        [] => Err(LayoutError::Unrecognised { folder: listing.label().to_owned(), seen: listing.seen() }),
        several => Err(LayoutError::Ambiguous {
            folder: listing.label().to_owned(),
            layouts: several.iter().map(|layout| layout.name()).collect(),
        }),
    }
}

/// Whether `stem` begins with digits that end there, or are followed by `_` or `-`.
fn leads_with_number(stem: &str) -> bool {
    let rest = stem.trim_start_matches(|first: char| first.is_ascii_digit());
    rest.len() < stem.len() && (rest.is_empty() || rest.starts_with(['_', '-']))
}

/// Whether `stem` is digits, `_` and a name.
fn is_numbered(stem: &str) -> bool {
    stem.split_once('_').is_some_and(|(number, name)| {
        !number.is_empty() && !name.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}
