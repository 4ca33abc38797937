//! The proof that a checkpoint does what the migrations did that it replaces.

use std::sync::Arc;

use atriz_db::migrate::Limit;
use atriz_db::progress::{SharedObserver, Silent};
use atriz_db::{Catalog, Descriptor, Engine, FileSet, Fleet, MigrateRequest, Phase};

use super::SquashError;
use super::normal::normal;
use super::rows::{self, Rows};
use crate::introspect::{Schema, TableKind, difference, read};
use crate::scratch::{Saved, Scratch, Server};
use crate::verify::{VerifyRequest, verify};

/// A scratch database that the old folder was replayed on.
pub(super) struct Replay {
    pub(super) scratch: Scratch,
    server: Option<Arc<Server>>,
    pub(super) schema: Schema,
    pub(super) rows: Rows,
    /// The state behind the last migration of the range.
    middle: Saved,
    /// The schema, and the number of rows, behind the last migration of all.
    end: (Schema, Rows),
}

/// The folders to prove with.
pub(super) struct Folders<'a> {
    /// The new folder.
    pub(super) new: &'a FileSet,
    /// The checkpoint alone.
    pub(super) alone: &'a FileSet,
    pub(super) checkpoint: &'a str,
    pub(super) last: &'a str,
}

impl Replay {
    /// Replays the old folder, up to `last` and then to its end. The scratch database stands at `last` afterwards.
    pub(super) async fn run(
        database: &Descriptor,
        server: Option<&Arc<Server>>,
        last: &str,
    ) -> Result<Self, SquashError> {
        let scratch = Scratch::create(database, server).await?;
        let fleet = scratch.fleet();
        migrate(&scratch, fleet, &Limit::To(last.to_owned())).await?;
        let (schema, rows) = state(&scratch).await?;
        let middle = scratch.save("middle").await?;
        migrate(&scratch, fleet, &Limit::All).await?;
        let end = state(&scratch).await?;
        scratch.restore(&middle).await?;
        Ok(Self { server: server.cloned(), schema, rows, middle, end, scratch })
    }

    /// How many rows a checkpoint carries. A full-text index is no table of its own.
    pub(super) fn count_rows(&self) -> usize {
        let tables = self.schema.tables.iter().filter(|(_, table)| table.kind != TableKind::Virtual);
        tables.filter_map(|(name, _)| self.rows.get(&name.to_string())).map(Vec::len).sum()
    }

    fn engine(&self) -> Engine {
        self.schema.engine
    }

    /// All proofs, one after the other. Answers how many crashes the checkpoint stood.
    pub(super) async fn prove(
        &self,
        database: &Descriptor,
        folders: &Folders<'_>,
        observer: &SharedObserver,
    ) -> Result<usize, SquashError> {
        self.new_databases_are_the_same(database, folders).await?;
        self.old_databases_carry_on(folders).await?;
        self.checkpoint_is_verified(database, folders, observer).await
    }

    /// A new database runs the checkpoint, then what comes behind it.
    async fn new_databases_are_the_same(
        &self,
        database: &Descriptor,
        folders: &Folders<'_>,
    ) -> Result<(), SquashError> {
        let database = with(database, folders.new);
        let scratch = Scratch::create(&database, self.server.as_ref()).await?;
        let applied = migrate(&scratch, scratch.fleet(), &Limit::Count(1)).await?;
        if applied != [folders.checkpoint] {
            return Err(self.unproved(format!("a new database runs {} instead of it", applied.join(", "))));
        }
        let (schema, rows) = state(&scratch).await?;
        self.compare(&self.schema, &schema, "the schema that it makes is another one")?;
        if rows != self.rows {
            let changed = |table: &&String| rows.get(*table) != self.rows.get(*table);
            let table = self.rows.keys().chain(rows.keys()).find(changed).cloned().unwrap_or_default();
            return Err(self.unproved(format!("the rows that it makes in {table} are others")));
        }
        migrate(&scratch, scratch.fleet(), &Limit::All).await?;
        self.compare_end(&state(&scratch).await?, "with the later migrations behind it, a new database")
    }

    /// A database that ran what is replaced has nothing pending up to there, and the rest runs.
    async fn old_databases_carry_on(&self, folders: &Folders<'_>) -> Result<(), SquashError> {
        let fleet = on(&self.scratch, folders.new)?;
        let before = migrate(&self.scratch, &fleet, &Limit::To(folders.checkpoint.to_owned())).await?;
        if !before.is_empty() {
            return Err(self.unproved(format!(
                "a database that ran all of {} runs {}",
                folders.last,
                before.join(", ")
            )));
        }
        migrate(&self.scratch, &fleet, &Limit::All).await?;
        self.compare_end(&state(&self.scratch).await?, "a database that ran what is replaced")?;
        Ok(self.scratch.restore(&self.middle).await?)
    }

    /// There and back, crashes, twice: as every migration.
    async fn checkpoint_is_verified(
        &self,
        database: &Descriptor,
        folders: &Folders<'_>,
        observer: &SharedObserver,
    ) -> Result<usize, SquashError> {
        let mut database = with(database, folders.alone);
        database.rust_migrations = Vec::new;
        let request = VerifyRequest {
            databases: vec![Arc::new(database)],
            engines: vec![self.engine()],
            server: self.server.clone(),
            observer: Arc::clone(observer),
        };
        let verified = verify(request).await?;
        if let Some(fault) = verified.iter().flat_map(crate::verify::Verified::faults).next() {
            let file = fault.file.rsplit('/').next().unwrap_or_default();
            let (engine, differences) = (self.engine(), fault.differences.clone());
            return Err(SquashError::Unproved { engine, reason: format!("{file}: {}", fault.reason), differences });
        }
        Ok(verified.iter().map(crate::verify::Verified::crashes).sum())
    }

    /// Later migrations may insert what is new in each run, such as the time; so at the end rows are counted only.
    fn compare_end(&self, end: &(Schema, Rows), who: &str) -> Result<(), SquashError> {
        self.compare(&self.end.0, &end.0, &format!("{who} ends with another schema"))?;
        if rows::counts(&self.end.1) == rows::counts(&end.1) {
            return Ok(());
        }
        Err(self.unproved(format!("{who} ends with other rows")))
    }

    fn compare(&self, should: &Schema, is: &Schema, reason: &str) -> Result<(), SquashError> {
        let differences = difference(&normal(should), &normal(is));
        if differences.is_empty() {
            return Ok(());
        }
        Err(SquashError::Unproved { engine: self.engine(), reason: reason.to_owned(), differences })
    }

    fn unproved(&self, reason: String) -> SquashError {
        SquashError::Unproved { engine: self.engine(), reason, differences: Vec::new() }
    }
}

/// The same database with another folder.
fn with(database: &Descriptor, files: &FileSet) -> Descriptor {
    database.clone().migrations(files.clone())
}

/// A fleet that sees the scratch database with another folder.
fn on(scratch: &Scratch, files: &FileSet) -> Result<Fleet, SquashError> {
    let mut fleet = scratch.fleet().clone();
    let databases = fleet.catalog.databases().iter().map(|database| with(database, files)).collect();
    fleet.catalog = Catalog::new(databases).map_err(atriz_db::Error::from)?;
    Ok(fleet)
}

async fn migrate(scratch: &Scratch, fleet: &Fleet, limit: &Limit) -> Result<Vec<String>, SquashError> {
    let plan = fleet.catalog.plan(&[]).map_err(atriz_db::Error::from)?;
    let request = MigrateRequest { plan, limit: limit.clone() };
    let reports = fleet.migrate(&request, &scratch.context(Arc::new(Silent))).await?;
    let Some(report) = reports.into_iter().next() else { return Ok(Vec::new()) };
    match report.phase {
        Phase::Failed { error, .. } => {
            let reason = format!("it cannot be migrated: {error}");
            Err(SquashError::Unproved { engine: scratch.engine(), reason, differences: Vec::new() })
        }
        _ => Ok(report.applied),
    }
}

async fn state(scratch: &Scratch) -> Result<(Schema, Rows), SquashError> {
    let session = scratch.session().await?;
    let read = async {
        let schema = read(&session.connection).await?;
        let rows = rows::read(&session.connection, &schema).await?;
        Ok((schema, rows))
    }
    .await;
    session.close().await;
    read
}
