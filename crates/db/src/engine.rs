//! The two database engines.

use std::fmt;

use sea_orm::DbBackend;
use serde::Serialize;

/// A database engine that Atriz runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    /// PostgreSQL 15 or later.
    Postgres,
    /// SQLite 3.40 or later.
    Sqlite,
}

impl Engine {
    /// Both engines.
    pub const ALL: [Self; 2] = [Self::Postgres, Self::Sqlite];

    /// The engine's name as folders and the command line spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Sqlite => "sqlite",
        }
    }

    /// The engine as it is called in a sentence.
    pub fn title(self) -> &'static str {
        match self {
            Self::Postgres => "PostgreSQL",
            Self::Sqlite => "SQLite",
        }
    }

    /// The other engine, whose folder holds a migration's twin.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Postgres => Self::Sqlite,
            Self::Sqlite => Self::Postgres,
        }
    }

    /// The engine that `name` spells, as in [`Engine::name`].
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|engine| engine.name() == name)
    }

    /// The engine of a `SeaORM` connection, if it is one of ours.
    pub fn of_backend(backend: DbBackend) -> Option<Self> {
        match backend {
            DbBackend::Postgres => Some(Self::Postgres),
            DbBackend::Sqlite => Some(Self::Sqlite),
            _ => None,
        }
    }

    /// SeaORM's name for the engine.
    pub fn backend(self) -> DbBackend {
        match self {
            Self::Postgres => DbBackend::Postgres,
            Self::Sqlite => DbBackend::Sqlite,
        }
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
