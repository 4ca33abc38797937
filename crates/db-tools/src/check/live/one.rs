//! One database.

use std::collections::HashSet;
use std::sync::Arc;

use atriz_db::migrate::{Executor, Folder, MigrationError, RunContext, Standing, State};
use atriz_db::{ConnectError, Descriptor, Engine, Error, Fleet, Session, Target};

use super::compare::Comparison;
use super::report::LiveDatabase;
use super::{LiveError, empty, indexes, loss, orphans, replay, session, unproved};
use crate::introspect::{Schema, read};
use crate::scratch::Server;

pub(super) struct One {
    pub(super) fleet: Arc<Fleet>,
    pub(super) database: Arc<Descriptor>,
    pub(super) context: RunContext,
    pub(super) server: Option<Arc<Server>>,
}

/// What the running database says of itself.
struct Seen {
    state: State,
    schema: Schema,
    version: Option<String>,
}

impl One {
    pub(super) async fn look(&self) -> Result<LiveDatabase, LiveError> {
        let target = self.fleet.configuration.target(&self.database.name).map_err(Error::from)?;
        let folder = Folder::read(&self.database, target.engine()).map_err(Error::from)?;
        let mut report = LiveDatabase {
            database: self.database.name.clone(),
            engine: target.engine(),
            place: target.describe(),
            migrations: 0,
            references: 0,
            findings: Vec::new(),
            notes: Vec::new(),
        };
        let seen = match self.see(target, &folder).await {
            Ok(seen) => seen,
            Err(error) => {
                tell_unseen(&mut report, &error);
                return Ok(report);
            }
        };
        self.compare(&mut report, target, &folder, &seen).await?;
        for reference in &self.database.references {
            orphans::follow(&self.fleet, &self.context, &seen.schema, reference, &mut report).await;
        }
        Ok(report)
    }

    /// Everything that the running database is asked, in one session.
    async fn see(&self, target: &Target, folder: &Folder) -> Result<Seen, Error> {
        let session = session::open(target).await?;
        let seen = self.see_through(&session, folder).await;
        session.close().await;
        seen
    }

    async fn see_through(&self, session: &Session, folder: &Folder) -> Result<Seen, Error> {
        let executor = Executor { database: &self.database, folder, session, context: &self.context };
        let state = executor.look().await?.state;
        let unread = |error: crate::introspect::IntrospectError| {
            Error::from(ConnectError::Other { place: session.place.clone(), reason: error.to_string() })
        };
        let schema = read(&session.connection).await.map_err(unread)?;
        let version = replay::version(&session.connection).await.map_err(unread)?;
        Ok(Seen { state, schema, version })
    }

    async fn compare(
        &self,
        report: &mut LiveDatabase,
        target: &Target,
        folder: &Folder,
        seen: &Seen,
    ) -> Result<(), LiveError> {
        tell_standing(report, &seen.state);
        let is_there = |standing| matches!(standing, Standing::Applied | Standing::Foreign | Standing::Edited);
        let there = seen.state.migrations.iter().filter(|one| is_there(one.standing));
        let versions: HashSet<&str> = there.map(|one| one.version.as_str()).collect();
        report.migrations = versions.len();
        // A history with a gap and a name that no file has says of neither what stands in the database.
        let has_gap = seen.state.out_of_order().is_some();
        if has_gap && !seen.state.versions(Standing::Unknown).is_empty() {
            let reason = "its history and its folder do not fit, so its tables are compared with nothing";
            report.notes.push(reason.to_owned());
            return Ok(());
        }
        let server = self.server.as_ref().filter(|_| target.engine() == Engine::Postgres);
        let replayed = match replay::replay(&self.database, folder, &versions, server).await {
            // The whole folder may replay all the same: what is pending in between is what the others need.
            Err(LiveError::Replay { reason, .. }) if has_gap => {
                let hint = format!("-- `cargo xtask db status {} --verbose` shows what is pending", report.database);
                report.told("history", "migration", format!("does not replay: {reason}"), vec![hint]);
                return Ok(());
            }
            replayed => replayed?,
        };
        let roles = match target {
            Target::Postgres(target) => (target.owner_role.clone(), target.app_role.clone()),
            Target::Sqlite(_) => Default::default(),
        };
        let (empty, losses) =
            Comparison { folder: &replayed, live: &seen.schema, live_version: seen.version.as_deref(), roles: &roles }
                .tell(report);
        if !(empty.is_empty() && losses.is_empty()) {
            match session::open(target).await {
                Ok(session) => {
                    empty::count(&session, &empty, report).await;
                    loss::count(&session, &losses, report).await;
                    session.close().await;
                }
                Err(error) => loss::uncounted(&losses, &error.to_string(), report),
            }
        }
        indexes::tell(report, &replayed.schema, &seen.schema);
        unproved::tell(report, &replayed.schema, &seen.schema);
        Ok(())
    }
}

/// Why a database was not looked at.
fn tell_unseen(report: &mut LiveDatabase, error: &Error) {
    let name = report.database.clone();
    let kind = match error {
        Error::Connect(ConnectError::Missing { .. }) => "missing",
        Error::Identity(_) | Error::Migration(MigrationError::Identity(_)) => "refused",
        _ => "not_looked_at",
    };
    report.told(format!("database {name}"), kind, error.to_string(), vec![format!("-- {}", error.hint())]);
}

/// Pending migrations are no drift: the database is compared with what it has behind it.
fn tell_standing(report: &mut LiveDatabase, state: &State) {
    let pending: Vec<&str> = state.pending();
    if let (Some(first), count) = (pending.first(), pending.len()) {
        let name = &report.database;
        let more = if count == 1 { String::new() } else { format!(" and {} more", count - 1) };
        report.notes.push(format!(
            "{first}{more} pending: compared with what is applied; `cargo xtask db migrate {name}` applies the rest"
        ));
    }
    for one in state.migrations.iter().filter(|one| one.standing.is_odd()) {
        let mend = match one.standing {
            Standing::Partial => format!("-- `cargo xtask db migrate {}` goes on with it", report.database),
            _ => format!("-- `cargo xtask db repair {}` shows the ways out", report.database),
        };
        report.told(format!("migration {}", one.version), "migration", one.standing.words(), vec![mend]);
    }
}
