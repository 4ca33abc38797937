//! What can be wrong with the configuration.

use thiserror::Error;

/// A variable cannot be used. Values are never part of a message, since some are secrets.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ConfigError {
    /// A name that nothing reads.
    #[error("`{variable}` in {origin} is not a variable that Atriz knows")]
    Unknown {
        /// The name.
        variable: String,
        /// Where it stands.
        origin: String,
        /// The nearest known name.
        nearest: Option<String>,
    },
    /// A URL for a database that the catalog does not have.
    #[error("`{variable}` in {origin} names no database of this workspace")]
    UnknownDatabase {
        /// The name of the variable.
        variable: String,
        /// Where it stands.
        origin: String,
        /// The nearest variable of a database there is.
        nearest: Option<String>,
    },
    /// A variable about one app alone, where every app reads it.
    #[error("`{variable}` in {origin} is about one app alone, and every app reads it there")]
    Misplaced {
        /// The name.
        variable: String,
        /// Where it stands.
        origin: String,
    },
    /// A value that cannot be read.
    #[error("`{variable}` in {origin} cannot be read: {reason}")]
    Invalid {
        /// The name.
        variable: String,
        /// Where it stands.
        origin: String,
        /// What was expected.
        reason: String,
    },
    /// Two spellings or two files say different things.
    #[error("`{first}` in {first_origin} and `{second}` in {second_origin} say different things")]
    Disagree {
        /// One variable.
        first: String,
        /// Where it stands.
        first_origin: String,
        /// The other.
        second: String,
        /// Where that stands.
        second_origin: String,
    },
    /// A `.env` file that cannot be read or parsed.
    #[error("{origin} cannot be read: {reason}")]
    File {
        /// The file.
        origin: String,
        /// Why.
        reason: String,
    },
    /// `DATABASE_URL` in the environment of a command that works on several databases.
    #[error("`DATABASE_URL` is set in the environment: it would aim every database at one")]
    AmbiguousUrl,
    /// A variable that this command needs is not set.
    #[error("`{variable}` is not set, and {purpose} needs it")]
    Missing {
        /// The variable.
        variable: String,
        /// What needs it.
        purpose: String,
    },
    /// A database of another catalog.
    #[error("database `{database}` has no configuration")]
    NoTarget {
        /// The name.
        database: String,
    },
}

impl ConfigError {
    /// A value that cannot be read, whose place is not known yet; the layers fill it in.
    pub(super) fn invalid(variable: &str, reason: &str) -> Self {
        Self::Invalid { variable: variable.to_owned(), origin: String::new(), reason: reason.to_owned() }
    }

    /// What to do next.
    pub fn hint(&self) -> String {
        match self {
            Self::Unknown { nearest: Some(nearest), .. } | Self::UnknownDatabase { nearest: Some(nearest), .. } => {
                format!("did you mean `{nearest}`?")
            }
            Self::Unknown { .. } | Self::UnknownDatabase { .. } => {
                ".env.example lists every variable; remove the line if it is for another program".to_owned()
            }
            Self::Misplaced { variable, .. } => {
                format!(
                    "write it into that app's own .env, or with the app's name in front, such as `PSHOP_{variable}`"
                )
            }
            Self::Invalid { .. } => ".env.example explains every variable and its values".to_owned(),
            Self::Disagree { .. } => "keep one of the two, or set both to the same value".to_owned(),
            Self::File { .. } => "a line is `NAME=value`; quote values that hold blanks or `#`".to_owned(),
            Self::AmbiguousUrl => {
                "unset it; name each database's own, such as `CORE_DATABASE_URL`, or set `PGHOST` for all".to_owned()
            }
            Self::Missing { variable, .. } => format!("set `{variable}` in the environment or in a .env file"),
            Self::NoTarget { .. } => "ask for a database of the catalog that the configuration was read for".to_owned(),
        }
    }
}
