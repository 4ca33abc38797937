//! Loads seeds, one transaction a file.

use std::collections::HashMap;
use std::fmt::Write as _;

use csv::StringRecord;
use sea_orm::{DbErr, sqlx};

use super::convert::{Row, key_of, time_text, value_of};
use super::files::{SeedFile, SeedKind};
use super::history::{self, Record};
use super::raw::Raw;
use super::read::{Table, read_csv, read_json};
use super::script::statements;
use super::shape::{Shape, Source};
use super::stage::{STAGE, StageSql, time_literal};
use super::{SeedContext, SeedError, SeedOutcome, SeedReport, list};
use crate::catalog::{Descriptor, SeedFunction, SeedRun, SeedSet};
use crate::connect::Session;
use crate::migrate::{RunContext, hash_bytes};
use crate::progress::Event;

/// Loads the seeds of one database.
pub(crate) struct Loader<'a> {
    pub(crate) database: &'a Descriptor,
    pub(crate) session: &'a Session,
    pub(crate) context: &'a RunContext,
}

/// The rows of a file as they are staged, and the cells they came from.
pub(super) struct Parsed {
    pub(super) shape: Shape,
    pub(super) rows: Vec<Row>,
    cells: Vec<StringRecord>,
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
            let outcome = self.load_file(file, skip_known).await?;
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
        let label = file.label(self.database);
        if let SeedKind::Function(function) = &file.kind {
            return self.run_function(function, &function.run).await.map(Some);
        }
        let bytes = self.read(file, &label)?;
        let hash = hash_bytes(&bytes);
        let failed = |error| SeedError::engine(&label, &error);
        let mut raw = Raw::begin(self.session).await.map_err(failed)?;
        if skip_known && self.is_known(&mut raw, file, &hash).await.map_err(failed)? {
            return Ok(None);
        }
        let (outcome, found) = match &file.kind {
            SeedKind::Sql { .. } => (self.run_sql(&mut raw, &label, &bytes).await?, "[]".to_owned()),
            _ => self.load_rows(&mut raw, file, &label, &bytes).await?,
        };
        let now = self.now();
        let record = Record {
            file,
            hash: &hash,
            inserted: outcome.inserted,
            found: &found,
            now: &now,
            operator: &self.context.operator,
        };
        history::record(&mut raw, &record).await.map_err(failed)?;
        raw.commit().await.map_err(failed)?;
        Ok(Some(outcome))
    }

    /// Whether a file was loaded as it is, and its table still holds rows: one that was taken back and made again does
    /// not.
    async fn is_known(&self, raw: &mut Raw, file: &SeedFile, hash: &str) -> Result<bool, sqlx::Error> {
        if history::hash_of(raw, file).await?.as_deref() != Some(hash) {
            return Ok(false);
        }
        let Some(table) = self.database.table(file.table()) else { return Ok(true) };
        let held = format!("SELECT count(*) FROM (SELECT 1 FROM {} LIMIT 1) held", table.sql_name(self.session.engine));
        Ok(raw.number(&held).await? > 0)
    }

    pub(super) fn now(&self) -> String {
        time_literal(self.session.engine, &time_text(&self.context.clock.now()))
    }

    pub(super) fn read(&self, file: &SeedFile, label: &str) -> Result<Vec<u8>, SeedError> {
        let path = match &file.kind {
            SeedKind::Sql { up, .. } => up,
            _ => &file.name,
        };
        let bytes = self.database.seeds.read(path);
        bytes
            .map(std::borrow::Cow::into_owned)
            .ok_or_else(|| SeedError::Format { file: label.to_owned(), reason: "it cannot be read".to_owned() })
    }

    /// Runs a seed in Rust, there or back.
    pub(super) async fn run_function(&self, function: &SeedFunction, run: &SeedRun) -> Result<SeedOutcome, SeedError> {
        let context = SeedContext {
            engine: self.session.engine,
            environment: self.context.environment,
            clock: self.context.clock.clone(),
        };
        let failed = |error: &DbErr| SeedError::function(&function.name, error);
        let transaction = self.session.begin().await.map_err(|error| failed(&error))?;
        let outcome = run(&transaction, &context).await?;
        transaction.commit().await.map_err(|error| failed(&error))?;
        Ok(outcome)
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

    async fn load_rows(
        &self,
        raw: &mut Raw,
        file: &SeedFile,
        label: &str,
        bytes: &[u8],
    ) -> Result<(SeedOutcome, String), SeedError> {
        let parsed = self.parse(file, label, bytes)?;
        if parsed.rows.is_empty() {
            return Ok((SeedOutcome::default(), "[]".to_owned()));
        }
        let sql = self.stage_sql(&parsed.shape);
        let failed = |error| SeedError::engine(label, &error);
        let known = history::found_of(raw, file).await.map_err(failed)?;
        let counted = async {
            raw.execute(&sql.create()).await?;
            raw.fill(STAGE, &parsed.rows).await?;
            let found = raw.number(&sql.count_found()).await?;
            let keys = match known {
                Some(known) => known,
                None if found == 0 => "[]".to_owned(),
                None => format!("[{}]", raw.texts(&sql.found_keys(), &[]).await?.join(",")),
            };
            Ok((u64::try_from(found).unwrap_or(0), keys))
        };
        let (found, keys) = counted.await.map_err(failed)?;
        self.check_parents(raw, label, &parsed, &sql).await?;
        let written = async {
            if parsed.shape.draws_version {
                raw.execute(&sql.draw_versions()).await?;
            }
            let touched = raw.execute(&sql.upsert()).await?;
            if let Some(drop) = sql.drop() {
                raw.execute(&drop).await?;
            }
            Ok(touched)
        };
        let touched = written.await.map_err(failed)?;
        let total = parsed.rows.len() as u64;
        let inserted = total - found;
        let changed = touched.saturating_sub(inserted);
        Ok((SeedOutcome { inserted, changed, unchanged: found - changed }, keys))
    }

    pub(super) fn stage_sql<'s>(&'s self, shape: &'s Shape) -> StageSql<'s> {
        StageSql { engine: self.session.engine, shape, scope: self.database.scope.as_ref(), now: self.now() }
    }

    /// A parent that is missing is told with its row: the engines name the constraint at best. Parents within the file
    /// itself are staged, not stored, and left to the foreign key.
    async fn check_parents(
        &self,
        raw: &mut Raw,
        label: &str,
        parsed: &Parsed,
        sql: &StageSql<'_>,
    ) -> Result<(), SeedError> {
        for column in &parsed.shape.columns {
            let Source::Parent { cell, table, local: true } = &column.source else { continue };
            let Some(parent) = self.database.table(table).filter(|parent| parent.name != parsed.shape.table.name)
            else {
                continue;
            };
            let missing = sql.missing_parents(&column.name, &parent.sql_name(self.session.engine));
            let missing = raw.texts(&missing, &[]).await;
            let missing = missing.map_err(|error| SeedError::engine(label, &error))?;
            if let Some(index) = missing.first().and_then(|number| number.parse::<usize>().ok()) {
                return Err(SeedError::MissingParent {
                    file: label.to_owned(),
                    row: parsed.rows[index].line,
                    column: column.heading.clone(),
                    table: table.clone(),
                    key: parsed.cells[index][*cell].to_owned(),
                });
            }
        }
        Ok(())
    }

    /// Reads a file into rows.
    pub(super) fn parse(&self, file: &SeedFile, label: &str, bytes: &[u8]) -> Result<Parsed, SeedError> {
        let format = |reason: String| SeedError::Format { file: label.to_owned(), reason };
        let Table { heading, cells, lines } = match file.kind {
            SeedKind::Json => read_json(bytes).map_err(format)?,
            _ => read_csv(bytes).map_err(format)?,
        };
        let shape = Shape::of(self.database, file.table(), label, &heading)?;
        let mut rows = Vec::with_capacity(cells.len());
        let mut keys: HashMap<String, u64> = HashMap::new();
        for (texts, line) in cells.iter().zip(lines) {
            let bad = |column: &str, reason| SeedError::Value {
                file: label.to_owned(),
                row: line,
                column: column.to_owned(),
                reason,
            };
            let key = key_of(&shape, texts).map_err(|(index, reason)| bad(&heading[index], reason))?;
            let values = shape
                .columns
                .iter()
                .map(|column| value_of(&shape, column, texts, &key).map_err(|reason| bad(&column.heading, reason)))
                .collect::<Result<Vec<_>, _>>()?;
            let row = Row { line, values };
            check_unique(&shape, &row, texts, &mut keys, label)?;
            rows.push(row);
        }
        Ok(Parsed { shape, rows, cells })
    }
}

/// Two rows of one key would be one row, whichever came last.
fn check_unique(
    shape: &Shape,
    row: &Row,
    cells: &StringRecord,
    keys: &mut HashMap<String, u64>,
    label: &str,
) -> Result<(), SeedError> {
    let mut identity = String::new();
    for (column, value) in shape.columns.iter().zip(&row.values) {
        if shape.table.primary_key.contains(&column.name) {
            write!(identity, "{value:?}/").expect("writing to a string cannot fail");
        }
    }
    match keys.insert(identity, row.line) {
        Some(first) => {
            let key = shape.key_cells().into_iter().map(|index| &cells[index]).collect::<Vec<_>>().join("/");
            Err(SeedError::DuplicateKey { file: label.to_owned(), row: row.line, first, key })
        }
        None => Ok(()),
    }
}
