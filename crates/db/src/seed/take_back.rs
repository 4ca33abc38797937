//! `seed --down`: takes back only rows that a seed inserted, that nobody changed, and that nobody refers to.

use std::collections::BTreeMap;

use sea_orm::prelude::Uuid;

use super::files::{SeedFile, SeedKind};
use super::history;
use super::load::Loader;
use super::raw::Raw;
use super::stage::{STAGE, StageSql};
use super::{SeedError, SeedOutcome, SeedReport, list};
use crate::Engine;
use crate::catalog::{SeedSet, TableModel};
use crate::sql::{literal, quote};
use crate::triggers::SetAside;

/// Ids that other databases refer to, by table.
pub(crate) type Referenced = BTreeMap<String, Vec<Uuid>>;

impl Loader<'_> {
    /// Takes the files of `sets` back, last first. `inserted` of a report is what was removed, `unchanged` what stayed.
    pub(crate) async fn take_back(
        &self,
        sets: &[SeedSet],
        referenced: &Referenced,
    ) -> Result<Vec<SeedReport>, SeedError> {
        let mut reports = Vec::new();
        for file in list(self.database, self.session.engine, sets)?.iter().rev() {
            if let Some(outcome) = self.take_back_file(file, referenced).await? {
                reports.push(SeedReport { file: file.name.clone(), outcome: Some(outcome) });
            }
        }
        Ok(reports)
    }

    async fn take_back_file(&self, file: &SeedFile, referenced: &Referenced) -> Result<Option<SeedOutcome>, SeedError> {
        let label = file.label(self.database);
        let failed = |error| SeedError::engine(&label, &error);
        if let SeedKind::Function(function) = &file.kind {
            let Some(back) = &function.back else { return Ok(None) };
            return self.run_function(function, back).await.map(Some);
        }
        let mut raw = Raw::begin(self.session).await.map_err(failed)?;
        let Some(found) = history::found_of(&mut raw, file).await.map_err(failed)? else { return Ok(None) };
        let outcome = match &file.kind {
            SeedKind::Sql { down, .. } => {
                let bytes = self.database.seeds.read(down).ok_or_else(|| SeedError::Format {
                    file: format!("{}/{down}", self.database.seeds.label()),
                    reason: "it is missing: a SQL seed has a way back".to_owned(),
                })?;
                self.run_sql(&mut raw, &format!("{}/{down}", self.database.seeds.label()), &bytes).await?
            }
            _ => self.remove_rows(&mut raw, file, &label, &found, referenced).await?,
        };
        if outcome.unchanged == 0 {
            history::forget(&mut raw, file).await.map_err(failed)?;
        }
        raw.commit().await.map_err(failed)?;
        Ok(Some(outcome))
    }

    async fn remove_rows(
        &self,
        raw: &mut Raw,
        file: &SeedFile,
        label: &str,
        found: &str,
        referenced: &Referenced,
    ) -> Result<SeedOutcome, SeedError> {
        let bytes = self.read(file, label)?;
        let parsed = self.parse(file, label, &bytes)?;
        let sql = self.stage_sql(&parsed.shape);
        let condition = self.may_go(&sql, found, referenced);
        let removed = async {
            raw.execute(&sql.create()).await?;
            raw.fill(STAGE, &parsed.rows).await?;
            let delete = format!(
                "DELETE FROM {} AS t WHERE EXISTS (SELECT 1 FROM {STAGE} s WHERE {} AND NOT {}) AND {condition}",
                sql.table(),
                sql.same_key(),
                sql.differs("s"),
            );
            let triggers = SetAside::append_only(self.session.engine, &parsed.shape.table.name, &sql.table());
            let back = raw.texts(&triggers.back, &[]).await?;
            for statement in raw.texts(&triggers.aside, &[]).await? {
                raw.execute(&statement).await?;
            }
            // A table that refers to itself is emptied from its leaves, one level at a time.
            let mut removed = 0;
            loop {
                let rows = raw.execute(&delete).await?;
                removed += rows;
                if rows == 0 || !refers_to_itself(&parsed.shape.table) {
                    break;
                }
            }
            for statement in back {
                raw.execute(&statement).await?;
            }
            let left = raw.number(&sql.count_found()).await?;
            if let Some(drop) = sql.drop() {
                raw.execute(&drop).await?;
            }
            Ok((removed, u64::try_from(left).unwrap_or(0)))
        };
        let (inserted, unchanged) = removed.await.map_err(|error| SeedError::engine(label, &error))?;
        Ok(SeedOutcome { inserted, changed: 0, unchanged })
    }

    /// What else must hold for a row to go: it was not there before, and nothing refers to it, here or elsewhere.
    fn may_go(&self, sql: &StageSql<'_>, found: &str, referenced: &Referenced) -> String {
        let table = &sql.shape.table;
        let mut conditions = vec!["true".to_owned()];
        if found != "[]" {
            conditions.push(not_found_before(sql, found));
        }
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
        conditions.join(" AND ")
    }
}

fn not_found_before(sql: &StageSql<'_>, found: &str) -> String {
    let key = sql.key_texts("t");
    match sql.engine {
        // As text: containment would take the parts of a key in any order.
        Engine::Postgres => format!(
            "CAST(jsonb_build_array({key}) AS text) NOT IN (SELECT CAST(k AS text) FROM jsonb_array_elements({}::jsonb) k)",
            literal(found)
        ),
        Engine::Sqlite => {
            format!("json_array({key}) NOT IN (SELECT value FROM json_each({}))", literal(found))
        }
    }
}

fn refers_to_itself(table: &TableModel) -> bool {
    table.foreign_keys.iter().any(|key| key.table == table.name)
}
