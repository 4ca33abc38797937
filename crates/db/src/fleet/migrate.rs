//! `db migrate`.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use serde::Serialize;

use super::{Fleet, Looked, Member, all_or_first, at_once};
use crate::catalog::Plan;
use crate::connect::{Purpose, Session};
use crate::error::Error;
use crate::lock::MigrationLock;
use crate::migrate::{Body, Folder, Limit, Outcome, RunContext, Standing};

/// What to migrate.
#[derive(Clone, Debug)]
pub struct MigrateRequest {
    /// Which databases.
    pub plan: Plan,
    /// How far.
    pub limit: Limit,
}

/// How far the work on one database came.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "phase", rename_all = "snake_case")]
pub enum Phase {
    /// There was nothing to do.
    Current,
    /// Everything asked for is applied.
    Done,
    /// Another database failed; this one stopped between two migrations.
    Stopped,
    /// A migration failed.
    Failed {
        /// Why.
        error: String,
        /// What to do about it.
        hint: String,
    },
    /// It was not begun, since one it comes after failed.
    NotStarted,
}

/// What was done to one database.
#[derive(Clone, Debug, Serialize)]
pub struct MigrateReport {
    /// The database.
    pub database: String,
    /// The versions that were applied, in order.
    pub applied: Vec<String>,
    /// How far it came.
    #[serde(flatten)]
    pub phase: Phase,
}

impl MigrateReport {
    /// Whether everything asked for is applied.
    pub fn is_done(&self) -> bool {
        matches!(self.phase, Phase::Current | Phase::Done)
    }
}

/// A migration that would run, for `--dry-run`.
#[derive(Clone, Debug, Serialize)]
pub struct PendingMigration {
    /// The database.
    pub database: String,
    /// The migration.
    pub version: String,
    /// How it would run.
    pub grouping: &'static str,
    /// Its statements; none for a migration in Rust.
    pub statements: Vec<String>,
}

/// A member with work to do, its lock held.
struct Ready {
    member: Member,
    folder: Folder,
    session: Session,
    lock: MigrationLock,
}

impl Fleet {
    /// Applies what is pending: looks at all databases, takes all locks in plan order, and only then changes the first.
    ///
    /// At the first failure no new migration starts and those in flight finish; the reports say how far each came.
    ///
    /// # Errors
    ///
    /// Anything that is wrong before the first change.
    pub async fn migrate(&self, request: &MigrateRequest, context: &RunContext) -> Result<Vec<MigrateReport>, Error> {
        let looked = self.look_all(&request.plan, context).await?;
        self.check_dependencies(&request.plan, &looked, context).await?;
        let mut reports = Vec::new();
        let mut waiting = Vec::new();
        for (member, looked) in looked {
            let folder = member.folder()?;
            if pending_of(&member, &folder, &looked, &request.limit)?.is_empty() {
                let database = member.name().to_owned();
                reports.push(MigrateReport { database, applied: Vec::new(), phase: Phase::Current });
            } else {
                waiting.push((member, folder));
            }
        }
        let mut ready = Vec::new();
        for (member, folder) in waiting {
            match lock(member, folder).await {
                Ok(one) => ready.push(one),
                Err(error) => {
                    release(ready).await;
                    return Err(error);
                }
            }
        }
        reports.extend(self.run(ready, &request.limit, context).await);
        let order = |report: &MigrateReport| {
            request.plan.databases.iter().position(|database| database.name == report.database)
        };
        reports.sort_by_key(order);
        Ok(reports)
    }

    /// What [`Fleet::migrate`] would run, without lock or change.
    ///
    /// # Errors
    ///
    /// As [`Fleet::migrate`] before its first change.
    pub async fn pending(
        &self,
        request: &MigrateRequest,
        context: &RunContext,
    ) -> Result<Vec<PendingMigration>, Error> {
        let looked = self.look_all(&request.plan, context).await?;
        self.check_dependencies(&request.plan, &looked, context).await?;
        let mut pending = Vec::new();
        for (member, looked) in looked {
            let folder = member.folder()?;
            for version in pending_of(&member, &folder, &looked, &request.limit)? {
                let (grouping, statements) = match folder.get(&version).map(|migration| &migration.body) {
                    Some(Body::Sql { up, .. }) => {
                        (up.mode.words(), up.statements.iter().map(|statement| statement.text.clone()).collect())
                    }
                    _ => ("in Rust", Vec::new()),
                };
                pending.push(PendingMigration { database: member.name().to_owned(), version, grouping, statements });
            }
        }
        Ok(pending)
    }

    async fn look_all(&self, plan: &Plan, context: &RunContext) -> Result<Vec<(Member, Looked)>, Error> {
        let members = self.members(plan, context)?;
        all_or_first(at_once(members, |member| async move { member.look().await }).await)
    }

    /// A database is migrated only when those it comes after are up to date, or are migrated in the same run. One that
    /// does not exist is told as such: it has to be made before it can be migrated.
    async fn check_dependencies(
        &self,
        plan: &Plan,
        looked: &[(Member, Looked)],
        context: &RunContext,
    ) -> Result<(), Error> {
        for (member, _) in looked {
            let before = self.catalog.plan_with_dependencies(&[member.name().to_owned()])?;
            let outside = before.databases.into_iter().filter(|before| {
                before.name != member.name() && plan.databases.iter().all(|database| database.name != before.name)
            });
            for dependency in self.members(&Plan { databases: outside.collect() }, context)? {
                let looked = dependency.look().await.map_err(|error| error.within(dependency.name()))?;
                let pending = looked.state.count(Standing::Pending);
                if pending > 0 {
                    let (database, dependency) = (member.name().to_owned(), dependency.name().to_owned());
                    return Err(Error::Behind { database, dependency, pending });
                }
            }
        }
        Ok(())
    }

    /// Runs the waves; behind a failure only reports.
    async fn run(&self, ready: Vec<Ready>, limit: &Limit, context: &RunContext) -> Vec<MigrateReport> {
        let mut reports = Vec::new();
        let members = ready.iter().map(|one| one.member.clone()).collect();
        let mut by_name: BTreeMap<_, _> = ready.into_iter().map(|one| (one.member.name().to_owned(), one)).collect();
        for wave in self.waves(members) {
            let mut tasks = Vec::new();
            for member in wave {
                let Some(one) = by_name.remove(member.name()) else { continue };
                if context.stop.load(Ordering::SeqCst) {
                    reports.push(report(member.name(), Outcome::default(), Phase::NotStarted));
                    release(vec![one]).await;
                    continue;
                }
                tasks.push((member, tokio::spawn(run_member(one, limit.clone()))));
            }
            for (member, task) in tasks {
                reports.push(task.await.unwrap_or_else(|broken| broken_off(&member, &broken)));
            }
        }
        reports
    }
}

/// The report of a task that panicked: a migration in Rust is the owner crate's code. Its transaction ended with it.
fn broken_off(member: &Member, broken: &tokio::task::JoinError) -> MigrateReport {
    member.context.stop.store(true, Ordering::SeqCst);
    let error = Error::Broken { reason: broken.to_string() };
    let phase = Phase::Failed { error: error.to_string(), hint: error.hint() };
    report(member.name(), Outcome::default(), phase)
}

fn pending_of(member: &Member, folder: &Folder, looked: &Looked, limit: &Limit) -> Result<Vec<String>, Error> {
    let database = &member.database;
    Ok(crate::migrate::pending(database, folder, &looked.state, limit, member.context.out_of_order)?)
}

async fn lock(member: Member, folder: Folder) -> Result<Ready, Error> {
    let within = |error: Error| error.within(&member.database.name);
    let session = member.open(Purpose::Own).await.map_err(within)?;
    let lock = member.executor(&folder, &session).lock().await;
    match lock {
        Ok(lock) => Ok(Ready { member, folder, session, lock }),
        Err(error) => {
            session.close().await;
            Err(within(error.into()))
        }
    }
}

async fn release(ready: Vec<Ready>) {
    for one in ready {
        one.lock.release().await;
        one.session.close().await;
    }
}

async fn run_member(one: Ready, limit: Limit) -> MigrateReport {
    let mut outcome = Outcome::default();
    let done = one.member.executor(&one.folder, &one.session).up(&limit, &mut outcome).await;
    let phase = match done {
        Ok(()) if outcome.stopped => Phase::Stopped,
        Ok(()) => Phase::Done,
        Err(error) => {
            one.member.context.stop.store(true, Ordering::SeqCst);
            Phase::Failed { error: error.to_string(), hint: error.hint() }
        }
    };
    let report = report(one.member.name(), outcome, phase);
    release(vec![one]).await;
    report
}

fn report(database: &str, outcome: Outcome, phase: Phase) -> MigrateReport {
    MigrateReport { database: database.to_owned(), applied: outcome.versions, phase }
}
