//! `db identity`.

use serde::Serialize;

use super::{Fleet, Member};
use crate::Environment;
use crate::catalog::Plan;
use crate::connect::Purpose;
use crate::destructive::ConsentError;
use crate::error::Error;
use crate::migrate::{MigrationError, RunContext};
use crate::tracking::{Identity, IdentityError, Snapshot, change_environment};

/// The mark of one database.
#[derive(Clone, Debug, Serialize)]
pub struct IdentityReport {
    /// The database.
    pub database: String,
    /// Where it is.
    pub place: String,
    /// Its mark, where it has one.
    pub identity: Option<Identity>,
}

impl Fleet {
    /// The marks of the databases of `plan`. An environment that differs from the process's is shown, not refused.
    ///
    /// # Errors
    ///
    /// A database that cannot be read.
    pub async fn identities(&self, plan: &Plan, context: &RunContext) -> Result<Vec<IdentityReport>, Error> {
        let mut reports = Vec::new();
        for member in self.members(plan, context)? {
            let (database, place) = (member.name().to_owned(), member.target.describe());
            let identity = read(&member).await.map_err(|error| error.within(member.name()))?;
            reports.push(IdentityReport { database, place, identity });
        }
        Ok(reports)
    }

    /// Marks a database as belonging to `environment`; `confirm` has to be its name.
    ///
    /// # Errors
    ///
    /// A missing confirmation, a database without mark, or one of another name.
    pub async fn mark(
        &self,
        name: &str,
        environment: Environment,
        confirm: Option<&str>,
        context: &RunContext,
    ) -> Result<IdentityReport, Error> {
        let member = self.member(name, context)?;
        if confirm != Some(name) {
            let (verb, database) = ("identity".to_owned(), name.to_owned());
            return Err(ConsentError::Unconfirmed { verb, database }.into());
        }
        let place = member.target.describe();
        let identity = read(&member).await?.ok_or_else(|| IdentityError::Unmarked { place: place.clone() })?;
        identity.check(name, identity.environment, &place)?;
        let session = member.open(Purpose::Own).await?;
        let changed = change_environment(&session.connection, session.engine, environment).await;
        session.close().await;
        changed.map_err(|error| MigrationError::engine(&place, &error))?;
        let identity = Some(Identity { environment, ..identity });
        Ok(IdentityReport { database: name.to_owned(), place, identity })
    }
}

async fn read(member: &Member) -> Result<Option<Identity>, Error> {
    let session = member.open(Purpose::Look).await?;
    let snapshot = Snapshot::read(&session.connection, session.engine).await;
    let place = session.place.clone();
    session.close().await;
    Ok(snapshot.map_err(|error| MigrationError::engine(&place, &error))?.identity)
}
