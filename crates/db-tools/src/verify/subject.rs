//! What is done to a scratch database in the course of a proof.

use std::sync::Arc;

use atriz_db::migrate::{Body, Direction, Limit, Migration, Mode, Script};
use atriz_db::progress::{SharedObserver, Silent};
use atriz_db::{Consent, Engine, Fleet, MigrateRequest, Phase, Session};
use sea_orm::{ConnectionTrait as _, Statement};

use super::VerifyError;
use crate::introspect::{Schema, difference, read};
use crate::scratch::{Saved, Scratch};
use crate::verify::{Fault, Proof};

/// A migration under proof.
pub(super) struct Subject<'a> {
    pub(super) scratch: &'a Scratch,
    pub(super) migration: &'a Migration,
}

/// How a run ended: what it did, or why it failed.
pub(super) type Ran = Result<Vec<String>, String>;

/// A state and its schema.
pub(super) struct Known {
    pub(super) saved: Saved,
    pub(super) schema: Schema,
}

/// A connection that stays, and its server process.
pub(super) struct Reader {
    pub(super) session: Session,
    pub(super) process: i32,
}

impl Subject<'_> {
    pub(super) fn engine(&self) -> Engine {
        self.scratch.engine()
    }

    /// The file of one way; nothing for a migration in Rust.
    pub(super) fn script(&self, direction: Direction) -> Option<&Script> {
        match (&self.migration.body, direction) {
            (Body::Sql { up, .. }, Direction::Up) => Some(up),
            (Body::Sql { down, .. }, Direction::Down) => Some(down),
            (Body::Rust(_), _) => None,
        }
    }

    /// How messages call one way.
    pub(super) fn file(&self, direction: Direction) -> String {
        let rust = || format!("{} ({})", self.migration.version, direction.name());
        self.script(direction).map_or_else(rust, |script| script.path.clone())
    }

    /// How many statements one way has.
    pub(super) fn statements(&self, direction: Direction) -> usize {
        self.script(direction).map_or(1, |script| script.statements.len())
    }

    /// Whether one transaction holds all of one way.
    pub(super) fn is_one_transaction(&self, direction: Direction) -> bool {
        self.script(direction).is_some_and(|script| script.mode == Mode::Transaction)
    }

    /// Why there is no way back.
    pub(super) fn irreversible(&self) -> Option<String> {
        self.script(Direction::Down).and_then(|script| script.directives.irreversible.clone())
    }

    /// Runs the migration one way.
    pub(super) async fn run(&self, direction: Direction) -> Result<Ran, VerifyError> {
        self.run_on(self.scratch.fleet(), direction, Arc::new(Silent)).await
    }

    pub(super) async fn run_on(
        &self,
        fleet: &Fleet,
        direction: Direction,
        observer: SharedObserver,
    ) -> Result<Ran, VerifyError> {
        let context = self.scratch.context(observer);
        let plan = self.scratch.plan()?;
        if direction == Direction::Down {
            let Some(name) = plan.databases.first().map(|database| database.name.clone()) else {
                return Ok(Ok(vec![]));
            };
            let consent = Consent { yes: true, ..Consent::default() };
            let done = fleet.rollback(&name, &Limit::Count(1), &consent, &context).await;
            return Ok(done.map(|report| report.reverted).map_err(|error| error.to_string()));
        }
        let request = MigrateRequest { plan, limit: Limit::To(self.migration.version.clone()) };
        let reports = match fleet.migrate(&request, &context).await {
            Ok(reports) => reports,
            Err(error) => return Ok(Err(error.to_string())),
        };
        let Some(report) = reports.into_iter().next() else { return Ok(Ok(vec![])) };
        Ok(match report.phase {
            Phase::Failed { error, .. } => Err(error),
            _ => Ok(report.applied),
        })
    }

    /// The schema as it is.
    pub(super) async fn schema(&self) -> Result<Schema, VerifyError> {
        self.schema_on(self.scratch.fleet()).await
    }

    pub(super) async fn schema_on(&self, fleet: &Fleet) -> Result<Schema, VerifyError> {
        let session = self.scratch.session_on(fleet).await?;
        let schema = read(&session.connection).await;
        session.close().await;
        Ok(schema?)
    }

    /// A connection that reads the schema again and again: a server process that is warm takes a fraction of the time of a
    /// new one.
    pub(super) async fn reader(&self) -> Result<Reader, VerifyError> {
        let session = self.scratch.session().await?;
        let query = Statement::from_string(self.engine().backend(), "SELECT pg_catalog.pg_backend_pid() AS pid");
        let row = session.connection.query_one_raw(query).await;
        let process = row.and_then(|row| row.map_or(Ok(0), |row| row.try_get("", "pid")));
        let process = process.map_err(|error| VerifyError::Journal { reason: error.to_string() })?;
        Ok(Reader { session, process })
    }

    /// The schema, and how many lines the journal has.
    pub(super) async fn schema_and_journal(&self) -> Result<(Schema, i64), VerifyError> {
        let session = self.scratch.session().await?;
        let table = match self.engine() {
            Engine::Postgres => "public.migration_history",
            Engine::Sqlite => "migration_history",
        };
        let query = format!("SELECT count(*) AS lines FROM {table}");
        let row = session.connection.query_one_raw(Statement::from_string(self.engine().backend(), query)).await;
        let lines = row.and_then(|row| row.map_or(Ok(0), |row| row.try_get("", "lines")));
        let schema = read(&session.connection).await;
        session.close().await;
        Ok((schema?, lines.map_err(|error| VerifyError::Journal { reason: error.to_string() })?))
    }

    /// A fault, if what is there is not what should be.
    pub(super) fn compare(
        &self,
        proof: Proof,
        direction: Direction,
        should: &Schema,
        is: &Schema,
        reason: &str,
    ) -> Option<Fault> {
        let differences = difference(should, is);
        let fault = |differences| Fault {
            proof,
            file: self.file(direction),
            line: None,
            reason: reason.to_owned(),
            differences,
        };
        (!differences.is_empty()).then(|| fault(differences))
    }

    pub(super) fn fault(&self, proof: Proof, direction: Direction, reason: String) -> Fault {
        Fault { proof, file: self.file(direction), line: None, reason, differences: Vec::new() }
    }
}
