//! The mark in each database that says which one it is, and of which environment.

use sea_orm::prelude::{ChronoDateTimeUtc, Uuid};
use sea_orm::{ConnectionTrait, DbErr, Statement, Value};
use serde::Serialize;
use thiserror::Error;

use crate::sql::{literal, parameters, tracking_table};
use crate::{Engine, Environment};

/// The one row of `database_identity`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Identity {
    /// Tells this very database from every other.
    pub id: Uuid,
    /// Which database of the workspace it is.
    pub name: String,
    /// The environment it belongs to.
    pub environment: Environment,
    /// When it was marked.
    pub created_at: ChronoDateTimeUtc,
}

/// A database that is not the one it was taken for.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum IdentityError {
    /// Another database of ours stands at this place.
    #[error("{place} is marked as database `{found}`, not `{expected}`")]
    Name {
        /// Where.
        place: String,
        /// What it says it is.
        found: String,
        /// What it was taken for.
        expected: String,
    },
    /// The database belongs to another environment than the process.
    #[error("{place} belongs to the {found} environment, and APP_ENV says {expected}")]
    Environment {
        /// Where.
        place: String,
        /// What it says.
        found: Environment,
        /// What the process says.
        expected: Environment,
    },
    /// There are tables, and no mark: somebody else's database.
    #[error("{place} holds tables that Atriz did not make, and no mark")]
    Foreign {
        /// Where.
        place: String,
    },
    /// There is a history of ours already.
    #[error("{place} is Atriz's already")]
    Ours {
        /// Where.
        place: String,
    },
    /// There is nothing of ours.
    #[error("{place} carries no mark: it was never migrated")]
    Unmarked {
        /// Where.
        place: String,
    },
}

impl IdentityError {
    /// What to do next.
    pub fn hint(&self) -> String {
        match self {
            Self::Name { .. } => "correct the URL or `DB_NAME`; two databases must not share one place".to_owned(),
            Self::Environment { found, expected, .. } => format!(
                "set APP_ENV={found}, or, if this is a copy, mark it with \
                 `cargo xtask db identity DB --environment {expected} --confirm NAME`"
            ),
            Self::Foreign { .. } => "point to an empty database, or make one with `cargo xtask db create`".to_owned(),
            Self::Ours { .. } => "nothing is left to take over; `cargo xtask db status` shows its history".to_owned(),
            Self::Unmarked { .. } => "`cargo xtask db migrate` marks it".to_owned(),
        }
    }
}

impl Identity {
    /// The statement that marks a PostgreSQL database with it.
    pub(super) fn insertion(&self) -> String {
        format!(
            "INSERT INTO public.database_identity (id, name, environment, created_at) VALUES ('{}', {}, {}, '{}');",
            self.id,
            literal(&self.name),
            literal(self.environment.name()),
            self.created_at.to_rfc3339(),
        )
    }

    /// Checks that this is database `name` of `environment`.
    ///
    /// # Errors
    ///
    /// [`IdentityError::Name`] or [`IdentityError::Environment`].
    pub fn check(&self, name: &str, environment: Environment, place: &str) -> Result<(), IdentityError> {
        if self.name != name {
            let (found, expected) = (self.name.clone(), name.to_owned());
            return Err(IdentityError::Name { place: place.to_owned(), found, expected });
        }
        if self.environment != environment {
            let found = self.environment;
            return Err(IdentityError::Environment { place: place.to_owned(), found, expected: environment });
        }
        Ok(())
    }
}

/// Marks a database that has no mark yet.
pub(crate) async fn insert(
    connection: &impl ConnectionTrait,
    engine: Engine,
    identity: &Identity,
) -> Result<(), DbErr> {
    let table = tracking_table(engine, "database_identity");
    let markers = parameters(engine, 1, 4);
    let sql = format!("INSERT INTO {table} (id, name, environment, created_at) VALUES ({markers})");
    let values: [Value; 4] = [
        identity.id.into(),
        identity.name.clone().into(),
        identity.environment.name().into(),
        identity.created_at.into(),
    ];
    connection.execute_raw(Statement::from_sql_and_values(engine.backend(), sql, values)).await.map(drop)
}

/// Changes the environment of the mark.
pub(crate) async fn change_environment(
    connection: &impl ConnectionTrait,
    engine: Engine,
    environment: Environment,
) -> Result<(), DbErr> {
    let table = tracking_table(engine, "database_identity");
    let sql = format!("UPDATE {table} SET environment = {}", parameters(engine, 1, 1));
    let values: [Value; 1] = [environment.name().into()];
    connection.execute_raw(Statement::from_sql_and_values(engine.backend(), sql, values)).await.map(drop)
}
