//! Verbs over one, several or all databases, in dependency order.
//!
//! Making, migrating and seeding go from the front of the plan, emptying, taking back and dropping from its end.
//! Databases that do not depend on each other are worked on at the same time.

mod adopt;
mod clean;
mod create;
mod drop;
mod each;
mod held;
mod identity;
mod migrate;
mod parents;
mod prepare;
mod repair;
mod rollback;
mod seed;
mod status;

use std::future::Future;
use std::sync::Arc;

use tokio::task::JoinSet;

use crate::catalog::{Catalog, Descriptor, Plan};
use crate::config::{Configuration, Target};
use crate::connect::{ConnectError, Purpose, Session};
use crate::error::Error;
use crate::lock::held_by;
use crate::migrate::{Executor, Folder, Looked, RunContext, State};

pub use adopt::{AdoptReport, AdoptedVersion, Adoption, ReadHistory};
pub use clean::Cleaned;
pub use create::CreateReport;
pub use drop::Dropped;
pub(crate) use held::Held;
pub use identity::IdentityReport;
pub use migrate::{MigrateReport, MigrateRequest, PendingMigration, Phase};
pub use prepare::PrepareReport;
pub use repair::RepairReport;
pub use rollback::RollbackReport;
pub use seed::{SeedReportOf, SeedRequest};
pub use status::DatabaseStatus;

/// A catalog and where its databases are.
#[derive(Clone, Debug)]
pub struct Fleet {
    /// The databases.
    pub catalog: Catalog,
    /// Where they are.
    pub configuration: Configuration,
}

/// One database of a run, with everything a task of its own needs.
#[derive(Clone)]
pub(crate) struct Member {
    pub(crate) database: Arc<Descriptor>,
    pub(crate) target: Target,
    pub(crate) context: RunContext,
}

impl Fleet {
    pub(crate) fn members(&self, plan: &Plan, context: &RunContext) -> Result<Vec<Member>, Error> {
        plan.databases
            .iter()
            .map(|database| {
                Ok(Member {
                    database: Arc::clone(database),
                    target: self.configuration.target(&database.name)?.clone(),
                    context: context.clone(),
                })
            })
            .collect()
    }

    /// The member of this name.
    pub(crate) fn member(&self, name: &str, context: &RunContext) -> Result<Member, Error> {
        let plan = Plan { databases: vec![Arc::clone(self.catalog.get(name)?)] };
        Ok(self.members(&plan, context)?.remove(0))
    }

    /// The plan in waves: each database stands in the wave behind the last of those it comes after, directly or through
    /// others that this run does not touch.
    pub(crate) fn waves(&self, members: Vec<Member>) -> Vec<Vec<Member>> {
        let mut waves: Vec<Vec<Member>> = Vec::new();
        for member in members {
            let comes_after = |wave: &Vec<Member>| {
                let dependants = wave.iter().flat_map(|earlier| self.catalog.dependants(earlier.name()));
                dependants.into_iter().any(|dependant| dependant.name == member.database.name)
            };
            let wave = waves.iter().rposition(comes_after).map_or(0, |position| position + 1);
            if waves.len() == wave {
                waves.push(Vec::new());
            }
            waves[wave].push(member);
        }
        waves
    }
}

impl Member {
    pub(crate) fn name(&self) -> &str {
        &self.database.name
    }

    pub(crate) fn folder(&self) -> Result<Folder, Error> {
        Ok(Folder::read(&self.database, self.target.engine())?)
    }

    pub(crate) fn executor<'a>(&'a self, folder: &'a Folder, session: &'a Session) -> Executor<'a> {
        Executor { database: &self.database, folder, session, context: &self.context }
    }

    pub(crate) async fn open(&self, purpose: Purpose) -> Result<Session, Error> {
        Ok(Session::open(&self.target, purpose).await?)
    }

    /// Who is at work on the database, where a migration is pending or stands in the middle. Nobody asks about one that is
    /// up to date.
    pub(crate) async fn worked_on_by(&self, session: &Session, state: &State) -> Result<Option<String>, Error> {
        if state.is_current() {
            return Ok(None);
        }
        Ok(held_by(session).await?)
    }

    /// The folder, and a connection for looking. Files are read while the server makes the connection.
    pub(crate) async fn open_to_look(&self) -> Result<(Folder, Session), Error> {
        let reader = self.clone();
        let folder = tokio::task::spawn_blocking(move || reader.folder());
        let session = self.open(Purpose::Look).await;
        let folder = folder.await.unwrap_or_else(|broken| Err(Error::Broken { reason: broken.to_string() }));
        match (folder, session) {
            (Ok(folder), Ok(session)) => Ok((folder, session)),
            (Err(error), Ok(session)) => {
                session.close().await;
                Err(error)
            }
            (Err(error), Err(_)) | (Ok(_), Err(error)) => Err(error),
        }
    }

    /// Looks at the database without lock or change.
    pub(crate) async fn look(&self) -> Result<Looked, Error> {
        let (folder, session) = self.open_to_look().await?;
        let looked = self.executor(&folder, &session).look().await;
        session.close().await;
        Ok(looked?)
    }

    /// As [`Member::look`]; nothing for a database that does not exist.
    pub(crate) async fn look_if_there(&self) -> Result<Option<Looked>, Error> {
        match self.look().await {
            Err(Error::Connect(ConnectError::Missing { .. })) => Ok(None),
            other => other.map(Some),
        }
    }
}

/// Runs `work` on the members, as many at the same time as the run's `jobs` allow, and answers in the members' order.
pub(crate) async fn at_once<T, F, W>(members: Vec<Member>, work: W) -> Vec<(Member, Result<T, Error>)>
where
    T: Send + 'static,
    F: Future<Output = Result<T, Error>> + Send + 'static,
    W: Fn(Member) -> F,
{
    let jobs = members.first().map_or(1, |member| member.context.jobs);
    let results = in_parallel(jobs, members.clone(), work).await;
    members.into_iter().zip(results).collect()
}

/// Runs `work` on the items, at most `jobs` at the same time, and answers in their order.
pub(crate) async fn in_parallel<I, T, F, W>(jobs: usize, items: Vec<I>, work: W) -> Vec<Result<T, Error>>
where
    T: Send + 'static,
    F: Future<Output = Result<T, Error>> + Send + 'static,
    W: Fn(I) -> F,
{
    let mut tasks = JoinSet::new();
    let mut results: Vec<Option<Result<T, Error>>> = items.iter().map(|_| None).collect();
    let mut broken = None;
    let mut waiting = items.into_iter().enumerate();
    loop {
        while tasks.len() < jobs.max(1)
            && let Some((index, item)) = waiting.next()
        {
            let future = work(item);
            tasks.spawn(async move { (index, future.await) });
        }
        match tasks.join_next().await {
            Some(Ok((index, result))) => results[index] = Some(result),
            Some(Err(error)) => broken = Some(error.to_string()),
            None => break,
        }
    }
    let reason = broken.unwrap_or_else(|| "no answer".to_owned());
    results.into_iter().map(|result| result.unwrap_or_else(|| Err(Error::Broken { reason: reason.clone() }))).collect()
}

/// The values of all, or the first error with the name of its database.
pub(crate) fn all_or_first<T>(results: Vec<(Member, Result<T, Error>)>) -> Result<Vec<(Member, T)>, Error> {
    results
        .into_iter()
        .map(|(member, result)| match result {
            Ok(value) => Ok((member, value)),
            Err(error) => Err(error.within(member.name())),
        })
        .collect()
}
