//! Why migrations did not run, or stopped.

use sea_orm::DbErr;
use thiserror::Error;

use super::Direction;
use super::folder_error::FolderError;
use crate::connect::ConnectError;
use crate::destructive::ConsentError;
use crate::failure::{Failure, FailureKind};
use crate::lock::LockError;
use crate::tracking::IdentityError;

/// Migrations did not run, or stopped.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MigrationError {
    /// The folder is not in order.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The database cannot be reached.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The lock was not to be had.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The database is another one.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// Rows would be lost, and nobody agreed.
    #[error(transparent)]
    Consent(#[from] ConsentError),
    /// The history has a version that this checkout has no file for.
    #[error("{database}: `{version}` is applied, and there is no such file here")]
    Unknown {
        /// The database.
        database: String,
        /// The version.
        version: String,
    },
    /// The file of an applied migration has changed.
    #[error("{database}: the file of `{version}` has changed since it was applied{difference}")]
    Edited {
        /// The database.
        database: String,
        /// The version.
        version: String,
        /// The first statement that differs, in words; empty where the journal does not tell.
        difference: String,
    },
    /// A database that stopped somewhere among the migrations that a checkpoint stands for.
    #[error("{database}: `{version}` replaces migrations of which some are applied, and some are not")]
    HalfReplaced {
        /// The database.
        database: String,
        /// The checkpoint.
        version: String,
    },
    /// A migration broke off between statements that run alone, so what stands below it cannot go.
    #[error("{database}: `{version}` broke off on its way, and nothing can be taken back from under it")]
    PartlyApplied {
        /// The database.
        database: String,
        /// The version.
        version: String,
    },
    /// A way back broke off between statements that run alone.
    #[error("{database}: the way back of `{version}` broke off in the middle")]
    PartlyReverted {
        /// The database.
        database: String,
        /// The version.
        version: String,
    },
    /// A statement that runs alone was begun, and nobody saw it end, or it failed and may have kept a part of what it did.
    #[error(
        "{path}, line {line}: statement {number} was begun by an earlier run, and nothing tells whether it ran\n  {excerpt}"
    )]
    Undecided {
        /// The database.
        database: String,
        /// The file.
        path: String,
        /// The line of the statement.
        line: usize,
        /// From one.
        number: usize,
        /// The statement's beginning.
        excerpt: String,
    },
    /// A pending migration is older than an applied one.
    #[error("{database}: `{pending}` is pending and older than `{applied}`, which is applied")]
    OutOfOrder {
        /// The database.
        database: String,
        /// The late one.
        pending: String,
        /// The newest applied one.
        applied: String,
    },
    /// A version on the command line that there is not.
    #[error("{database}: there is no migration `{version}`")]
    NoSuchVersion {
        /// The database.
        database: String,
        /// What was asked for.
        version: String,
    },
    /// A version to go back to that is not applied: going back to it would take everything along.
    #[error("{database}: `{version}` is not applied, so nothing can be taken back to it")]
    NotApplied {
        /// The database.
        database: String,
        /// The version.
        version: String,
    },
    /// The way back is closed.
    #[error("{database}: `{version}` cannot be taken back: {reason}")]
    Irreversible {
        /// The database.
        database: String,
        /// The version.
        version: String,
        /// What its file says.
        reason: String,
    },
    /// A statement failed; nothing of its migration stays, unless it ran alone.
    #[error("{path}, line {line}: {message}{}\n  statement {number} of {count}: {excerpt}", told(values.as_deref()))]
    Statement {
        /// The file.
        path: String,
        /// The line of the statement.
        line: usize,
        /// From one.
        number: usize,
        /// How many the file has.
        count: usize,
        /// What the engine says.
        message: String,
        /// What of that may hold values of rows.
        values: Option<Box<Values>>,
        /// The statement's beginning.
        excerpt: String,
        /// What kind of failure.
        kind: FailureKind,
        /// What stays of the migration.
        left: Left,
    },
    /// A migration in Rust failed.
    #[error("{version} ({}): {message}{}", direction.name(), told(values.as_deref()))]
    Rust {
        /// The migration.
        version: String,
        /// Which way.
        direction: Direction,
        /// What it says.
        message: String,
        /// What of that may hold values of rows.
        values: Option<Box<Values>>,
    },
    /// Rows refer to nothing after a rebuild.
    #[error("{path}: after the rebuild {rows} rows of `{table}` refer to rows that are gone")]
    DanglingRows {
        /// The file.
        path: String,
        /// The table.
        table: String,
        /// How many.
        rows: usize,
    },
    /// A way out that leads nowhere: the migration does not stand so.
    #[error("{database}: `{version}` stands otherwise ({standing}), so this does not mend it")]
    NothingToRepair {
        /// The database.
        database: String,
        /// The version.
        version: String,
        /// How it stands.
        standing: String,
    },
    /// A statement that ran alone before a failure was edited since.
    #[error("{path}: statement {number} ran already, and has been edited since")]
    ResumeEdited {
        /// The file.
        path: String,
        /// From one.
        number: usize,
    },
    /// Somebody says that a statement ran, and none is in doubt.
    #[error("{database}: no statement of `{version}` is in doubt")]
    NothingInDoubt {
        /// The database.
        database: String,
        /// The version.
        version: String,
    },
    /// Somebody says that a statement ran, and the database says that it did not.
    #[error("{path}, line {line}: statement {number} did not run: what it makes is missing or broken\n  {excerpt}")]
    DidNotRun {
        /// The file.
        path: String,
        /// The line of the statement.
        line: usize,
        /// From one.
        number: usize,
        /// The statement's beginning.
        excerpt: String,
    },
    /// The toolkit's own statements failed.
    #[error("{place}: {message}{}", told(values.as_deref()))]
    Engine {
        /// Where.
        place: String,
        /// What the engine says.
        message: String,
        /// What kind of failure.
        kind: FailureKind,
        /// What of that may hold values of rows, as a trigger that runs at the commit tells them.
        values: Option<Box<Values>>,
    },
}

/// What a failure tells that may hold values of rows: for whoever looks on, and not for the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Values {
    /// What the engine adds to its message.
    pub detail: Option<String>,
    /// What the journal says for a message that quotes a value.
    pub instead: Option<String>,
}

impl Values {
    pub(super) fn of(failure: &Failure) -> Option<Box<Self>> {
        let (detail, instead) = (failure.detail.clone(), failure.without_value());
        (detail.is_some() || instead.is_some()).then(|| Box::new(Self { detail, instead }))
    }
}

/// What stays of a migration whose statement failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// Nothing, since it ran in one transaction.
    Nothing,
    /// The statements before it, which ran alone.
    Before,
    /// Perhaps what the engine could not take back of the statement itself, which no transaction holds.
    Trace,
    /// What code that ends transactions itself had committed before it failed.
    Part,
}

impl Left {
    fn hint(self) -> &'static str {
        match self {
            Self::Nothing => "nothing of this migration stays; correct it and run again",
            Self::Before => "the statements before it stay; correct it and run again, it goes on from there",
            Self::Trace => "correct it and run again; what a broken index build leaves is removed first",
            Self::Part => {
                "what it committed before it failed stays, and nothing tells how much that is; look, then choose a way out \
                 that `cargo xtask db repair` offers"
            }
        }
    }
}

/// What the engine adds, on lines of its own.
fn told(values: Option<&Values>) -> String {
    let detail = values.and_then(|values| values.detail.as_ref());
    detail.map(|detail| format!("\n  {}", detail.replace('\n', "\n  "))).unwrap_or_default()
}

impl MigrationError {
    /// A failure of a statement that is the toolkit's own.
    pub fn engine(place: &str, error: &DbErr) -> Self {
        let failure = Failure::of_session(error);
        let values = Values::of(&failure);
        Self::Engine { place: place.to_owned(), message: failure.message, kind: failure.kind, values }
    }

    /// Whether the connection is gone that it came over, outside of a statement of a migration.
    pub(crate) fn is_of_a_lost_connection(&self) -> bool {
        matches!(self, Self::Engine { kind: FailureKind::Connection, .. })
    }

    /// Says more of a failure than the engine does.
    pub(super) fn add_to_message(&mut self, words: &str) {
        if let Self::Statement { message, .. } | Self::Rust { message, .. } = self {
            message.push_str(words);
        }
    }

    /// The message for the journal, which nothing is taken out of again: without the values of rows that an engine tells.
    /// What a migration itself says, by RAISE or in Rust, stays, since its author decides what that is.
    pub(super) fn without_values(&self) -> String {
        let mut error = self.clone();
        if let Self::Statement { message, values, .. }
        | Self::Rust { message, values, .. }
        | Self::Engine { message, values, .. } = &mut error
            && let Some(instead) = values.take().and_then(|values| values.instead)
        {
            *message = instead;
        }
        error.to_string()
    }

    /// What to do next.
    pub fn hint(&self) -> String {
        match self {
            Self::Folder(error) => error.hint(),
            Self::Connect(error) => error.hint(),
            Self::Lock(error) => error.hint(),
            Self::Identity(error) => error.hint(),
            Self::Consent(_) => "`cargo xtask db rollback` tells what would be lost, and asks".to_owned(),
            Self::Unknown { .. } => "check out the revision that has it; for an app that was rolled back one release, \
                 `cargo xtask db migrate --ignore-unknown` passes over it"
                .to_owned(),
            Self::Edited { database, version, .. } => format!(
                "restore the file and make the change in a new migration; if the change does not matter, accept it: \
                 `cargo xtask db repair {database} {version} --accept \"why\"`"
            ),
            Self::HalfReplaced { database, .. } => format!(
                "check out the revision before the checkpoint, run `cargo xtask db migrate {database}` there, then come back"
            ),
            Self::PartlyReverted { database, .. } => {
                format!(
                    "`cargo xtask db rollback {database}` goes on with it, `cargo xtask db repair {database}` shows it"
                )
            }
            Self::PartlyApplied { database, version } => format!(
                "take it back first with `cargo xtask db repair {database} {version} --revert`, or end it with \
                 `cargo xtask db migrate {database}`"
            ),
            Self::Undecided { database, .. } => {
                format!("`cargo xtask db repair {database}` shows what is there and what can be done")
            }
            Self::OutOfOrder { .. } => {
                "give it a later version if it was never released, or run with `--out-of-order allow`".to_owned()
            }
            Self::NoSuchVersion { database, .. } | Self::NotApplied { database, .. } => {
                format!("`cargo xtask db status {database}` lists them")
            }
            Self::Irreversible { .. } => "restore a backup, or write a new migration that goes forward".to_owned(),
            Self::Statement { kind, left, .. } => kind.way_out().unwrap_or(left.hint()).to_owned(),
            Self::Rust { .. } | Self::DanglingRows { .. } => {
                "nothing of this migration stays; correct it and run again".to_owned()
            }
            Self::NothingToRepair { database, .. } => {
                format!("`cargo xtask db repair {database}` shows what is wrong, and what can be done about it")
            }
            Self::NothingInDoubt { database, version } => {
                format!("`cargo xtask db repair {database} {version} --resume` goes on where it broke off")
            }
            Self::DidNotRun { .. } => "`--resume` without `--ran` runs it, and removes what is broken first".to_owned(),
            Self::ResumeEdited { .. } => "restore that statement; later ones may be changed".to_owned(),
            Self::Engine { kind, .. } => {
                kind.way_out().unwrap_or("the message is the engine's own; its log may say more").to_owned()
            }
        }
    }
}
