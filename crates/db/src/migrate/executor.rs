//! The one executor: what is pending is applied, what is to go is taken back, under the lock, with the journal.

use std::collections::HashSet;
use std::sync::atomic::Ordering;

use atriz_kernel::new_id;
use sea_orm::{ConnectionTrait, DbErr};
use serde::Serialize;

use super::context::RunContext;
use super::folder::{Body, Folder, Migration};
use super::lost::{Lost, cascades};
use super::state::{OutOfOrder, State, Tolerance};
use super::version::VersionKey;
use super::{Direction, MigrationError, run_one};
use crate::Engine;
use crate::catalog::Descriptor;
use crate::connect::{Session, of_driver};
use crate::destructive::{DestructiveToken, Loss};
use crate::lifecycle::lost_rows;
use crate::progress::Event;
use crate::tracking::{Identity, Snapshot, bootstrap};

/// How far to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Everything.
    All,
    /// At most so many.
    Count(usize),
    /// Up to and with this version; back to, and without, this version.
    To(String),
}

/// What was done to one database.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// The versions that ran, in the order they ran.
    pub versions: Vec<String>,
    /// Whether it stopped early, since the run is to stop.
    pub stopped: bool,
}

/// Runs migrations of one database.
#[derive(Clone, Copy)]
pub struct Executor<'a> {
    /// The database.
    pub database: &'a Descriptor,
    /// Its migrations for the session's engine.
    pub folder: &'a Folder,
    /// The pinned connection.
    pub session: &'a Session,
    /// The run.
    pub context: &'a RunContext,
}

/// What a look at a database found.
#[derive(Clone, Debug)]
pub struct Looked {
    /// What the database says of itself.
    pub snapshot: Snapshot,
    /// Its migrations beside those of the folder.
    pub state: State,
}

impl Looked {
    /// Whether the tracking tables or the mark are missing.
    pub(crate) fn lacks_tracking(&self) -> bool {
        !self.snapshot.tracked || self.snapshot.identity.is_none()
    }
}

impl Executor<'_> {
    /// Looks: reads the database, checks the identity, compares with the folder. Takes no lock and writes nothing.
    ///
    /// # Errors
    ///
    /// [`MigrationError::Identity`] for another database, or what the engine says.
    pub async fn look(&self) -> Result<Looked, MigrationError> {
        let snapshot = self.read().await?;
        let state = State::of(self.folder, &snapshot);
        snapshot.check(self.database.mark(), self.context.environment, self.folder, &self.session.place)?;
        Ok(Looked { snapshot, state })
    }

    async fn read(&self) -> Result<Snapshot, MigrationError> {
        Snapshot::read(&self.session.connection, self.session.engine).await.map_err(|error| self.failed(&error))
    }

    pub(super) fn failed(&self, error: &DbErr) -> MigrationError {
        MigrationError::engine(&self.session.place, error)
    }

    /// The versions that [`Executor::up`] would apply, or an error if the folder does not fit.
    ///
    /// # Errors
    ///
    /// What [`State::check`] says, or [`MigrationError::NoSuchVersion`].
    pub async fn pending(&self, state: &State, limit: &Limit) -> Result<Vec<String>, MigrationError> {
        match pending(self.database, self.folder, state, limit, self.context.tolerance) {
            Err(error) => Err(self.explain(error).await),
            pending => pending,
        }
    }

    /// Refuses a database that the folder does not fit; the order of what is pending is the next run's business.
    pub(crate) async fn fits(&self, state: &State) -> Result<(), MigrationError> {
        match state.check(&self.database.name, Tolerance::LENIENT) {
            Err(error) => Err(self.explain(error).await),
            fits => fits,
        }
    }

    /// Applies what is pending. The caller holds the lock, and looked under it.
    /// `outcome` holds what ran, also when a later migration fails.
    pub(crate) async fn up(&self, looked: &Looked, limit: &Limit, outcome: &mut Outcome) -> Result<(), MigrationError> {
        let pending = self.pending(&looked.state, limit).await?;
        self.warn_of_late(&looked.state);
        self.prepare(looked, pending.is_empty()).await?;
        self.run_all(&pending, Direction::Up, outcome).await
    }

    /// Tells of a migration that is older than an applied one, where that is neither refused nor expected.
    fn warn_of_late(&self, state: &State) {
        let late = state.out_of_order().filter(|_| self.context.tolerance.out_of_order == OutOfOrder::Warn);
        if let Some((version, applied)) = late {
            let database = &self.database.name;
            self.context.observer.event(&Event::OutOfOrder { database, version, applied });
        }
    }

    pub(super) async fn run_all(
        &self,
        versions: &[String],
        direction: Direction,
        outcome: &mut Outcome,
    ) -> Result<(), MigrationError> {
        // What ran ahead of the others stands there already.
        let before = outcome.versions.len();
        for (index, version) in versions.iter().enumerate() {
            if self.context.stop.load(Ordering::SeqCst) {
                outcome.stopped = true;
                return self.flush().await;
            }
            if index + 1 == versions.len() {
                self.set_flushing(true).await?;
            }
            let ran = run_one::run(self, version, direction, (before + index + 1, before + versions.len())).await;
            if let Err(error) = ran {
                // The failure is what is reported; a server that is gone flushes by itself or has lost nothing reported.
                let _ = self.flush().await;
                return Err(error);
            }
            outcome.versions.push(version.clone());
        }
        Ok(())
    }

    /// Whether each commit waits for the disk. Within a run only the last one has to: PostgreSQL's log is written in
    /// order, so whatever is on disk is a whole number of migrations with their history (its manual, "Asynchronous
    /// Commit"), and nothing is reported before the last commit is there. SQLite's log with `synchronous = NORMAL` never
    /// waits.
    async fn set_flushing(&self, flushing: bool) -> Result<(), MigrationError> {
        self.on_postgres(flushing_is(flushing)).await
    }

    /// Waits until everything committed so far is on disk: a commit that waits takes all before it along.
    async fn flush(&self) -> Result<(), MigrationError> {
        self.set_flushing(true).await?;
        self.on_postgres("UPDATE public.database_identity SET name = name").await
    }

    pub(super) async fn on_postgres(&self, sql: &str) -> Result<(), MigrationError> {
        if self.session.engine == Engine::Postgres {
            let done = self.session.connection.execute_unprepared(sql).await;
            done.map_err(|error| self.failed(&error))?;
        }
        Ok(())
    }

    /// The versions that [`Executor::down`] would take back, newest application first.
    ///
    /// # Errors
    ///
    /// [`MigrationError::PartlyApplied`], [`MigrationError::NoSuchVersion`], [`MigrationError::Unknown`] or
    /// [`MigrationError::Irreversible`].
    pub fn reverting(&self, snapshot: &Snapshot, limit: &Limit) -> Result<Vec<String>, MigrationError> {
        // What ran of it stands on what is to go, and is not in the history.
        let broke_off =
            |(version, way): &(&String, &Direction)| **way == Direction::Up && !snapshot.applied.contains_key(*version);
        if let Some((version, _)) = snapshot.partial.iter().find(broke_off) {
            let (database, version) = (self.database.name.clone(), version.clone());
            return Err(MigrationError::PartlyApplied { database, version });
        }
        let (mut in_order, mut seen) = (Vec::with_capacity(snapshot.applied.len()), HashSet::new());
        for version in snapshot.in_order_of_application() {
            // A checkpoint goes back as a whole, behind everything that came after the first of what it stands for.
            let standing_for = self.folder.replacing(version).map(|checkpoint| checkpoint.version.clone());
            let version = standing_for.unwrap_or_else(|| version.to_owned());
            if seen.insert(version.clone()) {
                in_order.push(version);
            }
        }
        let newest_first = in_order.iter().rev().cloned();
        let versions: Vec<String> = match limit {
            Limit::All => newest_first.collect(),
            Limit::Count(count) => newest_first.take(*count).collect(),
            Limit::To(version) => {
                let last = resolve(self.database, self.folder, version)?;
                if !in_order.contains(&last) {
                    return Err(MigrationError::NotApplied { database: self.database.name.clone(), version: last });
                }
                newest_first.take_while(|version| *version != last).collect()
            }
        };
        versions.iter().try_for_each(|version| self.check_way_back(version))?;
        Ok(versions)
    }

    fn check_way_back(&self, version: &str) -> Result<(), MigrationError> {
        let (database, version) = (self.database.name.clone(), version.to_owned());
        match self.folder.get(&version).map(|migration| &migration.body) {
            None => Err(MigrationError::Unknown { database, version }),
            Some(Body::Sql { down, .. }) => match &down.directives.irreversible {
                Some(reason) => Err(MigrationError::Irreversible { database, version, reason: reason.clone() }),
                None => Ok(()),
            },
            Some(Body::Rust(_)) => Ok(()),
        }
    }

    /// What would be lost by taking `versions` back. Tables that lose rows or columns count with all their rows.
    ///
    /// # Errors
    ///
    /// What the engine says.
    pub(crate) async fn loss_of(&self, versions: &[String]) -> Result<Loss, MigrationError> {
        let session = self.session;
        let mut lost = lost_by(self.folder, versions, session.engine);
        let referring = cascades(&session.connection, session.engine).await;
        lost.follow(&referring.map_err(|error| self.failed(&error))?);
        let tables = lost_rows(session, |table| lost.hold(table)).await.map_err(|error| self.failed(&error))?;
        Ok(Loss { database: self.database.name.clone(), place: self.session.place.clone(), tables })
    }

    /// Takes `versions` back. The caller holds the lock, and looked under it.
    pub(crate) async fn down(
        &self,
        looked: &Looked,
        versions: &[String],
        outcome: &mut Outcome,
        _: &DestructiveToken,
    ) -> Result<(), MigrationError> {
        self.prepare(looked, versions.is_empty()).await?;
        self.run_all(versions, Direction::Down, outcome).await
    }

    /// Makes the tracking tables and the mark where they are missing, and sets the session's limits. Commits wait for the
    /// disk from here on where nothing comes behind that would take them along.
    pub(crate) async fn prepare(&self, looked: &Looked, flushing: bool) -> Result<(), MigrationError> {
        self.set_limits(flushing).await?;
        if looked.lacks_tracking() {
            self.bootstrap(looked, flushing).await?;
        }
        Ok(())
    }

    /// As [`Executor::prepare`] for a database that lacks something, ahead of the run that needs it. `looked` then has it.
    pub(crate) async fn prepare_ahead(&self, looked: &mut Looked) -> Result<(), MigrationError> {
        self.set_limits(false).await?;
        let mark = self.bootstrap(looked, false).await?;
        looked.snapshot.tracked = true;
        looked.snapshot.identity = mark.or(looked.snapshot.identity.take());
        Ok(())
    }

    /// Undoes what a migration set for the session: `search_path`, limits, roles.
    pub(super) async fn restore_settings(&self) -> Result<(), MigrationError> {
        if self.session.engine == Engine::Postgres {
            self.restore_settings_on(&self.session.connection).await.map_err(|error| self.failed(&error))?;
        }
        Ok(())
    }

    /// As [`Executor::restore_settings`] for a transaction that goes on.
    pub(super) async fn restore_settings_on(&self, connection: &impl ConnectionTrait) -> Result<(), DbErr> {
        let settings = self.session.settings(&self.database.search_path());
        // Within a run the last commit alone waits for the disk, and that is set right before it.
        let script = format!("RESET ALL; {settings}; {}", limits(false));
        connection.execute_unprepared(&script).await.map(drop)
    }

    async fn set_limits(&self, flushing: bool) -> Result<(), MigrationError> {
        self.on_postgres(&limits(flushing)).await?;
        // They are the first words of every run.
        self.session.is_unbroken().map_err(|error| self.failed(&of_driver(error)))
    }

    /// Answers the mark, where it had to be made. A run that was killed a moment ago has lost its lock, while the server may
    /// still be making the same for it: then it is there, or can be made, once that is over.
    async fn bootstrap(&self, looked: &Looked, flushing: bool) -> Result<Option<Identity>, MigrationError> {
        match self.try_bootstrap(looked).await {
            Ok(mark) => return Ok(mark),
            Err(error) if error.is_of_a_lost_connection() => return Err(error),
            Err(_) => {}
        }
        let again = self.look().await?;
        if !again.lacks_tracking() {
            return Ok(again.snapshot.identity);
        }
        // They end with the connection, and it is asked here whether it is still the same.
        self.set_limits(flushing).await?;
        let mark = self.try_bootstrap(&again).await?;
        Ok(mark.or(again.snapshot.identity))
    }

    /// Answers the mark, where it had to be made.
    async fn try_bootstrap(&self, looked: &Looked) -> Result<Option<Identity>, MigrationError> {
        let clock = self.context.clock.as_ref();
        let mark = looked.snapshot.identity.is_none().then(|| Identity {
            id: new_id(clock),
            name: self.database.mark().to_owned(),
            environment: self.context.environment,
            created_at: clock.now(),
        });
        let session = self.session;
        let made = async {
            match session.engine {
                Engine::Postgres => bootstrap(&session.connection, session.engine, mark.as_ref()).await,
                Engine::Sqlite => {
                    let transaction = session.begin().await?;
                    bootstrap(&transaction, session.engine, mark.as_ref()).await?;
                    transaction.commit().await
                }
            }
        };
        made.await.map_err(|error| self.failed(&error))?;
        session.is_unbroken().map_err(|error| self.failed(&of_driver(error)))?;
        Ok(mark)
    }
}

/// A migration that waits longer for a lock keeps everybody waiting behind it, and one whose client is gone should
/// end; the latter some systems can notice (PostgreSQL's manual, `client_connection_check_interval`), and others refuse.
fn limits(flushing: bool) -> String {
    const LIMITS: &str = "SET lock_timeout = '3s'; \
         SELECT pg_catalog.set_config('client_connection_check_interval', '2s', false) \
         WHERE pg_catalog.version() ~* '(linux|darwin|bsd)'";
    format!("{LIMITS}; {}", flushing_is(flushing))
}

pub(super) fn flushing_is(flushing: bool) -> &'static str {
    if flushing { "RESET synchronous_commit" } else { "SET synchronous_commit = off" }
}

/// What the ways back of `versions` lose.
fn lost_by(folder: &Folder, versions: &[String], engine: Engine) -> Lost {
    let mut lost = Lost::on(engine);
    for migration in versions.iter().filter_map(|version| folder.get(version)) {
        match &migration.body {
            Body::Sql { down, .. } => lost.add_script(down),
            Body::Rust(_) => lost.add_everything(),
        }
    }
    lost
}

/// The versions that a run up to `limit` would apply, or an error if the folder does not fit the database.
fn pending(
    database: &Descriptor,
    folder: &Folder,
    state: &State,
    limit: &Limit,
    tolerance: Tolerance,
) -> Result<Vec<String>, MigrationError> {
    state.check(&database.name, tolerance)?;
    let mut pending: Vec<String> = state.pending().into_iter().map(str::to_owned).collect();
    match limit {
        Limit::All => {}
        Limit::Count(count) => pending.truncate(*count),
        Limit::To(version) => {
            let last = resolve(database, folder, version)?;
            pending.retain(|version| VersionKey::compare(version, &last).is_le());
        }
    }
    Ok(pending)
}

/// The full version that a number or a version names.
pub(crate) fn resolve(database: &Descriptor, folder: &Folder, version: &str) -> Result<String, MigrationError> {
    let number = VersionKey::of(version);
    let exact = folder.migrations.iter().find(|migration| migration.version == version);
    // A number alone is as good as the whole name; another name is none.
    let is_number = !version.trim_start_matches(['V', 'v']).contains(char::is_alphabetic);
    let same = |migration: &&Migration| is_number && VersionKey::of(&migration.version) == number;
    let found = exact.or_else(|| folder.migrations.iter().find(same));
    found
        .map(|migration| migration.version.clone())
        .ok_or_else(|| MigrationError::NoSuchVersion { database: database.name.clone(), version: version.to_owned() })
}
