//! Which seeds there are, in which order.

use crate::Engine;
use crate::catalog::{Descriptor, SeedFunction, SeedSet};

use super::SeedError;

/// One seed of a database.
#[derive(Clone)]
pub(crate) struct SeedFile {
    pub(crate) set: SeedSet,
    /// `01_locations`: the place in the order, and the table.
    pub(crate) stem: String,
    /// How messages and the record of seeds call it: `reference/01_locations.csv`.
    pub(crate) name: String,
    pub(crate) kind: SeedKind,
}

/// What a seed is made of.
#[derive(Clone)]
pub(crate) enum SeedKind {
    Csv,
    Json,
    Sql { up: String, down: String },
    Function(SeedFunction),
}

impl SeedFile {
    /// The table, which is the stem without its number.
    pub(crate) fn table(&self) -> &str {
        self.stem.split_once('_').map_or("", |(_, table)| table)
    }

    /// Where it stands among the seeds; of a SQL seed, the way there.
    pub(crate) fn path(&self) -> &str {
        match &self.kind {
            SeedKind::Sql { up, .. } => up,
            _ => &self.name,
        }
    }

    /// How messages call the file.
    pub(crate) fn label(&self, database: &Descriptor) -> String {
        format!("{}/{}", database.seeds.label(), self.name)
    }
}

/// The seeds of `sets` for `engine`: reference before demo, files by number.
pub(crate) fn list(database: &Descriptor, engine: Engine, sets: &[SeedSet]) -> Result<Vec<SeedFile>, SeedError> {
    let mut seeds = Vec::new();
    for path in database.seeds.paths() {
        let Some((folder, file)) = path.split_once('/') else { continue };
        let Some(set) = [SeedSet::Reference, SeedSet::Demo].into_iter().find(|set| set.name() == folder) else {
            continue;
        };
        let odd = || SeedError::Name { file: format!("{}/{path}", database.seeds.label()) };
        let (stem, kind) = match kind_of(folder, file, engine) {
            Named::Seed(stem, kind) => (stem, kind),
            Named::Other => continue,
            Named::Odd => return Err(odd()),
        };
        let number = stem.split('_').next().unwrap_or_default();
        if number.len() != 2 || !number.bytes().all(|byte| byte.is_ascii_digit()) || stem.len() < 4 {
            return Err(odd());
        }
        seeds.push(SeedFile { set, stem, name: path.clone(), kind });
    }
    for function in &database.seed_functions {
        let name = format!("{}/{}", function.set.name(), function.name);
        let kind = SeedKind::Function(function.clone());
        seeds.push(SeedFile { set: function.set, stem: function.name.clone(), name, kind });
    }
    seeds.retain(|seed| sets.contains(&seed.set));
    seeds.sort_by(|left, right| (left.set, &left.stem).cmp(&(right.set, &right.stem)));
    Ok(seeds)
}

/// What a file's name says.
enum Named {
    /// A seed of this engine, by its stem.
    Seed(String, SeedKind),
    /// One of the other engine, or the way back of one of ours.
    Other,
    /// Nothing.
    Odd,
}

fn kind_of(folder: &str, file: &str, engine: Engine) -> Named {
    if let Some(stem) = file.strip_suffix(".csv") {
        return Named::Seed(stem.to_owned(), SeedKind::Csv);
    }
    if let Some(stem) = file.strip_suffix(".json") {
        return Named::Seed(stem.to_owned(), SeedKind::Json);
    }
    let parts = file.strip_suffix(".sql").and_then(|rest| {
        let (rest, direction) = rest.rsplit_once('.')?;
        let (stem, name) = rest.rsplit_once('.')?;
        Some((stem, Engine::parse(name)?, direction))
    });
    match parts {
        Some((stem, of_engine, "up")) if of_engine == engine => {
            let path = |direction| format!("{folder}/{stem}.{engine}.{direction}.sql");
            Named::Seed(stem.to_owned(), SeedKind::Sql { up: path("up"), down: path("down") })
        }
        Some((_, _, "up" | "down")) => Named::Other,
        _ => Named::Odd,
    }
}
