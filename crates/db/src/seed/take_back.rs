//! `seed --down`: takes back only rows that a seed inserted, that nobody changed, and that nobody refers to.

use std::borrow::Cow;
use std::collections::BTreeMap;

use sea_orm::prelude::Uuid;
use sea_orm::sqlx;

use super::files::{SeedFile, SeedKind};
use super::history::{self, Known, Rest};
use super::keys::Keys;
use super::load::Loader;
use super::raw::{FillError, Raw};
use super::rows::SeedRows;
use super::script::statements;
use super::stage::{STAGE, StageSql};
use super::untouched::untouched;
use super::{SeedError, SeedOutcome, SeedReport, list};
use crate::Engine;
use crate::catalog::{SeedFunction, SeedSet, TableModel};
use crate::destructive::DestructiveToken;
use crate::lock::commit_held;
use crate::sql::quote;
use crate::triggers::SetAside;

/// Ids that other databases refer to, by table.
pub(crate) type Referenced = BTreeMap<String, Vec<Uuid>>;

impl Loader<'_> {
    /// Takes the files of `sets` back, last first. `inserted` of a report is what was removed, `unchanged` what stayed of
    /// what the file had inserted.
    pub(crate) async fn take_back(
        &self,
        sets: &[SeedSet],
        referenced: &Referenced,
        _: &DestructiveToken,
    ) -> Result<Vec<SeedReport>, SeedError> {
        let files = list(self.database, self.session.engine, sets)?;
        self.check_ways_back(&files)?;
        let mut reports = Vec::new();
        for file in files.iter().rev() {
            let taken = self.retried(file, || self.take_back_file(file, referenced)).await?;
            if let Some(outcome) = taken {
                reports.push(SeedReport { file: file.name.clone(), outcome: Some(outcome) });
            }
        }
        Ok(reports)
    }

    /// Refuses SQL that cannot run before the first file is taken back.
    fn check_ways_back(&self, files: &[SeedFile]) -> Result<(), SeedError> {
        for file in files {
            if let SeedKind::Sql { down, .. } = &file.kind {
                statements(self.session.engine, &self.label_of(down), &self.way_back(down)?)?;
            }
        }
        Ok(())
    }

    fn label_of(&self, path: &str) -> String {
        format!("{}/{path}", self.database.seeds.label())
    }

    fn way_back(&self, down: &str) -> Result<Vec<u8>, SeedError> {
        let reason = "it is missing: a SQL seed has a way back".to_owned();
        let bytes = self.database.seeds.read(down);
        bytes.map(Cow::into_owned).ok_or_else(|| SeedError::Format { file: self.label_of(down), reason })
    }

    async fn take_back_file(&self, file: &SeedFile, referenced: &Referenced) -> Result<Option<SeedOutcome>, SeedError> {
        let label = file.label(self.database);
        let failed = |error| SeedError::engine(&label, &error);
        let mut raw = Raw::begin(self.session).await.map_err(failed)?;
        let known = history::known(&mut raw, file).await.map_err(failed)?;
        // The rows of a record from before a way back may have gone, and others have come in their place.
        let Some(known) = known.filter(|known| !known.is_stale()) else { return Ok(None) };
        let none = Keys::default();
        let (outcome, keys) = match &file.kind {
            SeedKind::Function(function) => {
                raw.rollback().await.map_err(failed)?;
                return self.take_back_function(file, function).await;
            }
            SeedKind::Sql { down, .. } => {
                (self.run_sql(&mut raw, &self.label_of(down), &self.way_back(down)?).await?, none)
            }
            _ => self.remove_rows(&mut raw, file, &known, referenced).await?,
        };
        let rest = Rest { inserted: outcome.unchanged, keys: &keys };
        history::lower(&mut raw, file, &rest).await.map_err(failed)?;
        raw.commit(self.session).await.map_err(failed)?;
        Ok(Some(outcome))
    }

    async fn take_back_function(
        &self,
        file: &SeedFile,
        function: &SeedFunction,
    ) -> Result<Option<SeedOutcome>, SeedError> {
        let Some(back) = &function.back else { return Ok(None) };
        let transaction = self.begin(function).await?;
        let outcome = back(&transaction, &self.seed_context()).await?;
        let rest = Rest { inserted: outcome.unchanged, keys: &Keys::default() };
        let lowered = async {
            history::lower_function(&transaction, self.session.engine, file, &rest).await?;
            commit_held(self.session, transaction).await
        };
        lowered.await.map_err(|error| SeedError::function(&function.name, &error))?;
        Ok(Some(outcome))
    }

    /// Removes what may go of the rows that the file inserted, and answers which of them stayed.
    async fn remove_rows(
        &self,
        raw: &mut Raw,
        file: &SeedFile,
        known: &Known,
        referenced: &Referenced,
    ) -> Result<(SeedOutcome, Keys), SeedError> {
        let label = file.label(self.database);
        let rows = SeedRows::open(self.database, file, &label, self.read(file, &label)?)?;
        let keys = history::keys_of(raw, file).await.map_err(|error| SeedError::engine(&label, &error))?;
        if rows.is_empty()? {
            return Ok((SeedOutcome::default(), Keys::default()));
        }
        let sql = self.stage_sql(rows.shape(), &self.now());
        let removed = async {
            raw.execute(&sql.create()).await?;
            let seen = raw.fill(STAGE, rows.read(move |row| keys.contains(&row.identity)), &[]).await?;
            if let Some(index) = sql.index() {
                raw.execute(&index).await?;
            }
            let mut conditions = untouched(raw, &sql).await?;
            conditions.extend(sql.is_changed_since(&known.happened_at).map(|changed| format!("NOT {changed}")));
            conditions.extend(self.unreferenced(&sql, referenced));
            let removed = delete(raw, &sql, &conditions).await?;
            let mut left = Keys::default();
            left.add(seen.of(raw.numbers(&sql.numbers_where(&sql.is_there())).await?));
            if let Some(drop) = sql.drop() {
                raw.execute(&drop).await?;
            }
            Ok((SeedOutcome { inserted: removed, changed: 0, unchanged: left.len() }, left))
        };
        removed.await.map_err(|error: FillError| error.of(&label))
    }

    /// What else must hold for a row to go: nothing refers to it, here or elsewhere.
    fn unreferenced(&self, sql: &StageSql<'_>, referenced: &Referenced) -> Vec<String> {
        let table = &sql.shape.table;
        let mut conditions = Vec::new();
        for child in &self.database.tables {
            for key in child.foreign_keys.iter().filter(|key| key.table == table.name) {
                let name = child.sql_name(self.session.engine);
                let pairs = key.columns.iter().zip(&key.referenced);
                let same = pairs.map(|(from, to)| format!("c.{} = t.{}", quote(from), quote(to))).collect::<Vec<_>>();
                conditions.push(format!("NOT EXISTS (SELECT 1 FROM {name} c WHERE {})", same.join(" AND ")));
            }
        }
        if let Some(ids) = referenced.get(&table.name).filter(|ids| !ids.is_empty()) {
            let literal = |id: &Uuid| match self.session.engine {
                Engine::Postgres => format!("'{id}'::uuid"),
                Engine::Sqlite => format!("x'{}'", id.simple()),
            };
            let ids = ids.iter().map(literal).collect::<Vec<_>>().join(", ");
            conditions.push(format!("t.{} NOT IN ({ids})", quote("id")));
        }
        conditions
    }
}

/// Removes the staged rows that still are as the file has them and for which all `conditions` hold.
async fn delete(raw: &mut Raw, sql: &StageSql<'_>, conditions: &[String]) -> Result<u64, sqlx::Error> {
    let table = &sql.shape.table;
    let delete = format!(
        "DELETE FROM {} AS t WHERE EXISTS (SELECT 1 FROM {STAGE} s WHERE {} AND NOT {}){}",
        sql.table(),
        sql.same_key(),
        sql.differs("s"),
        conditions.iter().fold(String::new(), |text, condition| text + " AND " + condition),
    );
    let triggers = SetAside::append_only(sql.engine, &table.name, &sql.table());
    let back = raw.texts(&triggers.back, &[]).await?;
    for statement in raw.texts(&triggers.aside, &[]).await? {
        raw.execute(&statement).await?;
    }
    // A table that refers to itself is emptied from its leaves, one level at a time.
    let mut removed = 0;
    loop {
        let rows = raw.execute(&delete).await?;
        removed += rows;
        if rows == 0 || !refers_to_itself(table) {
            break;
        }
    }
    for statement in back {
        raw.execute(&statement).await?;
    }
    Ok(removed)
}

fn refers_to_itself(table: &TableModel) -> bool {
    table.foreign_keys.iter().any(|key| key.table == table.name)
}
