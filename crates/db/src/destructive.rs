//! Consent to lose data.

use std::fmt;

use serde::Serialize;
use thiserror::Error;

use crate::Environment;

/// Proof that losing data was agreed to. Only [`DestructiveToken::obtain`] makes one, and every function that loses data
/// demands one.
#[derive(Debug)]
pub struct DestructiveToken(());

/// What would be lost in one database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Loss {
    /// The database.
    pub database: String,
    /// Where it is.
    pub place: String,
    /// The tables that hold rows, and how many.
    pub tables: Vec<(String, u64)>,
}

impl Loss {
    /// All rows.
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|(_, rows)| rows).sum()
    }
}

/// How far a destructive verb may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Refused in production: clean, drop, reset.
    NeverProduction,
    /// Allowed in production with the database's name as confirmation: restore, lossy rollback, erase.
    ConfirmedByName,
}

/// What somebody said to it.
#[derive(Clone, Debug, Default)]
pub struct Consent {
    /// `--yes`.
    pub yes: bool,
    /// `--confirm NAME`.
    pub confirm: Option<String>,
    /// Asks on a terminal; absent where there is none.
    pub ask: Option<fn(&str) -> bool>,
}

/// A destructive verb was not agreed to.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ConsentError {
    /// The verb is refused in production.
    #[error("`{verb}` is refused in production ({reason})")]
    Production {
        /// The verb.
        verb: String,
        /// What says that it is production.
        reason: String,
    },
    /// Nobody agreed.
    #[error("`{verb}` would lose {loss}, and nobody agreed")]
    Missing {
        /// The verb.
        verb: String,
        /// What would be lost.
        loss: String,
    },
    /// The database's name is demanded.
    #[error("`{verb}` changes `{database}` for good, and needs its name as confirmation")]
    Unconfirmed {
        /// The verb.
        verb: String,
        /// The database.
        database: String,
    },
    /// Rows would be lost, and the database's name is demanded.
    #[error("`{verb}` would lose {loss} for good, and in production needs the database's name as confirmation")]
    LossUnconfirmed {
        /// The verb.
        verb: String,
        /// The database.
        database: String,
        /// What would be lost.
        loss: String,
    },
    /// Others come after the database and still hold rows.
    #[error("`{verb}` of `{database}` would leave rows of databases that come after it without theirs: {dependants}")]
    Dependants {
        /// The verb.
        verb: String,
        /// The database.
        database: String,
        /// Which databases, with their rows.
        dependants: String,
    },
}

impl ConsentError {
    /// What to do next.
    pub fn hint(&self) -> String {
        match self {
            Self::Production { .. } => "take a backup and work on a copy that is marked otherwise".to_owned(),
            Self::Missing { .. } => "say `--yes`, or run it on a terminal and answer".to_owned(),
            Self::Unconfirmed { database, .. } | Self::LossUnconfirmed { database, .. } => {
                format!("say `--confirm {database}`")
            }
            Self::Dependants { verb, .. } if verb == "rollback" => {
                "clean or drop those first (`cargo xtask db clean`)".to_owned()
            }
            Self::Dependants { .. } => "say `--with-dependants` to include them".to_owned(),
        }
    }
}

impl DestructiveToken {
    /// Asks for consent to `verb`, which would lose `losses`. `environments` are those of the process and of every database
    /// concerned: one that says production is enough.
    ///
    /// # Errors
    ///
    /// [`ConsentError`].
    pub fn obtain(
        verb: &str,
        reach: Reach,
        environments: &[(Environment, String)],
        losses: &[Loss],
        consent: &Consent,
    ) -> Result<Self, ConsentError> {
        if let Some((_, reason)) = environments.iter().find(|(environment, _)| *environment == Environment::Production)
        {
            return Self::in_production(verb, reach, reason, losses, consent);
        }
        let loss = Summary(losses).to_string();
        let agreed = consent.yes || consent.ask.is_some_and(|ask| ask(&format!("`{verb}` loses {loss}. Go on?")));
        if agreed { Ok(Self(())) } else { Err(ConsentError::Missing { verb: verb.to_owned(), loss }) }
    }

    /// Consent to take migrations back: nobody is asked where no row is lost.
    ///
    /// # Errors
    ///
    /// [`ConsentError`].
    pub fn for_rollback(
        environments: &[(Environment, String)],
        loss: Loss,
        consent: &Consent,
    ) -> Result<Self, ConsentError> {
        if loss.rows() == 0 {
            return Ok(Self(()));
        }
        Self::obtain("rollback", Reach::ConfirmedByName, environments, &[loss], consent)
    }

    /// Consent to remove files that only version control brings back. No database loses anything, so production does not
    /// matter.
    ///
    /// # Errors
    ///
    /// [`ConsentError::Missing`].
    pub fn for_files(verb: &str, folder: &str, files: usize, consent: &Consent) -> Result<Self, ConsentError> {
        let loss = format!("{} of {folder}", count(files as u64, "file"));
        let agreed = consent.yes || consent.ask.is_some_and(|ask| ask(&format!("`{verb}` removes {loss}. Go on?")));
        if agreed { Ok(Self(())) } else { Err(ConsentError::Missing { verb: verb.to_owned(), loss }) }
    }

    fn in_production(
        verb: &str,
        reach: Reach,
        reason: &str,
        losses: &[Loss],
        consent: &Consent,
    ) -> Result<Self, ConsentError> {
        if reach == Reach::NeverProduction {
            return Err(ConsentError::Production { verb: verb.to_owned(), reason: reason.to_owned() });
        }
        match losses.iter().find(|loss| consent.confirm.as_ref() != Some(&loss.database)) {
            Some(loss) => {
                let (verb, database) = (verb.to_owned(), loss.database.clone());
                if losses.iter().all(|loss| loss.rows() == 0) {
                    return Err(ConsentError::Unconfirmed { verb, database });
                }
                Err(ConsentError::LossUnconfirmed { verb, database, loss: Summary(losses).to_string() })
            }
            None => Ok(Self(())),
        }
    }
}

/// "12 rows in 3 tables of core, nothing of pshop".
struct Summary<'a>(&'a [Loss]);

impl fmt::Display for Summary<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, loss) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            match loss.rows() {
                0 => write!(formatter, "{separator}no rows of {}", loss.database)?,
                rows => write!(
                    formatter,
                    "{separator}{} in {} of {}",
                    count(rows, "row"),
                    count(loss.tables.len() as u64, "table"),
                    loss.database
                )?,
            }
        }
        Ok(())
    }
}

/// "1 row", "2 rows".
pub(crate) fn count(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn losses() -> Vec<Loss> {
        vec![Loss {
            database: "core".into(),
            place: "x".into(),
            tables: vec![("users".into(), 3), ("roles".into(), 2)],
        }]
    }

    fn obtain(reach: Reach, environment: Environment, consent: &Consent) -> Result<DestructiveToken, ConsentError> {
        DestructiveToken::obtain("clean", reach, &[(environment, "APP_ENV".into())], &losses(), consent)
    }

    #[test]
    fn nothing_is_lost_without_a_word() {
        let error = obtain(Reach::NeverProduction, Environment::Development, &Consent::default()).unwrap_err();
        assert_eq!(error.to_string(), "`clean` would lose 5 rows in 2 tables of core, and nobody agreed");
        assert!(
            obtain(Reach::NeverProduction, Environment::Test, &Consent { yes: true, ..Consent::default() }).is_ok()
        );
        let refused = Consent { ask: Some(|_| false), ..Consent::default() };
        assert!(obtain(Reach::NeverProduction, Environment::Test, &refused).is_err());
    }

    #[test]
    fn production_takes_more_than_yes() {
        let yes = Consent { yes: true, ..Consent::default() };
        let refused = obtain(Reach::NeverProduction, Environment::Production, &yes);
        assert!(matches!(refused, Err(ConsentError::Production { .. })));
        let unconfirmed = obtain(Reach::ConfirmedByName, Environment::Production, &yes);
        assert_eq!(
            unconfirmed.unwrap_err().to_string(),
            "`clean` would lose 5 rows in 2 tables of core for good, and in production needs the database's name as \
             confirmation"
        );
        let confirmed = Consent { confirm: Some("core".into()), ..Consent::default() };
        assert!(obtain(Reach::ConfirmedByName, Environment::Production, &confirmed).is_ok());
    }
}
