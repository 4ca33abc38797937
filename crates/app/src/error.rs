//! Why an app did not do what it was asked to.

use atriz_core::AuthError;
use atriz_web::{BindError, LoggingError};
use thiserror::Error;

use crate::hint;

/// Why an app did not start, or a verb of its command line did not do its work.
#[derive(Debug, Error)]
pub enum AppError {
    /// The configuration, or a database.
    #[error(transparent)]
    Database(#[from] atriz_db::Error),
    /// The port cannot be taken.
    #[error(transparent)]
    Bind(#[from] BindError),
    /// The log cannot be set up.
    #[error(transparent)]
    Logging(#[from] LoggingError),
    /// A database has no mark: it was never migrated.
    #[error("database `{database}` was never migrated")]
    Unmarked {
        /// The database.
        database: String,
        /// The program that can do it.
        package: &'static str,
    },
    /// A database lacks migrations that this program counts on.
    #[error("database `{database}` has {pending} pending {}, the first is `{first}`", migrations(*pending))]
    Pending {
        /// The database.
        database: String,
        /// How many.
        pending: usize,
        /// The oldest of them.
        first: String,
        /// The program that can apply them.
        package: &'static str,
    },
    /// Names without a schema would not be found, or others would.
    #[error("connections to database `{database}` see the schemas {found}; expected are {expected}")]
    Schemas {
        /// The database.
        database: String,
        /// What `current_schemas` says.
        found: String,
        /// What it should say.
        expected: String,
    },
    /// A migration failed or was not begun.
    #[error("{message}")]
    Unfinished {
        /// What happened.
        message: String,
        /// What to do about it.
        hint: String,
    },
    /// A verb of SeaORM's own tools that wipes whatever it is pointed at.
    #[error("`{package} {verb}` is refused: it would wipe whatever it is pointed at")]
    Refused {
        /// The program.
        package: &'static str,
        /// The verb.
        verb: &'static str,
    },
    /// `status --check` found something to do. The report has said what.
    #[error("not every database is up to date")]
    NotCurrent {
        /// The program that can apply what is pending.
        package: &'static str,
    },
    /// The keys, or what signs people in.
    #[error("sign-in: {0}")]
    SignIn(#[from] AuthError),
    /// A verb that works on the issuer's tables, asked of a program that is told to leave them alone.
    #[error("`{package} {verb}` works on the tables of the issuer, and this program is told to be a verifier")]
    NotIssuer {
        /// The program.
        package: &'static str,
        /// The verb.
        verb: &'static str,
    },
    /// The audit trail does not add up. The report has said where.
    #[error("the audit trail was changed")]
    AuditBroken,
    /// The password of a new account was not given as it has to be.
    #[error("{0}")]
    Password(&'static str),
    /// A file that was named on the command line cannot be written.
    #[error("`{}` cannot be written: {source}", path.display())]
    File {
        /// The file.
        path: std::path::PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The machine refuses something that every program needs.
    #[error("the program cannot start: {0}")]
    System(std::io::Error),
}

fn migrations(count: usize) -> &'static str {
    if count == 1 { "migration" } else { "migrations" }
}

impl AppError {
    /// What to do next. `package` is the program that the error is told to, since advice that names its verbs needs no
    /// workspace.
    pub fn hint(&self, package: &str) -> String {
        match self {
            Self::Database(error) => hint::of(error, package),
            Self::Bind(error) => error.hint().to_owned(),
            Self::Logging(error) => error.hint().to_owned(),
            Self::Unmarked { package, .. } | Self::Pending { package, .. } | Self::NotCurrent { package } => {
                format!("`{package} migrate` applies what is pending")
            }
            Self::Schemas { .. } => {
                let words = "`cargo xtask db create` sets search_path for the login; a pooler must not reset it";
                hint::in_words_of(package, words)
            }
            Self::Unfinished { hint, .. } => hint::in_words_of(package, hint),
            Self::Refused { .. } => {
                let words = "`cargo xtask db reset` asks first, checks the database's mark and refuses production";
                hint::in_words_of(package, words)
            }
            Self::SignIn(AuthError::Keyring(_)) => {
                "AUTH_KEYS_FILE and AUTH_PEPPERS_FILE name the files with the keys (docs/configuration.md)".to_owned()
            }
            Self::SignIn(AuthError::Unreachable) => {
                "AUTH_ISSUER_URL is where the issuer answers; start that one first".to_owned()
            }
            Self::SignIn(AuthError::Unacceptable { .. } | AuthError::Conflict(_)) => {
                "mend that, and run the same command again".to_owned()
            }
            Self::SignIn(_) => "the log above may say why".to_owned(),
            Self::NotIssuer { verb, .. } => {
                format!("run `atriz-api {verb}`, or the verb of whichever program has AUTH_MODE=issuer")
            }
            Self::AuditBroken => "compare with a copy of the trail, or with a head that was kept elsewhere".to_owned(),
            Self::Password(_) => "type it twice at the prompt, or give it with `--password-stdin`".to_owned(),
            Self::File { .. } => "name a file in a folder that is there, and that this user may write to".to_owned(),
            Self::System(_) => "see what limits the system sets for this user".to_owned(),
        }
    }

    /// Whether it is a fault of ours or of the machine rather than something the user can mend.
    pub fn is_unexpected(&self) -> bool {
        match self {
            Self::Database(error) => error.is_unexpected(),
            Self::System(_) | Self::SignIn(AuthError::Inside(_) | AuthError::Database(_)) => true,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_migration_is_not_several() {
        let pending = |pending| AppError::Pending {
            database: "core".to_owned(),
            pending,
            first: "2026_a".to_owned(),
            package: "shop-api",
        };
        assert_eq!(pending(1).to_string(), "database `core` has 1 pending migration, the first is `2026_a`");
        assert!(pending(2).to_string().contains("2 pending migrations,"));
    }
}
