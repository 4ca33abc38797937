//! The one error that verbs over several databases answer with.

use thiserror::Error;

use crate::catalog::CatalogError;
use crate::config::ConfigError;
use crate::connect::ConnectError;
use crate::destructive::ConsentError;
use crate::failure::FailureKind;
use crate::lifecycle::LifecycleError;
use crate::lock::LockError;
use crate::migrate::{FolderError, MigrationError};
use crate::seed::SeedError;
use crate::tracking::IdentityError;

/// Why a verb did not do what it was asked to.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Error {
    /// A name or the catalog itself.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A database cannot be reached.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// A lock was not to be had.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// A database is another one.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// A migration.
    #[error(transparent)]
    Migration(#[from] MigrationError),
    /// A seed.
    #[error(transparent)]
    Seed(#[from] SeedError),
    /// Making, emptying or dropping.
    #[error(transparent)]
    Lifecycle(LifecycleError),
    /// Nobody agreed.
    #[error(transparent)]
    Consent(#[from] ConsentError),
    /// A database that others come after is not up to date.
    #[error("`{database}` comes after `{dependency}`, which has {pending} pending migrations")]
    Behind {
        /// The database asked for.
        database: String,
        /// The one that is behind.
        dependency: String,
        /// How many are pending there.
        pending: usize,
    },
    /// The database itself is not up to date.
    #[error("`{database}` has {pending} pending migrations")]
    Pending {
        /// The database.
        database: String,
        /// How many.
        pending: usize,
    },
    /// An error of one database among several.
    #[error("{database}: {source}")]
    In {
        /// Which.
        database: String,
        /// What.
        source: Box<Error>,
    },
    /// A task of ours ended without an answer.
    #[error("the work on a database broke off: {reason}")]
    Broken {
        /// Why.
        reason: String,
    },
}

impl From<FolderError> for Error {
    fn from(error: FolderError) -> Self {
        Self::Migration(error.into())
    }
}

impl From<LifecycleError> for Error {
    fn from(error: LifecycleError) -> Self {
        match error {
            // A lock is a lock, whatever it is for.
            LifecycleError::Lock(error) => Self::Lock(error),
            error => Self::Lifecycle(error),
        }
    }
}

impl Error {
    /// Says which database an error is about, unless it says so itself.
    #[must_use]
    pub fn within(self, database: &str) -> Self {
        let source = self.of_pooler(database);
        let database = database.to_owned();
        if source.to_string().starts_with(&format!("{database}: ")) {
            return source;
        }
        Self::In { database, source: Box::new(source) }
    }

    /// What a pooler broke is told as the pooler's doing.
    pub(crate) fn of_pooler(self, database: &str) -> Self {
        if self.is_pooled() { LockError::Pooler { database: database.to_owned() }.into() } else { self }
    }

    /// Whether a pooler got in the way before it could be found out by the lock.
    fn is_pooled(&self) -> bool {
        matches!(
            self,
            Self::Connect(ConnectError::Pooled { .. })
                | Self::Lock(LockError::Connect(ConnectError::Pooled { .. }))
                | Self::Migration(MigrationError::Engine { kind: FailureKind::Pooled, .. })
        )
    }

    /// Whether there is no way to a database that should be there: its server is down, or refuses the login. One that was
    /// never made is no such thing.
    pub(crate) fn is_unreachable(&self) -> bool {
        match self {
            Self::Connect(error) | Self::Migration(MigrationError::Connect(error)) => {
                !matches!(error, ConnectError::Missing { .. })
            }
            Self::In { source, .. } => source.is_unreachable(),
            _ => false,
        }
    }

    /// What to do next.
    pub fn hint(&self) -> String {
        match self {
            Self::Catalog(error) => error.hint(),
            Self::Config(error) => error.hint(),
            Self::Connect(error) => error.hint(),
            Self::Lock(error) => error.hint(),
            Self::Identity(error) => error.hint(),
            Self::Migration(error) => error.hint(),
            Self::Seed(error) => error.hint(),
            Self::Lifecycle(error) => error.hint(),
            Self::Consent(error) => error.hint(),
            Self::Behind { dependency, .. } => {
                format!("`cargo xtask db migrate {dependency}` first, or add `--with-dependencies`")
            }
            Self::Pending { database, .. } => format!("`cargo xtask db migrate {database}` first"),
            Self::In { source, .. } => source.hint(),
            Self::Broken { .. } => "this is a fault of Atriz; the log has more".to_owned(),
        }
    }

    /// Whether it is a fault of ours rather than something the user can mend.
    pub fn is_unexpected(&self) -> bool {
        match self {
            Self::Broken { .. } => true,
            Self::In { source, .. } => source.is_unexpected(),
            _ => false,
        }
    }
}
