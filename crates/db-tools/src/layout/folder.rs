//! A folder of another tool as the toolkit reads it.

use std::path::Path;
use std::sync::OnceLock;

use atriz_db::migrate::{Body, Directives, Folder, FolderError, Migration, MigrationSource, Script, VersionKey};
use atriz_db::{Descriptor, Engine, FileSet};

use super::rebuild::builds_anew;
use super::unwrap::unwrap;
use super::{Found, Layout, LayoutError, Listing, Text, named, recognise};
use crate::parallel;

/// A folder whose layout is known. Its files are read once.
#[derive(Debug)]
pub struct SourceFolder {
    listing: Listing,
    layout: &'static dyn Layout,
    read: [OnceLock<Result<Vec<Prepared>, FolderError>>; 2],
}

/// What a migration is before and after it was prepared.
type Slot = (Option<Found>, Option<Result<Prepared, FolderError>>);

/// A migration as its files say it.
pub(crate) struct Told {
    pub(crate) version: String,
    pub(crate) up: Way,
    pub(crate) down: Option<Way>,
}

/// One way of it, without the transaction around it.
pub(crate) struct Way {
    pub(crate) path: String,
    pub(crate) sql: String,
    /// What it is run by.
    pub(crate) said: Directives,
}

/// A migration as it will run.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// As the layout reads it, without the transaction around it.
    pub found: Found,
    /// What its way there is run by.
    pub up: Directives,
    /// What its way back is run by.
    pub down: Directives,
    /// What was changed in reading it, for people.
    pub notes: Vec<String>,
    /// As the executor takes it.
    pub migration: Migration,
}

impl SourceFolder {
    /// Opens a folder; `layout` decides where the folder does not say, or says more than one thing.
    ///
    /// # Errors
    ///
    /// [`LayoutError`] for a folder that is not there, or that no layout or several fit.
    pub fn open(folder: &Path, layout: Option<&str>) -> Result<Self, LayoutError> {
        let listing = Listing::of(folder)?;
        let layout = match layout {
            Some(name) => named(name)?,
            None => recognise(&listing)?,
        };
        Ok(Self { listing, layout, read: [OnceLock::new(), OnceLock::new()] })
    }

    /// The layout.
    pub fn layout(&self) -> &'static dyn Layout {
        self.layout
    }

    /// The engines that the folder says it is for; none where it does not say.
    pub fn engines(&self) -> Vec<Engine> {
        self.layout.engines(&self.listing)
    }

    /// The migrations for `engine`, in the order of their numbers.
    ///
    /// # Errors
    ///
    /// The first thing wrong with the folder.
    pub fn prepared(&self, engine: Engine) -> Result<&[Prepared], FolderError> {
        let slot = match engine {
            Engine::Postgres => &self.read[0],
            Engine::Sqlite => &self.read[1],
        };
        slot.get_or_init(|| self.read(engine)).as_deref().map_err(Clone::clone)
    }

    /// The texts of the migrations for `engine`, in the order of their numbers, read anew each time.
    pub(crate) fn texts(&self, engine: Engine) -> Result<Vec<Told>, FolderError> {
        let listing = self.listing.for_engine(engine).with_texts();
        let mut slots: Vec<_> = self.layout.read(&listing, engine)?.into_iter().map(|found| (found, None)).collect();
        parallel::each(&mut slots, |(found, told)| {
            let way = |text: &mut Text| {
                let path = listing.full(&text.path);
                let said = unwrapped(&path, text, engine, &mut Vec::new());
                Way { path, sql: std::mem::take(&mut text.sql), said }
            };
            let (up, down) = (way(&mut found.up), found.down.as_mut().map(way));
            *told = Some(Told { version: std::mem::take(&mut found.version), up, down });
        });
        let mut texts: Vec<Told> = slots.into_iter().filter_map(|(_, told)| told).collect();
        texts.sort_by_cached_key(|told| (VersionKey::of(&told.version), told.version.clone()));
        Ok(texts)
    }

    fn read(&self, engine: Engine) -> Result<Vec<Prepared>, FolderError> {
        let listing = self.listing.for_engine(engine);
        let found = self.layout.read(&listing, engine)?;
        let mut slots: Vec<Slot> = found.into_iter().map(|found| (Some(found), None)).collect();
        parallel::each(&mut slots, |(found, slot)| *slot = found.take().map(|found| prepare(&listing, found, engine)));
        let mut prepared = slots.into_iter().filter_map(|(_, slot)| slot).collect::<Result<Vec<_>, _>>()?;
        prepared.sort_by(|left, right| VersionKey::compare(&left.found.version, &right.found.version));
        Ok(prepared)
    }
}

impl MigrationSource for SourceFolder {
    fn label(&self) -> &str {
        self.listing.label()
    }

    fn migrations(&self, engine: Engine) -> Result<Vec<Migration>, FolderError> {
        if self.layout.name() == "atriz" {
            // Our own layout demands more than the others: twins, and a way back.
            let files = FileSet::folder(self.listing.label());
            let database = Descriptor::new("source", "source", "").migrations(files);
            return Ok(Folder::read(&database, engine)?.migrations);
        }
        Ok(self.prepared(engine)?.iter().map(|prepared| prepared.migration.clone()).collect())
    }
}

fn prepare(listing: &Listing, mut found: Found, engine: Engine) -> Result<Prepared, FolderError> {
    let mut notes = Vec::new();
    let (up, up_script) = script(listing, &mut found.up, engine, &mut notes)?;
    let (down, down_script) = match &mut found.down {
        Some(text) => script(listing, text, engine, &mut notes)?,
        None => no_way_back(listing, &found.up.path, "its folder has no way back for it", engine)?,
    };
    let (down, down_script) = if down_script.statements.is_empty() && !up_script.statements.is_empty() {
        // A tool would take such a migration back by forgetting it, and fail when it comes again.
        match &down_script.directives.irreversible {
            Some(_) => (down, down_script),
            None => no_way_back(listing, &down_script.path, "its way back is empty", engine)?,
        }
    } else {
        (down, down_script)
    };
    let body = Body::Sql { up: Box::new(up_script), down: Box::new(down_script) };
    let migration = Migration { version: found.version.clone(), body };
    Ok(Prepared { found, up, down, notes, migration })
}

fn script(
    listing: &Listing,
    text: &mut Text,
    engine: Engine,
    notes: &mut Vec<String>,
) -> Result<(Directives, Script), FolderError> {
    let path = listing.full(&text.path);
    let said = unwrapped(&path, text, engine, notes);
    let script = Script::of_text(&path, &text.sql, &said, engine)?;
    Ok((said, script))
}

/// Takes the transaction around a text away, and answers what it is run by.
fn unwrapped(path: &str, text: &mut Text, engine: Engine, notes: &mut Vec<String>) -> Directives {
    let unwrapped = unwrap(&text.sql, engine);
    if unwrapped.transaction {
        notes.push(format!("{path}: its own BEGIN and COMMIT are left out; it runs in one transaction"));
    }
    let no_transaction = text.no_transaction && !unwrapped.transaction && !unwrapped.rebuild;
    let anew = engine == Engine::Sqlite && !no_transaction && builds_anew(&unwrapped.sql);
    if unwrapped.rebuild {
        notes.push(format!("{path}: foreign keys are off around it, not by its own PRAGMA"));
    } else if anew {
        notes.push(format!("{path}: foreign keys are off around it, since it builds a table anew"));
    }
    text.sql = unwrapped.sql;
    text.no_transaction = no_transaction;
    Directives { no_transaction, rebuild: unwrapped.rebuild || anew, ..Directives::default() }
}

fn no_way_back(
    listing: &Listing,
    path: &str,
    reason: &str,
    engine: Engine,
) -> Result<(Directives, Script), FolderError> {
    let path = if path.starts_with(listing.label()) { path.to_owned() } else { listing.full(path) };
    let said = Directives { irreversible: Some(reason.to_owned()), ..Directives::default() };
    let script = Script::of_text(&path, "", &said, engine)?;
    Ok((said, script))
}
