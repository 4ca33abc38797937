//! `db status`.

use serde::Serialize;

use super::{Fleet, Member, at_once};
use crate::Engine;
use crate::catalog::Plan;
use crate::error::Error;
use crate::migrate::{Looked, MigrationState, RunContext, Standing, State};
use crate::tracking::Identity;

/// How one database stands.
#[derive(Clone, Debug, Serialize)]
pub struct DatabaseStatus {
    /// The database.
    pub database: String,
    /// Its engine.
    pub engine: Engine,
    /// Where it is.
    pub place: String,
    /// Its mark, where it has one.
    pub identity: Option<Identity>,
    /// How many migrations are applied.
    pub applied: usize,
    /// How many are pending.
    pub pending: usize,
    /// Each migration; empty where the database could not be read.
    pub migrations: Vec<MigrationState>,
    /// Why it could not be read, or must not be touched.
    pub error: Option<String>,
    /// What to do about that.
    pub hint: Option<String>,
}

impl DatabaseStatus {
    /// Whether nothing is left to do and nothing is wrong.
    pub fn is_current(&self) -> bool {
        self.error.is_none()
            && self
                .migrations
                .iter()
                .all(|migration| matches!(migration.standing, Standing::Applied | Standing::Foreign))
    }
}

impl Fleet {
    /// Reads every database of `plan` at the same time, without lock or change. A database that cannot be read is reported
    /// as such, not an error.
    ///
    /// # Errors
    ///
    /// A plan of another catalog.
    pub async fn status(&self, plan: &Plan, context: &RunContext) -> Result<Vec<DatabaseStatus>, Error> {
        let members = self.members(plan, context)?;
        let results = at_once(members, |member| async move { read(&member).await }).await;
        Ok(results
            .into_iter()
            .map(|(member, result)| {
                let (identity, state, error) = match result {
                    Ok((looked, wrong)) => (looked.snapshot.identity, looked.state, wrong),
                    Err(error) => (None, State::default(), Some(error)),
                };
                DatabaseStatus {
                    database: member.name().to_owned(),
                    engine: member.target.engine(),
                    place: member.target.describe(),
                    identity,
                    applied: state.applied(),
                    pending: state.pending().len(),
                    migrations: state.migrations,
                    hint: error.as_ref().map(|error| member.hint(error)),
                    error: error.map(|error| error.to_string()),
                }
            })
            .collect())
    }
}

/// The state of one database, and what keeps a run from going on there.
async fn read(member: &Member) -> Result<(Looked, Option<Error>), Error> {
    let (folder, session) = member.open_to_look().await?;
    let read = async {
        let executor = member.executor(&folder, &session);
        let looked = executor.look().await?;
        let wrong = executor.fits(&looked.state).await.err().map(Error::from);
        Ok((looked, wrong))
    }
    .await;
    session.close().await;
    read
}
