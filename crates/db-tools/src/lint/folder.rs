//! The folders that lint reads.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use atriz_db::migrate::{Direction, VersionKey};
use atriz_db::{Catalog, Descriptor, Engine};

use super::LintError;
use super::hit::Hit;
use super::source::Source;
use crate::layout::{SourceFolder, Told};
use crate::parallel;

/// A folder of migrations and what is known of its database.
#[derive(Clone, Debug)]
pub struct LintFolder {
    /// What findings call the database.
    pub name: String,
    /// What messages call the folder.
    label: String,
    pub(super) root: PathBuf,
    /// The folder of another layout; none for our own.
    source: Option<Arc<SourceFolder>>,
    /// The tables that the database declares.
    pub(super) own: HashSet<String>,
    /// The tables of other databases: each with its schema and database.
    pub(super) others: HashMap<String, (String, String)>,
    /// The schemas that other databases alone have.
    pub(super) schemas: HashMap<String, String>,
    /// The names of the other databases.
    pub(super) databases: HashSet<String>,
    /// Whether migrations in Rust stand between the files, which cannot be read.
    pub(super) has_rust: bool,
}

impl LintFolder {
    /// The folder of a database of a workspace, whose root is `root`.
    pub fn of_catalog(catalog: &Catalog, database: &Descriptor, root: &Path) -> Self {
        let label = format!("migrations/{}", database.name);
        let others = catalog.databases().iter().filter(|other| other.name != database.name);
        let (mut tables, mut schemas) = (HashMap::new(), HashMap::new());
        for other in others {
            for table in &other.tables {
                tables.insert(table.name.clone(), (table.schema.clone(), other.name.clone()));
            }
            for schema in other.schemas.iter().filter(|schema| !database.schemas.contains(schema)) {
                schemas.insert(schema.clone(), other.name.clone());
            }
        }
        Self {
            name: database.name.clone(),
            root: root.join(&label),
            label,
            source: None,
            own: database.tables.iter().map(|table| table.name.clone()).collect(),
            others: tables,
            schemas,
            databases: catalog
                .databases()
                .iter()
                .map(|one| one.name.clone())
                .filter(|name| *name != database.name)
                .collect(),
            has_rust: !(database.rust_migrations)().is_empty(),
        }
    }

    /// A folder of any layout.
    ///
    /// # Errors
    ///
    /// One that is not there, or whose layout is not known.
    pub fn of_source(folder: &Path, layout: Option<&str>) -> Result<Self, LintError> {
        let source = SourceFolder::open(folder, layout)?;
        let ours = source.layout().name() == "atriz";
        let label = folder.display().to_string();
        Ok(Self {
            name: folder.file_name().map_or_else(|| label.clone(), |name| name.to_string_lossy().into_owned()),
            label: label.trim_end_matches('/').to_owned(),
            root: folder.to_owned(),
            source: (!ours).then(|| Arc::new(source)),
            own: HashSet::new(),
            others: HashMap::new(),
            schemas: HashMap::new(),
            databases: HashSet::new(),
            has_rust: false,
        })
    }

    /// The engines that the folder says it is for; both for our own layout, none where it does not say.
    pub fn engines(&self) -> Vec<Engine> {
        match &self.source {
            Some(source) => source.engines(),
            None => Engine::ALL.into_iter().filter(|engine| self.root.join(engine.name()).is_dir()).collect(),
        }
    }

    pub(super) fn label(&self) -> &str {
        &self.label
    }

    /// Whether it is laid out, and so written, as the workspace's own are.
    pub(super) fn is_ours(&self) -> bool {
        self.source.is_none()
    }

    /// Its files for one engine, by version, the way there before the way back.
    pub(super) fn read(&self, engine: Engine) -> Result<Vec<Source>, LintError> {
        match &self.source {
            Some(source) => Ok(source.texts(engine)?.into_iter().flat_map(|told| of_told(told, engine)).collect()),
            None => self.read_ours(engine),
        }
    }

    fn read_ours(&self, engine: Engine) -> Result<Vec<Source>, LintError> {
        if !self.root.is_dir() {
            return Err(LintError::NoFolder { folder: self.label.clone() });
        }
        let mut listing = Listing::default();
        for one in Engine::ALL {
            listing.read(&self.root, one);
        }
        let mut files: Vec<Source> = Vec::new();
        for (_, name) in listing.odd.iter().filter(|(one, _)| *one == engine) {
            let mut file = Source::empty(format!("{}/{engine}/{name}", self.label), "", Direction::Up, engine);
            file.hits.push(Hit::of_file("file-name", "it is not named like a migration"));
            files.push(file);
        }
        let mut last: Option<&str> = None;
        for stem in &listing.stems {
            for direction in [Direction::Up, Direction::Down] {
                let twice = last.filter(|last| number(last) == number(stem) && direction == Direction::Up);
                files.extend(self.find_one(&listing.present, engine, stem, direction, twice));
            }
            last = Some(stem);
        }
        parallel::each(&mut files, Source::load);
        Ok(files)
    }

    /// One file, or what is to be said of one that is missing; `twice` is a migration of the same version.
    fn find_one(
        &self,
        present: &Present,
        engine: Engine,
        stem: &str,
        direction: Direction,
        twice: Option<&str>,
    ) -> Option<Source> {
        let path = format!("{engine}/{stem}.{}.sql", direction.name());
        let mut file = Source::empty(format!("{}/{path}", self.label), stem, direction, engine);
        let has = |way: &'static str| present.contains(&(engine, stem.to_owned(), way));
        if has(direction.name()) {
            file.disk = Some(self.root.join(&path));
            let message = twice.map(|first| format!("{first} has the same version"));
            file.hits.extend(message.map(|message| Hit::of_file("duplicate-version", message)));
            return Some(file);
        }
        let (rule, message) = match (direction, has("up") || has("down")) {
            (Direction::Up, true) => ("missing-up", "there is only the way back".to_owned()),
            (Direction::Down, true) => ("missing-down", "a migration has a way back".to_owned()),
            (Direction::Up, false) => ("missing-twin", format!("a migration has a twin for {}", engine.title())),
            (Direction::Down, false) => return None,
        };
        file.hits.push(Hit::of_file(rule, message));
        Some(file)
    }
}

fn of_told(told: Told, engine: Engine) -> impl Iterator<Item = Source> {
    let ways = [(Direction::Up, Some(told.up)), (Direction::Down, told.down)];
    let version = told.version;
    ways.into_iter().filter_map(move |(direction, way)| {
        let way = way?;
        let mut file = Source::empty(way.path, &version, direction, engine);
        file.disk = Some(PathBuf::from(&file.path));
        (file.text, file.said, file.readable) = (way.sql, Some(way.said), true);
        Some(file)
    })
}

fn number(stem: &str) -> &str {
    stem.split('_').next().unwrap_or_default()
}

/// The files that are there, by engine, stem and way.
type Present = BTreeSet<(Engine, String, &'static str)>;

/// The files of both engines.
#[derive(Default)]
struct Listing {
    stems: BTreeSet<String>,
    present: Present,
    odd: Vec<(Engine, String)>,
}

impl Listing {
    fn read(&mut self, root: &Path, engine: Engine) {
        let Ok(entries) = fs::read_dir(root.join(engine.name())) else { return };
        let mut entries: Vec<_> = entries.flatten().collect();
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let name = entry.file_name().to_string_lossy().into_owned();
            let Some(rest) = name.strip_suffix(".sql") else { continue };
            let ways = [(".up", "up"), (".down", "down")];
            let found = ways.into_iter().find_map(|(end, way)| Some((rest.strip_suffix(end)?, way)));
            match found.filter(|(stem, _)| is_stem(stem)) {
                Some((stem, way)) => {
                    self.stems.insert(stem.to_owned());
                    self.present.insert((engine, stem.to_owned(), way));
                }
                None => self.odd.push((engine, name)),
            }
        }
    }
}

/// Whether it is 14 digits that are a moment, `_` and a name.
fn is_stem(stem: &str) -> bool {
    stem.split_once('_').is_some_and(|(number, name)| {
        let moment = chrono::NaiveDateTime::parse_from_str(number, "%Y%m%d%H%M%S").is_ok();
        number.len() == 14 && moment && !name.is_empty()
    })
}

/// Oldest first.
pub(super) fn is_older(left: &str, right: &str) -> bool {
    VersionKey::compare(left, right).is_lt()
}
