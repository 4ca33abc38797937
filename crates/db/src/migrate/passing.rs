//! Failures that pass, so that a migration is tried once more.

use crate::failure::FailureKind;

/// A failure that passes: others were in the way, and nothing of the try stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Passing {
    /// A lock was not granted in time.
    LockTimeout,
    /// The server chose this transaction to break a deadlock.
    Deadlock,
    /// SQLite was busy with another writer.
    Busy,
}

impl Passing {
    /// What kind it is; nothing for a failure that would come again.
    pub(super) fn of(kind: FailureKind) -> Option<Self> {
        match kind {
            FailureKind::LockTimeout => Some(Self::LockTimeout),
            FailureKind::Deadlock => Some(Self::Deadlock),
            FailureKind::Busy => Some(Self::Busy),
            _ => None,
        }
    }

    /// It in words.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::LockTimeout => "a lock was not granted within 3 s",
            Self::Deadlock => "it ran into a deadlock",
            Self::Busy => "another process was writing for more than 5 s",
        }
    }
}
