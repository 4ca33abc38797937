//! What another tool has applied, in the versions of a folder of ours or its own.

use std::collections::{BTreeMap, HashMap};

use atriz_db::migrate::VersionKey;
use atriz_db::{AdoptedVersion, Adoption, Engine, ReadHistory};
use sea_orm::{ConnectionTrait, DbErr};

use super::AdoptError;
use super::tables::{Row, Said, Table};

/// A migration of the folder, and the version that our history will have for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// As the tool spells it, with the name.
    pub version: String,
    /// As our history will.
    pub becomes: String,
}

/// Reads the history of the tool that the folder at `label` with `layout` belongs to; `known` are its migrations, oldest
/// first.
pub fn reader(label: &str, layout: &'static str, known: Vec<Known>) -> Box<ReadHistory> {
    let folder = Folder { label: label.to_owned(), layout, known };
    let folder = std::sync::Arc::new(folder);
    Box::new(move |transaction| {
        let folder = std::sync::Arc::clone(&folder);
        Box::pin(async move { Ok(folder.read(transaction).await?) })
    })
}

struct Folder {
    label: String,
    layout: &'static str,
    known: Vec<Known>,
}

impl Folder {
    async fn read(&self, connection: &impl ConnectionTrait) -> Result<Adoption, AdoptError> {
        let engine = match connection.get_database_backend() {
            sea_orm::DbBackend::Postgres => Engine::Postgres,
            _ => Engine::Sqlite,
        };
        let failed =
            |table: &str, error: &DbErr| AdoptError::Engine { table: table.to_owned(), message: error.to_string() };
        let tables = Table::find(connection, engine).await.map_err(|error| failed("the catalogue", &error))?;
        let table = self.choose(tables)?;
        let rows = table.rows(connection, engine).await.map_err(|error| failed(&table.name, &error))?;
        self.adoption(&table, rows)
    }

    /// The one table, or the one whose tool reads folders of this layout.
    fn choose(&self, tables: Vec<Table>) -> Result<Table, AdoptError> {
        let names = tables.iter().map(|table| format!("{} of {}", table.name, table.tool.name())).collect();
        let (mut fitting, mut others): (Vec<_>, Vec<_>) =
            tables.into_iter().partition(|table| table.tool.reads(self.layout));
        match (fitting.len(), others.len()) {
            (0, 0) => Err(AdoptError::NoHistory),
            (1, _) => Ok(fitting.remove(0)),
            (0, 1) => Ok(others.remove(0)),
            _ => Err(AdoptError::Histories { tables: names }),
        }
    }

    fn adoption(&self, table: &Table, rows: Vec<Row>) -> Result<Adoption, AdoptError> {
        let mut applied: BTreeMap<usize, Option<i64>> = BTreeMap::new();
        // What was taken back or struck out needs no file any more.
        let last_reverted: HashMap<String, usize> = rows
            .iter()
            .enumerate()
            .filter_map(|(place, (said, _))| match said {
                Said::Reverted(version) => Some((version.clone(), place)),
                _ => None,
            })
            .collect();
        for (place, (said, at)) in rows.into_iter().enumerate() {
            match said {
                Said::Applied(version) | Said::Failed(version)
                    if last_reverted.get(&version).is_some_and(|reverted| *reverted > place) => {}
                Said::Applied(version) => drop(applied.insert(self.index(table, &version)?, at)),
                Said::Named(name) => drop(applied.insert(self.index_of_name(table, &name)?, at)),
                Said::Reverted(version) => {
                    let index = self.position(&version);
                    index.and_then(|index| applied.remove(&index));
                }
                Said::UpTo(version, must_be_there) => {
                    if must_be_there {
                        self.index(table, &version)?;
                    }
                    let last = VersionKey::of(&version);
                    let up_to = self.known.iter().take_while(|known| VersionKey::of(&known.version) <= last);
                    applied.extend(up_to.enumerate().map(|(index, _)| (index, at)));
                }
                Said::Failed(version) => {
                    let (table, tool) = (table.name.clone(), table.tool.name());
                    return Err(AdoptError::Dirty { table, version, tool });
                }
            }
        }
        let versions = applied
            .into_iter()
            .map(|(index, applied_at)| AdoptedVersion { version: self.known[index].becomes.clone(), applied_at });
        let (tool, name) = (table.tool.name().to_owned(), table.name.clone());
        Ok(Adoption { tool, table: name, versions: versions.collect() })
    }

    fn position(&self, version: &str) -> Option<usize> {
        // Diesel's table has the digits of a version without its groups.
        let (number, digits) = (VersionKey::of(version), VersionKey::digits(version));
        let same =
            |known: &str| VersionKey::of(known) == number || (digits.is_some() && VersionKey::digits(known) == digits);
        self.known.iter().position(|known| same(&known.version))
    }

    fn index(&self, table: &Table, version: &str) -> Result<usize, AdoptError> {
        self.position(version).ok_or_else(|| self.no_file(table, version))
    }

    fn index_of_name(&self, table: &Table, name: &str) -> Result<usize, AdoptError> {
        let found = self.known.iter().position(|known| known.version == name);
        found.ok_or_else(|| self.no_file(table, name))
    }

    fn no_file(&self, table: &Table, version: &str) -> AdoptError {
        let (table, folder) = (table.name.clone(), self.label.clone());
        AdoptError::NoFile { table, version: version.to_owned(), folder }
    }
}
