//! Which kind of environment a process runs in, and a database belongs to.

use std::fmt;

use serde::{Deserialize, Serialize};

/// `APP_ENV`, and the mark that each database carries of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// A developer's machine. The default.
    #[default]
    Development,
    /// Automated tests.
    Test,
    /// Where losing data hurts somebody.
    Production,
}

impl Environment {
    /// The word that `APP_ENV` takes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Test => "test",
            Self::Production => "production",
        }
    }

    /// The environment that `name` spells.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Development, Self::Test, Self::Production].into_iter().find(|environment| environment.name() == name)
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
