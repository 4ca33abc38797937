//! What is applied, what is pending, and what does not fit: folder against database, by set difference.

use std::collections::HashSet;

use serde::Serialize;

use super::checksum::ALGORITHM;
use super::folder::{Folder, Migration};
use super::version::VersionKey;
use super::{Direction, MigrationError};
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
    /// Its statements run alone, and it broke off between them on the way there: it goes on from there.
    Partial,
    /// It broke off between its statements on the way back.
    PartlyReverted,
    /// A checkpoint, of whose migrations some are applied and some are not.
    HalfReplaced,
    /// Applied, and the file has changed since.
    Edited,
    /// Applied, and this checkout has no such file.
    Unknown,
}

impl Standing {
    /// How it stands, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Foreign => "applied by another tool",
            Self::Pending => "pending",
            Self::Partial => "broke off on its way",
            Self::PartlyReverted => "broke off on its way back",
            Self::HalfReplaced => "replaces migrations of which not all are applied",
            Self::Edited => "edited since it was applied",
            Self::Unknown => "applied, and has no file here",
        }
    }

    /// Whether it stands in the middle: broken off, or being worked on.
    pub(crate) fn is_in_the_middle(self) -> bool {
        matches!(self, Self::Partial | Self::PartlyReverted)
    }

    /// Whether it calls for somebody's eyes.
    pub fn is_odd(self) -> bool {
        !matches!(self, Self::Applied | Self::Foreign | Self::Pending)
    }
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
    /// Run it, and say so.
    Warn,
    /// Run it.
    Allow,
}

/// What a run does about a database that its folder does not quite fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tolerance {
    /// Pending migrations that are older than an applied one.
    pub out_of_order: OutOfOrder,
    /// Whether applied versions without a file are let stand: those of an app that was rolled back one release.
    pub ignore_unknown: bool,
}

impl Tolerance {
    /// What `status` shows as right: order and age are the next run's business.
    pub const LENIENT: Self = Self { out_of_order: OutOfOrder::Allow, ignore_unknown: false };
}

impl State {
    /// Compares a folder with a database.
    pub fn of(folder: &Folder, snapshot: &Snapshot) -> Self {
        let mut migrations: Vec<_> =
            folder.migrations.iter().map(|migration| standing_of(migration, snapshot)).collect();
        let known: HashSet<&str> = folder.known().collect();
        for (version, record) in &snapshot.applied {
            if !known.contains(version.as_str()) {
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
        self.migrations.len() - self.pending().len()
    }

    /// The versions that a run has to apply: pending ones, and those that broke off on their way.
    pub fn pending(&self) -> Vec<&str> {
        let found = self.migrations.iter().filter(|one| matches!(one.standing, Standing::Pending | Standing::Partial));
        found.map(|migration| migration.version.as_str()).collect()
    }

    /// Whether nothing is left to do and nothing is wrong.
    pub fn is_current(&self) -> bool {
        self.migrations.iter().all(|migration| matches!(migration.standing, Standing::Applied | Standing::Foreign))
    }

    /// Refuses a database that the folder does not fit.
    ///
    /// # Errors
    ///
    /// [`MigrationError::Unknown`], [`MigrationError::Edited`], [`MigrationError::HalfReplaced`],
    /// [`MigrationError::PartlyReverted`] or [`MigrationError::OutOfOrder`].
    pub fn check(&self, database: &str, tolerance: Tolerance) -> Result<(), MigrationError> {
        let first = |standing| self.versions(standing).first().map(|version| (*version).to_owned());
        let database = database.to_owned();
        if let (Some(version), false) = (first(Standing::Unknown), tolerance.ignore_unknown) {
            return Err(MigrationError::Unknown { database, version });
        }
        if let Some(version) = first(Standing::Edited) {
            return Err(MigrationError::Edited { database, version, difference: String::new() });
        }
        if let Some(version) = first(Standing::HalfReplaced) {
            return Err(MigrationError::HalfReplaced { database, version });
        }
        if let Some(version) = first(Standing::PartlyReverted) {
            return Err(MigrationError::PartlyReverted { database, version });
        }
        if let (OutOfOrder::Refuse, Some((pending, applied))) = (tolerance.out_of_order, self.out_of_order()) {
            let (pending, applied) = (pending.to_owned(), applied.to_owned());
            return Err(MigrationError::OutOfOrder { database, pending, applied });
        }
        Ok(())
    }

    /// The first pending version that is older than an applied one, and that one.
    pub fn out_of_order(&self) -> Option<(&str, &str)> {
        let is_pending = |one: &&MigrationState| matches!(one.standing, Standing::Pending | Standing::Partial);
        let newest = self.migrations.iter().rev().find(|one| !is_pending(one))?;
        let late = self.pending().into_iter().find(|version| VersionKey::compare(version, &newest.version).is_lt())?;
        Some((late, newest.version.as_str()))
    }
}

fn standing_of(migration: &Migration, snapshot: &Snapshot) -> MigrationState {
    let record = snapshot.applied.get(&migration.version);
    let standing = match (record, snapshot.partial.get(&migration.version)) {
        (None, None) => return replaced_or_pending(migration, snapshot),
        (None, Some(_)) => Standing::Partial,
        (Some(_), Some(Direction::Down)) => Standing::PartlyReverted,
        (Some(AppliedRecord { sequence: None, .. }), _) => Standing::Foreign,
        (Some(record), _) if is_edited(migration, record) => Standing::Edited,
        (Some(_), _) => Standing::Applied,
    };
    MigrationState { version: migration.version.clone(), standing, applied_at: record.map(|record| record.applied_at) }
}

/// A checkpoint is applied where everything that it stands for is.
fn replaced_or_pending(migration: &Migration, snapshot: &Snapshot) -> MigrationState {
    let replaces = migration.replaces();
    let applied: Vec<_> = replaces.iter().filter_map(|version| snapshot.applied.get(version)).collect();
    let standing = if applied.is_empty() {
        Standing::Pending
    } else if migration.is_covered_by(|version| snapshot.applied.contains_key(version)) {
        Standing::Applied
    } else {
        Standing::HalfReplaced
    };
    let applied_at = applied.iter().map(|record| record.applied_at).max();
    MigrationState { version: migration.version.clone(), standing, applied_at }
}

/// A checksum by another algorithm cannot be compared, and so says nothing.
fn is_edited(migration: &Migration, record: &AppliedRecord) -> bool {
    match (migration.checksum(), &record.checksum, record.algorithm.as_deref()) {
        (Some((now, _)), Some(then), Some(ALGORITHM)) => now != then,
        _ => false,
    }
}
