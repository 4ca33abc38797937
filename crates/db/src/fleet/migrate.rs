//! `db migrate`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde::Serialize;
use tokio::task::JoinHandle;

use super::{Fleet, Held, Member, all_or_first, at_once, in_parallel};
use crate::catalog::Plan;
use crate::connect::Session;
use crate::error::Error;
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

impl Fleet {
    /// Applies what is pending: looks at all databases, takes all locks in plan order, and only then changes the first.
    ///
    /// At the first failure no new migration starts and those in flight finish; the reports say how far each came.
    ///
    /// # Errors
    ///
    /// Anything that is wrong before the first change.
    pub async fn migrate(&self, request: &MigrateRequest, context: &RunContext) -> Result<Vec<MigrateReport>, Error> {
        let looked = self.look_all(request, context).await?;
        self.check_dependencies(&request.plan, &looked, context).await?;
        let (mut reports, mut waiting) = (Vec::new(), Vec::new());
        for (member, found) in looked {
            if found.has_work {
                waiting.push((member, found));
            } else {
                reports.push(report(member.name(), Outcome::default(), Phase::Current));
            }
        }
        let held = hold_all(waiting, context.jobs).await?;
        reports.extend(self.run(held, &request.limit, context).await);
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
        let looked = self.look_all(request, context).await?;
        self.check_dependencies(&request.plan, &looked, context).await?;
        let mut pending = Vec::new();
        for (member, found) in looked {
            let of_member = found.would_run(&member).await;
            let name = member.name();
            if let Some(session) = found.session {
                session.close().await;
            }
            pending.extend(of_member.map_err(|error| error.within(name))?);
        }
        Ok(pending)
    }

    /// Looks at every database, and finds out what there is to do.
    async fn look_all(&self, request: &MigrateRequest, context: &RunContext) -> Result<Vec<(Member, Found)>, Error> {
        let members = self.members(&request.plan, context)?;
        let looks = at_once(members, |member| {
            let limit = request.limit.clone();
            async move { find(&member, &limit).await }
        });
        all_or_first(looks.await)
    }

    /// A database is migrated only when those it comes after are up to date, or are migrated in the same run. One that
    /// does not exist is told as such: it has to be made before it can be migrated.
    async fn check_dependencies(
        &self,
        plan: &Plan,
        looked: &[(Member, Found)],
        context: &RunContext,
    ) -> Result<(), Error> {
        for (member, _) in looked {
            let before = self.catalog.plan_with_dependencies(&[member.name().to_owned()])?;
            let outside = before.databases.into_iter().filter(|before| {
                before.name != member.name() && plan.databases.iter().all(|database| database.name != before.name)
            });
            for dependency in self.members(&Plan { databases: outside.collect() }, context)? {
                let looked = dependency.look().await.map_err(|error| error.within(dependency.name()))?;
                let pending = looked.state.pending().len();
                if pending > 0 {
                    let (database, dependency) = (member.name().to_owned(), dependency.name().to_owned());
                    return Err(Error::Behind { database, dependency, pending });
                }
            }
        }
        Ok(())
    }

    /// Runs the waves; behind a failure only reports. While the first is at work, new databases of later waves get their
    /// tracking tables and run ahead as far as can be taken back: the first wave is often one database, which leaves a core
    /// idle.
    async fn run(&self, held: Vec<Held>, limit: &Limit, context: &RunContext) -> Vec<MigrateReport> {
        let mut reports = Vec::new();
        let waves = self.waves(held.iter().map(|one| one.member.clone()).collect());
        let first: BTreeSet<_> = waves.iter().take(1).flatten().map(|member| member.name().to_owned()).collect();
        let begin = |one: Held| {
            let (name, later) = (one.member.name().to_owned(), !first.contains(one.member.name()));
            let limit = limit.clone();
            (name, tokio::spawn(async move { if later { one.made_ready(&limit).await } else { one } }))
        };
        let mut by_name: BTreeMap<_, _> = held.into_iter().map(begin).collect();
        for wave in waves {
            let mut tasks = Vec::new();
            for member in wave {
                let Some(ready) = by_name.remove(member.name()) else { continue };
                let (stop, limit) = (Arc::clone(&context.stop), limit.clone());
                // Whether something failed is asked before the wait, since then the whole wave before has ended.
                let stopped = stop.load(Ordering::SeqCst);
                tasks.push((member, tokio::spawn(begin_or_stop(ready, stopped, limit))));
            }
            for (member, task) in tasks {
                let done = task.await.map_err(|broken| broken.to_string()).flatten();
                reports.push(done.unwrap_or_else(|broken| broken_off(&member, broken)));
            }
        }
        reports
    }
}

/// The report of a task that panicked: a migration in Rust is the owner crate's code. Its transaction ended with it.
fn broken_off(member: &Member, reason: String) -> MigrateReport {
    member.context.stop.store(true, Ordering::SeqCst);
    report(member.name(), Outcome::default(), failed(member, &Error::Broken { reason }))
}

/// Migrates what is ready, unless something failed before.
async fn begin_or_stop(ready: JoinHandle<Held>, stopped: bool, limit: Limit) -> Result<MigrateReport, String> {
    let held = ready.await.map_err(|broken| broken.to_string())?;
    if stopped {
        let not_started = report(held.member.name(), Outcome::default(), Phase::NotStarted);
        release(vec![held]).await;
        return Ok(not_started);
    }
    Ok(run_or_stop(held, limit).await)
}

/// At the first failure no new migration starts anywhere.
async fn run_or_stop(held: Held, limit: Limit) -> MigrateReport {
    let stop = Arc::clone(&held.member.context.stop);
    let report = run_member(held, limit).await;
    if matches!(report.phase, Phase::Failed { .. }) {
        stop.store(true, Ordering::SeqCst);
    }
    report
}

/// What there is to do in one database.
struct Found {
    folder: Folder,
    pending: Vec<String>,
    /// Those that broke off on their way.
    broke_off: Vec<String>,
    has_work: bool,
    /// The connection of the look, where there is work for it.
    session: Option<Session>,
}

impl Found {
    /// What would run; of a migration that broke off the statements that are left.
    async fn would_run(&self, member: &Member) -> Result<Vec<PendingMigration>, Error> {
        let mut migrations = Vec::with_capacity(self.pending.len());
        for version in &self.pending {
            let ran = match &self.session {
                Some(session) if self.broke_off.contains(version) => {
                    member.executor(&self.folder, session).ran_before(version).await?
                }
                _ => 0,
            };
            let (grouping, statements) = match self.folder.get(version).map(|migration| &migration.body) {
                Some(Body::Sql { up, .. }) => {
                    let left = up.statements.iter().skip(ran);
                    (up.mode.words(), left.map(|statement| statement.text.clone()).collect())
                }
                _ => ("in Rust", Vec::new()),
            };
            let (database, version) = (member.name().to_owned(), version.clone());
            migrations.push(PendingMigration { database, version, grouping, statements });
        }
        Ok(migrations)
    }
}

async fn find(member: &Member, limit: &Limit) -> Result<Found, Error> {
    let (folder, session) = member.open_to_look().await?;
    let found = async {
        let executor = member.executor(&folder, &session);
        let looked = executor.look().await?;
        let pending = executor.pending(&looked.state, limit).await?;
        let has_work = !pending.is_empty() || looked.lacks_tracking();
        let broke_off = looked.state.versions(Standing::Partial).into_iter().map(str::to_owned).collect();
        Ok::<_, Error>((has_work, pending, broke_off))
    }
    .await;
    match found {
        Ok((true, pending, broke_off)) => {
            Ok(Found { folder, pending, broke_off, has_work: true, session: Some(session) })
        }
        done => {
            session.close().await;
            done.map(|(has_work, pending, broke_off)| Found { folder, pending, broke_off, has_work, session: None })
        }
    }
}

/// Takes all locks, or none. Connections are made and databases looked at again at the same time; the locks themselves
/// are taken in plan order, so that two runs cannot wait for each other.
async fn hold_all(found: Vec<(Member, Found)>, jobs: usize) -> Result<Vec<Held>, Error> {
    let approached = in_parallel(jobs, found, |(member, found)| async move {
        let door = match found.session {
            Some(session) => member.approach_after(session).await,
            None => member.approach().await,
        };
        door.map(|door| (door, found.folder)).map_err(|error| error.within(member.name()))
    });
    let mut locked = Vec::new();
    for approached in approached.await {
        let taken = async {
            let (door, folder) = approached?;
            let name = door.member.name().to_owned();
            Ok((door.take().await.map_err(|error| error.within(&name))?, folder))
        };
        match taken.await {
            Ok(one) => locked.push(one),
            Err(error) => {
                for (one, _) in locked {
                    one.release().await;
                }
                return Err(error);
            }
        }
    }
    let held = in_parallel(jobs, locked, |(locked, folder)| async move {
        let name = locked.member.name().to_owned();
        let held = async { locked.become_owner().await?.look(folder).await };
        held.await.map_err(|error| error.within(&name))
    });
    let (held, errors): (Vec<_>, Vec<_>) = held.await.into_iter().partition(Result::is_ok);
    let held = held.into_iter().flatten().collect();
    match errors.into_iter().find_map(Result::err) {
        None => Ok(held),
        Some(error) => {
            release(held).await;
            Err(error)
        }
    }
}

async fn release(held: Vec<Held>) {
    for one in held {
        one.release().await;
    }
}

fn failed(member: &Member, error: &Error) -> Phase {
    Phase::Failed { error: error.to_string(), hint: member.hint(error) }
}

async fn run_member(mut held: Held, limit: Limit) -> MigrateReport {
    let mut outcome = Outcome::default();
    let done = held.up(&limit, &mut outcome).await;
    let phase = match done {
        Ok(()) if outcome.stopped => Phase::Stopped,
        // Another process was quicker.
        Ok(()) if outcome.versions.is_empty() => Phase::Current,
        Ok(()) => Phase::Done,
        Err(error) => failed(&held.member, &error.into()),
    };
    let report = report(held.member.name(), outcome, phase);
    held.release().await;
    report
}

fn report(database: &str, outcome: Outcome, phase: Phase) -> MigrateReport {
    MigrateReport { database: database.to_owned(), applied: outcome.versions, phase }
}
