//! Loads seeds, one transaction a file.

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, sqlx};

use super::convert::time_text;
use super::files::{SeedFile, SeedKind};
use super::history::{self, Known, Record};
use super::keys::Keys;
use super::raw::{FillError, LOCK_TIMEOUT, Raw};
use super::refused::refused;
use super::rows::{SeedRows, Seen};
use super::script::statements;
use super::shape::{Shape, Source};
use super::stage::{STAGE, StageSql, count_any, time_literal};
use super::{SeedContext, SeedError, SeedOutcome, SeedReport, list};
use crate::Engine;
use crate::catalog::{Descriptor, SeedFunction, SeedSet};
use crate::connect::Session;
use crate::failure::{Failure, FailureKind};
use crate::lock::commit_held;
use crate::migrate::{RunContext, hash_bytes, hex};
use crate::progress::Event;

/// Loads the seeds of one database.
pub(crate) struct Loader<'a> {
    pub(crate) database: &'a Descriptor,
    pub(crate) session: &'a Session,
    pub(crate) context: &'a RunContext,
}

/// A file on its way into its table.
struct Staged<'a> {
    file: &'a SeedFile,
    label: &'a str,
    rows: &'a SeedRows,
    sql: StageSql<'a>,
    /// The time of the run, as both engines read it in text.
    time: &'a str,
}

/// What came of a file, and what is to be recorded of it.
struct Loaded {
    outcome: SeedOutcome,
    inserted: u64,
    keys: Keys,
}

impl Loader<'_> {
    /// Loads all files of `sets`. With `skip_known`, a file that was loaded before and has not changed is not compared
    /// row by row again.
    pub(crate) async fn load(&self, sets: &[SeedSet], skip_known: bool) -> Result<Vec<SeedReport>, SeedError> {
        let files = list(self.database, self.session.engine, sets)?;
        self.check_scripts(&files)?;
        let mut reports = Vec::with_capacity(files.len());
        for (index, file) in files.iter().enumerate() {
            let (database, name) = (self.database.name.as_str(), file.name.as_str());
            let (number, count) = (index + 1, files.len());
            self.context.observer.event(&Event::SeedStarted { database, file: name, number, count });
            let outcome = self.retried(file, || self.load_file(file, skip_known)).await?;
            let rows = outcome.map_or(0, |outcome| outcome.inserted + outcome.changed);
            self.context.observer.event(&Event::SeedFinished { database, file: name, rows });
            reports.push(SeedReport { file: file.name.clone(), outcome });
        }
        Ok(reports)
    }

    /// Refuses SQL that cannot run before the first file does.
    fn check_scripts(&self, files: &[SeedFile]) -> Result<(), SeedError> {
        for file in files.iter().filter(|file| matches!(file.kind, SeedKind::Sql { .. })) {
            let label = file.label(self.database);
            statements(self.session.engine, &label, &self.read(file, &label)?)?;
        }
        Ok(())
    }

    async fn load_file(&self, file: &SeedFile, skip_known: bool) -> Result<Option<SeedOutcome>, SeedError> {
        if let SeedKind::Function(function) = &file.kind {
            return self.load_function(file, function).await.map(Some);
        }
        let label = file.label(self.database);
        let failed = |error| SeedError::engine(&label, &error);
        let mut raw = Raw::begin(self.session).await.map_err(failed)?;
        let known = history::known(&mut raw, file).await.map_err(failed)?;
        if skip_known && self.is_current(&mut raw, file, known.as_ref()).await.map_err(failed)? {
            return Ok(None);
        }
        let bytes = self.read(file, &label)?;
        let hash = hash_bytes(&bytes);
        let time = time_text(&self.context.clock.now());
        let now = time_literal(self.session.engine, &time);
        let loaded = if matches!(file.kind, SeedKind::Sql { .. }) {
            self.load_sql(&mut raw, &label, &bytes, known.as_ref()).await?
        } else {
            let rows = SeedRows::open(self.database, file, &label, bytes)?;
            let sql = self.stage_sql(rows.shape(), &now);
            let staged = Staged { file, label: &label, rows: &rows, sql, time: &time };
            self.load_rows(&mut raw, &staged, known.as_ref()).await?
        };
        let record = Record {
            file,
            hash: &hash,
            inserted: loaded.inserted,
            keys: &loaded.keys,
            now: &now,
            operator: &self.context.operator,
        };
        history::record(&mut raw, &record).await.map_err(failed)?;
        raw.commit(self.session).await.map_err(failed)?;
        Ok(Some(loaded.outcome))
    }

    /// Whether a file was loaded as it is, no migration was taken back since, and its table still holds rows.
    async fn is_current(&self, raw: &mut Raw, file: &SeedFile, known: Option<&Known>) -> Result<bool, sqlx::Error> {
        let Some(known) = known.filter(|known| !known.is_stale()) else { return Ok(false) };
        if self.database.seeds.sha256(file.path()).is_none_or(|hash| known.hash != hex(&hash)) {
            return Ok(false);
        }
        let Some(table) = self.database.table(file.table()) else { return Ok(true) };
        Ok(raw.number(&count_any(&table.sql_name(self.session.engine))).await? > 0)
    }

    pub(super) fn now(&self) -> String {
        time_literal(self.session.engine, &time_text(&self.context.clock.now()))
    }

    pub(super) fn read(&self, file: &SeedFile, label: &str) -> Result<Vec<u8>, SeedError> {
        let bytes = self.database.seeds.read(file.path());
        bytes
            .map(std::borrow::Cow::into_owned)
            .ok_or_else(|| SeedError::Format { file: label.to_owned(), reason: "it cannot be read".to_owned() })
    }

    /// Runs a seed in Rust. What it has a way back for is recorded, so that the way back is known to have something to do.
    async fn load_function(&self, file: &SeedFile, function: &SeedFunction) -> Result<SeedOutcome, SeedError> {
        let failed = |error: &DbErr| SeedError::function(&function.name, error);
        let transaction = self.begin(function).await?;
        let outcome = (function.run)(&transaction, &self.seed_context()).await?;
        if function.back.is_some() {
            let record = Record {
                file,
                hash: "",
                // Its way back may take whatever it answers for, whoever wrote that.
                inserted: outcome.inserted + outcome.changed + outcome.unchanged,
                keys: &Keys::default(),
                now: &self.now(),
                operator: &self.context.operator,
            };
            let recorded = history::record_function(&transaction, self.session.engine, &record).await;
            recorded.map_err(|error| failed(&error))?;
        }
        commit_held(self.session, transaction).await.map_err(|error| failed(&error))?;
        Ok(outcome)
    }

    /// Begins the transaction of a seed in Rust.
    pub(super) async fn begin(&self, function: &SeedFunction) -> Result<DatabaseTransaction, SeedError> {
        let begun = async {
            let transaction = self.session.begin().await?;
            if self.session.engine == Engine::Postgres {
                transaction.execute_unprepared(LOCK_TIMEOUT).await?;
            }
            Ok(transaction)
        };
        begun.await.map_err(|error| SeedError::function(&function.name, &error))
    }

    pub(super) fn seed_context(&self) -> SeedContext {
        SeedContext {
            engine: self.session.engine,
            environment: self.context.environment,
            clock: self.context.clock.clone(),
        }
    }

    async fn load_sql(
        &self,
        raw: &mut Raw,
        label: &str,
        bytes: &[u8],
        known: Option<&Known>,
    ) -> Result<Loaded, SeedError> {
        let outcome = self.run_sql(raw, label, bytes).await?;
        let before = known.filter(|known| !known.is_stale()).map_or(0, |known| known.inserted);
        Ok(Loaded { outcome, inserted: before + outcome.inserted, keys: Keys::default() })
    }

    /// Runs a SQL seed; how many rows it touched is what it changed.
    pub(super) async fn run_sql(&self, raw: &mut Raw, label: &str, bytes: &[u8]) -> Result<SeedOutcome, SeedError> {
        let statements = statements(self.session.engine, label, bytes)?;
        let mut outcome = SeedOutcome::default();
        for statement in statements {
            outcome.inserted += raw.execute(&statement.text).await.map_err(|error| SeedError::engine(label, &error))?;
        }
        Ok(outcome)
    }

    async fn load_rows(&self, raw: &mut Raw, staged: &Staged<'_>, known: Option<&Known>) -> Result<Loaded, SeedError> {
        let Staged { label, rows, sql, .. } = staged;
        let failed = |error| SeedError::engine(label, &error);
        let none = Seen::default();
        if rows.is_empty()? {
            let keys = self.keys_before(raw, staged, &none, known, 0).await.map_err(failed)?;
            return Ok(Loaded { outcome: SeedOutcome::default(), inserted: keys.len(), keys });
        }
        if let Some(seen) = self.load_into_empty(raw, staged).await? {
            let mut keys = self.keys_before(raw, staged, &none, known, 0).await.map_err(failed)?;
            let outcome = SeedOutcome { inserted: seen.len() as u64, ..SeedOutcome::default() };
            keys.add(seen.identities);
            return Ok(Loaded { outcome, inserted: keys.len(), keys });
        }
        raw.execute(&sql.create()).await.map_err(failed)?;
        let seen = raw.fill(STAGE, rows.read(|_| true), &[]).await.map_err(|error| error.of(label))?;
        check_unique(label, rows, &seen)?;
        let counted = async {
            let found = u64::try_from(raw.number(&sql.count_found()).await?).unwrap_or(0);
            let mut keys = self.keys_before(raw, staged, &seen, known, found).await?;
            match found {
                0 => keys.add(seen.identities.iter().copied()),
                _ if found == seen.len() as u64 => {}
                _ => keys.add(seen.of(raw.numbers(&sql.numbers_where(&sql.is_missing())).await?)),
            }
            Ok((found, keys))
        };
        let (found, keys) = counted.await.map_err(failed)?;
        self.check_parents(raw, staged, &seen).await?;
        raw.execute("SAVEPOINT whole").await.map_err(failed)?;
        let touched = match write(raw, sql).await {
            Ok(touched) => touched,
            Err(error) => {
                raw.execute("ROLLBACK TO SAVEPOINT whole").await.map_err(failed)?;
                return Err(refused(raw, label, &seen, sql, &error).await);
            }
        };
        let inserted = seen.len() as u64 - found;
        let changed = touched.saturating_sub(inserted);
        let outcome = SeedOutcome { inserted, changed, unchanged: found.saturating_sub(changed) };
        Ok(Loaded { outcome, inserted: keys.len(), keys })
    }

    /// Puts the rows straight into a table that holds none: there is nothing to compare them with. What the engine refuses is
    /// undone, and left to the longer way, which can tell the row.
    async fn load_into_empty(&self, raw: &mut Raw, staged: &Staged<'_>) -> Result<Option<Seen>, SeedError> {
        let Staged { label, rows, sql, .. } = staged;
        let failed = |error| SeedError::engine(label, &error);
        if rows.shape().draws_version || raw.number(&sql.count_any()).await.map_err(failed)? > 0 {
            return Ok(None);
        }
        raw.execute("SAVEPOINT empty").await.map_err(failed)?;
        let tail = vec![staged.time; rows.shape().stamps.len()];
        match raw.fill(&sql.target(), rows.read(|_| true), &tail).await {
            Ok(seen) => {
                raw.execute("RELEASE SAVEPOINT empty").await.map_err(failed)?;
                Ok(Some(seen))
            }
            Err(FillError::Engine(error)) if Failure::of_sqlx(&error).kind != FailureKind::LockTimeout => {
                raw.execute("ROLLBACK TO SAVEPOINT empty").await.map_err(failed)?;
                Ok(None)
            }
            Err(error) => Err(error.of(label)),
        }
    }

    /// The rows that are the file's since earlier runs. Whoever changed one since the last made it theirs.
    async fn keys_before(
        &self,
        raw: &mut Raw,
        staged: &Staged<'_>,
        seen: &Seen,
        known: Option<&Known>,
        found: u64,
    ) -> Result<Keys, sqlx::Error> {
        let Some(known) = known else { return Ok(Keys::default()) };
        // After a way back, fewer rows than there were mean another table; what stands there now is somebody's.
        if known.is_stale() && found < known.inserted {
            return Ok(Keys::default());
        }
        let mut keys = history::keys_of(raw, staged.file).await?;
        if let Some(changed) = staged.sql.is_changed_since(&known.happened_at).filter(|_| found > 0) {
            keys.remove(seen.of(raw.numbers(&staged.sql.numbers_where(&changed)).await?));
        }
        Ok(keys)
    }

    pub(super) fn stage_sql<'s>(&'s self, shape: &'s Shape, now: &str) -> StageSql<'s> {
        StageSql { engine: self.session.engine, shape, scope: self.database.scope.as_ref(), now: now.to_owned() }
    }

    /// A parent that is missing is told with its row: the engines name the constraint at best. Parents within the file
    /// itself are staged, not stored, and left to the foreign key.
    async fn check_parents(&self, raw: &mut Raw, staged: &Staged<'_>, seen: &Seen) -> Result<(), SeedError> {
        let Staged { label, rows, sql, .. } = staged;
        for column in &rows.shape().columns {
            let Source::Parent { cell, table, local: true } = &column.source else { continue };
            let Some(parent) = self.database.table(table).filter(|parent| parent.name != rows.shape().table.name)
            else {
                continue;
            };
            let missing = sql.missing_parents(&column.name, &parent.sql_name(self.session.engine));
            let missing = raw.numbers(&missing).await.map_err(|error| SeedError::engine(label, &error))?;
            if let Some(&number) = missing.first() {
                return Err(SeedError::MissingParent {
                    file: (*label).to_owned(),
                    row: seen.lines.get(number).copied().unwrap_or_default(),
                    column: column.heading.clone(),
                    table: table.clone(),
                    key: rows.cells(number)?.get(*cell).unwrap_or_default().to_owned(),
                });
            }
        }
        Ok(())
    }
}

/// Two rows of one key would be one row, whichever came last.
fn check_unique(label: &str, rows: &SeedRows, seen: &Seen) -> Result<(), SeedError> {
    let Some((second, first)) = seen.duplicate() else { return Ok(()) };
    let cells = rows.cells(second)?;
    let key = rows.shape().key_cells().into_iter().map(|index| &cells[index]).collect::<Vec<_>>().join("/");
    Err(SeedError::DuplicateKey { file: label.to_owned(), row: seen.lines[second], first: seen.lines[first], key })
}

/// Brings the staged rows into their table; answers how many it touched.
async fn write(raw: &mut Raw, sql: &StageSql<'_>) -> Result<u64, sqlx::Error> {
    if sql.shape.draws_version {
        raw.execute(&sql.draw_versions()).await?;
    }
    let touched = raw.execute(&sql.upsert()).await?;
    if let Some(drop) = sql.drop() {
        raw.execute(&drop).await?;
    }
    Ok(touched)
}
