//! What is applied, what is pending, and what does not fit: folder against database, by set difference.

use serde::Serialize;

use super::MigrationError;
use super::checksum::ALGORITHM;
use super::folder::{Folder, Migration};
use super::version::VersionKey;
use crate::tracking::{AppliedRecord, Snapshot};

/// How one migration stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Applied, by us.
    Applied,
    /// Applied, by another tool: the history has it, the journal does not.
    Foreign,
    /// Not applied.
    Pending,
    /// Applied, and the file has changed since.
    Edited,
    /// Applied, and this checkout has no such file.
    Unknown,
}

/// One migration and how it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MigrationState {
    /// The migration.
    pub version: String,
    /// How it stands.
    pub standing: Standing,
    /// When it was applied, in seconds since 1970.
    pub applied_at: Option<i64>,
}

/// Every migration of a folder and of a database, by version.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct State {
    /// Oldest version first.
    pub migrations: Vec<MigrationState>,
}

/// What to do about a pending migration that is older than an applied one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutOfOrder {
    /// Stop before anything runs.
    Refuse,
    /// Run it.
    Allow,
}

impl State {
    /// Compares a folder with a database.
    pub fn of(folder: &Folder, snapshot: &Snapshot) -> Self {
        let mut migrations: Vec<_> =
            folder.migrations.iter().map(|migration| standing_of(migration, snapshot)).collect();
        for (version, record) in &snapshot.applied {
            if folder.get(version).is_none() {
                migrations.push(MigrationState {
                    version: version.clone(),
                    standing: Standing::Unknown,
                    applied_at: Some(record.applied_at),
                });
            }
        }
        migrations.sort_by(|left, right| VersionKey::compare(&left.version, &right.version));
        Self { migrations }
    }

    /// The versions that stand so.
    pub fn versions(&self, standing: Standing) -> Vec<&str> {
        let found = self.migrations.iter().filter(|migration| migration.standing == standing);
        found.map(|migration| migration.version.as_str()).collect()
    }

    /// How many stand so.
    pub fn count(&self, standing: Standing) -> usize {
        self.versions(standing).len()
    }

    /// How many are applied, whoever applied them.
    pub fn applied(&self) -> usize {
        self.migrations.len() - self.count(Standing::Pending)
    }

    /// Whether nothing is left to do and nothing is wrong.
    pub fn is_current(&self) -> bool {
        self.migrations.iter().all(|migration| matches!(migration.standing, Standing::Applied | Standing::Foreign))
    }

    /// Refuses a database that the folder does not fit.
    ///
    /// # Errors
    ///
    /// [`MigrationError::Unknown`], [`MigrationError::Edited`] or [`MigrationError::OutOfOrder`].
    pub fn check(&self, database: &str, policy: OutOfOrder) -> Result<(), MigrationError> {
        let database = database.to_owned();
        if let Some(version) = self.versions(Standing::Unknown).first() {
            return Err(MigrationError::Unknown { database, version: (*version).to_owned() });
        }
        if let Some(version) = self.versions(Standing::Edited).first() {
            return Err(MigrationError::Edited { database, version: (*version).to_owned() });
        }
        if let (OutOfOrder::Refuse, Some((pending, applied))) = (policy, self.out_of_order()) {
            return Err(MigrationError::OutOfOrder {
                database,
                pending: pending.to_owned(),
                applied: applied.to_owned(),
            });
        }
        Ok(())
    }

    /// The first pending version that is older than an applied one, and that one.
    pub fn out_of_order(&self) -> Option<(&str, &str)> {
        let newest = self.migrations.iter().rev().find(|migration| migration.standing != Standing::Pending)?;
        let pending = self.versions(Standing::Pending);
        let late = pending.into_iter().find(|version| VersionKey::compare(version, &newest.version).is_lt())?;
        Some((late, newest.version.as_str()))
    }
}

fn standing_of(migration: &Migration, snapshot: &Snapshot) -> MigrationState {
    let record = snapshot.applied.get(&migration.version);
    let standing = match record {
        None => Standing::Pending,
        Some(AppliedRecord { sequence: None, .. }) => Standing::Foreign,
        Some(record) if is_edited(migration, record) => Standing::Edited,
        Some(_) => Standing::Applied,
    };
    MigrationState { version: migration.version.clone(), standing, applied_at: record.map(|record| record.applied_at) }
}

/// A checksum by another algorithm cannot be compared, and so says nothing.
fn is_edited(migration: &Migration, record: &AppliedRecord) -> bool {
    match (migration.checksum(), &record.checksum, record.algorithm.as_deref()) {
        (Some((now, _)), Some(then), Some(ALGORITHM)) => now != then,
        _ => false,
    }
}
