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
    /// Two databases would be one.
    #[error("databases `{first}` and `{second}` are both at {place}")]
    SamePlace {
        /// One database.
        first: String,
        /// The other.
        second: String,
        /// Where both are.
        place: String,
    },
    /// Two apps would listen on one port.
    #[error("`{first}` in {first_origin} and `{second}` in {second_origin} are the same port, {port}")]
    SamePort {
        /// One variable.
        first: String,
        /// Where it stands.
        first_origin: String,
        /// The other.
        second: String,
        /// Where that stands.
        second_origin: String,
        /// The port.
        port: u16,
    },
    /// A variable that the driver obeys behind this configuration.
    #[error("`{variable}` is set in the environment: it would change every connection to PostgreSQL")]
    DriverVariable {
        /// The variable.
        variable: String,
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
    /// `DB_NAME` in the environment of a command that works on several databases.
    #[error("`DB_NAME` is set in the environment: it would give every database one name")]
    AmbiguousName,
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

    /// Two variables that mean different things, whose places are not known yet.
    pub(super) fn disagree(first: &str, second: &str) -> Self {
        Self::Disagree {
            first: first.to_owned(),
            first_origin: String::new(),
            second: second.to_owned(),
            second_origin: String::new(),
        }
    }

    /// A certificate that stands in the URL itself.
    pub(super) fn inline_certificate(variable: &str) -> Self {
        Self::Invalid {
            variable: variable.to_owned(),
            origin: "the configuration".to_owned(),
            reason: "other programs take the certificate authority from a file alone".to_owned(),
        }
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
            Self::SamePlace { first, second, .. } => {
                let (first, second) = (first.to_uppercase(), second.to_uppercase());
                format!("correct `{first}_DATABASE_URL` or `{second}_DATABASE_URL`, or the `DB_NAME` of one owner's .env")
            }
            Self::SamePort { second, .. } => format!("set `{second}` to another port"),
            Self::DriverVariable { variable } => {
                format!("`unset {variable}`; a URL takes `options`, `sslcert` and `sslkey` for its own connections")
            }
            Self::File { .. } => "a line is `NAME=value`; quote values that hold blanks or `#`".to_owned(),
            Self::AmbiguousUrl => {
                "unset it; name each database's own, such as `CORE_DATABASE_URL`, or set `PGHOST` for all".to_owned()
            }
            Self::AmbiguousName => {
                "`unset DB_NAME`; write it into one owner's own .env, such as apps/pshop/.env, or name the database in its URL"
                    .to_owned()
            }
            Self::Missing { variable, .. } => format!("set `{variable}` in the environment or in a .env file"),
            Self::NoTarget { .. } => "ask for a database of the catalog that the configuration was read for".to_owned(),
        }
    }
}
