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
    /// Who is at work on it, where a migration stands in the middle: then nothing broke off.
    pub worked_on_by: Option<String>,
    /// Whether there was no way to it. One that is yet to be made is missing, not unreachable.
    pub unreachable: bool,
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
                let (identity, state, error, worked_on_by) = match result {
                    Ok(Read { looked, wrong, worked_on_by }) => {
                        (looked.snapshot.identity, looked.state, wrong, worked_on_by)
                    }
                    Err(error) => (None, State::default(), Some(error.of_pooler(member.name())), None),
                };
                DatabaseStatus {
                    database: member.name().to_owned(),
                    engine: member.target.engine(),
                    place: member.target.describe(),
                    identity,
                    applied: state.applied(),
                    pending: state.pending().len(),
                    migrations: state.migrations,
                    worked_on_by,
                    hint: error.as_ref().map(|error| member.hint(error)),
                    unreachable: error.as_ref().is_some_and(Error::is_unreachable),
                    error: error.map(|error| error.to_string()),
                }
            })
            .collect())
    }
}

/// The state of one database, and what keeps a run from going on there.
struct Read {
    looked: Looked,
    wrong: Option<Error>,
    worked_on_by: Option<String>,
}

async fn read(member: &Member) -> Result<Read, Error> {
    let (folder, session) = member.open_to_look().await?;
    let read = async {
        let executor = member.executor(&folder, &session);
        let looked = executor.look().await?;
        let wrong = executor.fits(&looked.state).await.err().map(Error::from);
        let worked_on_by = member.worked_on_by(&session, &looked.state).await?;
        Ok(Read { looked, wrong, worked_on_by })
    }
    .await;
    session.close().await;
    read
}
