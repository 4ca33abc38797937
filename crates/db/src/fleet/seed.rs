//! `db seed`.

use std::collections::BTreeMap;

use sea_orm::prelude::Uuid;
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement};
use serde::Serialize;

use super::{Fleet, Held, Member, all_or_first, at_once};
use crate::Environment;
use crate::catalog::{LogicalReference, Plan, SeedSet};
use crate::connect::{Purpose, Session};
use crate::destructive::{Consent, DestructiveToken, Loss, Reach};
use crate::error::Error;
use crate::failure::{Failure, FailureKind};
use crate::migrate::{MigrationError, RunContext};
use crate::seed::{Loader, Referenced, SeedError, SeedOutcome, SeedReport, is_stale};
use crate::sql::{literal, quote, tracking_table};

/// What to seed.
#[derive(Clone, Debug)]
pub struct SeedRequest {
    /// Which databases.
    pub plan: Plan,
    /// Which sets; empty for all that the environment allows.
    pub sets: Vec<SeedSet>,
    /// Whether to skip files that were loaded before and have not changed.
    pub skip_known: bool,
}

/// What was done to one database.
#[derive(Clone, Debug, Serialize)]
pub struct SeedReportOf {
    /// The database.
    pub database: String,
    /// Its files.
    pub files: Vec<SeedReport>,
    /// All rows.
    pub total: SeedOutcome,
}

impl Fleet {
    /// The sets that are meant where none is named: demo rows never reach production.
    fn sets(asked: &[SeedSet], context: &RunContext) -> Result<Vec<SeedSet>, Error> {
        let production = context.environment == Environment::Production;
        match asked {
            [] if production => Ok(vec![SeedSet::Reference]),
            [] => Ok(vec![SeedSet::Reference, SeedSet::Demo]),
            sets if production && sets.contains(&SeedSet::Demo) => Err(SeedError::Production.into()),
            sets => Ok(sets.to_vec()),
        }
    }

    /// Loads the seeds of `request`, each file in a transaction of its own.
    ///
    /// # Errors
    ///
    /// The first error; files loaded before it stay.
    pub async fn seed(&self, request: &SeedRequest, context: &RunContext) -> Result<Vec<SeedReportOf>, Error> {
        let sets = Self::sets(&request.sets, context)?;
        let mut reports = Vec::new();
        for wave in self.waves(self.members(&request.plan, context)?) {
            let (sets, skip) = (sets.clone(), request.skip_known);
            let results = at_once(wave, |member| {
                let sets = sets.clone();
                async move { seed_member(&member, &sets, skip).await }
            });
            for (member, files) in all_or_first(results.await)? {
                reports.push(report(&member, files));
            }
        }
        self.tell_of_missing_parents(&reports, context).await;
        Ok(reports)
    }

    /// Takes back what seeds inserted, where nobody changed it and nothing refers to it; databases from the end of the plan.
    ///
    /// # Errors
    ///
    /// [`crate::ConsentError`] without consent, and in production, whose rows may be in use where no key says so; else the
    /// first error, and files taken back before it stay so.
    pub async fn take_back_seeds(
        &self,
        request: &SeedRequest,
        consent: &Consent,
        context: &RunContext,
    ) -> Result<Vec<SeedReportOf>, Error> {
        let sets = Self::sets(&request.sets, context)?;
        let agreed = self.agree_to_take_back(request, &sets, consent, context).await?;
        let mut reports = Vec::new();
        for member in self.members(&request.plan, context)?.iter().rev() {
            let Some(token) = &agreed else {
                reports.push(report(member, Vec::new()));
                continue;
            };
            let referenced = self.referenced(member, context).await?;
            let files = take_back_member(member, &sets, &referenced, token).await;
            reports.push(report(member, files.map_err(|error| error.within(member.name()))?));
        }
        Ok(reports)
    }

    /// Asks for consent where seeds were loaded; without any there is nothing to take back.
    async fn agree_to_take_back(
        &self,
        request: &SeedRequest,
        sets: &[SeedSet],
        consent: &Consent,
        context: &RunContext,
    ) -> Result<Option<DestructiveToken>, Error> {
        let (mut losses, mut environments, mut loaded) = (Vec::new(), self.environments(None), false);
        for member in self.members(&request.plan, context)? {
            let looked = member.look().await.map_err(|error| error.within(member.name()))?;
            let identity = looked.snapshot.identity.as_ref();
            if identity.is_none() {
                continue;
            }
            environments.extend(self.environments(identity));
            let session = member.open(Purpose::Look).await?;
            let tables = inserted_rows(&session, sets).await;
            session.close().await;
            let tables =
                tables.map_err(|error| Error::from(MigrationError::engine(&member.target.describe(), &error)))?;
            loaded |= !tables.is_empty();
            let tables = tables.into_iter().filter(|(_, rows)| *rows > 0).collect();
            losses.push(Loss { database: member.name().to_owned(), place: member.target.describe(), tables });
        }
        let production = environments.iter().any(|(environment, _)| *environment == Environment::Production);
        if !production && !loaded {
            return Ok(None);
        }
        Ok(Some(DestructiveToken::obtain("seed --down", Reach::NeverProduction, &environments, &losses, consent)?))
    }

    /// The ids of this database's rows that other databases refer to, by the references they declare.
    async fn referenced(&self, member: &Member, context: &RunContext) -> Result<Referenced, Error> {
        let mut found: Referenced = BTreeMap::new();
        let plan = Plan { databases: self.catalog.dependants(member.name()) };
        for dependant in self.members(&plan, context)? {
            let references = dependant.database.references.iter();
            let ours: Vec<_> = references.filter(|reference| reference.database == member.name()).cloned().collect();
            let Some(looked) = dependant.look_if_there().await? else { continue };
            if ours.is_empty() || !looked.snapshot.tracked {
                continue;
            }
            let session = dependant.open(Purpose::Look).await?;
            for reference in ours {
                let ids = referring_ids(&dependant, &session, &reference).await;
                let ids = ids.map_err(|error| Error::from(MigrationError::engine(&session.place, &error)))?;
                found.entry(reference.referenced_table).or_default().extend(ids);
            }
            session.close().await;
        }
        Ok(found)
    }
}

/// The rows that each loaded file of `sets` inserted, as its record says; of a seed in Rust, those it answers for. A record
/// from before a way back does not count.
async fn inserted_rows(session: &Session, sets: &[SeedSet]) -> Result<Vec<(String, u64)>, DbErr> {
    let sets = sets.iter().map(|set| literal(set.name())).collect::<Vec<_>>().join(", ");
    let table = tracking_table(session.engine, "seed_history");
    let stale = is_stale(session.engine);
    let query =
        format!("SELECT file, rows_inserted FROM {table} h WHERE seed_set IN ({sets}) AND NOT ({stale}) ORDER BY file");
    let rows = match session.connection.query_all_raw(Statement::from_string(session.engine.backend(), query)).await {
        // Nothing was ever loaded.
        Err(error) if Failure::of(&error).kind == FailureKind::UndefinedTable => return Ok(Vec::new()),
        rows => rows?,
    };
    let read = |row: &QueryResult| -> Result<(String, u64), DbErr> {
        let rows: i64 = row.try_get("", "rows_inserted")?;
        Ok((row.try_get("", "file")?, u64::try_from(rows).unwrap_or(0)))
    };
    rows.iter().map(read).collect()
}

/// The ids that one column of a dependant holds. Any failure but a missing table is one: rows would be taken for
/// unreferenced.
async fn referring_ids(
    dependant: &Member,
    session: &Session,
    reference: &LogicalReference,
) -> Result<Vec<Uuid>, DbErr> {
    let Some(table) = dependant.database.table(&reference.table) else { return Ok(Vec::new()) };
    let (column, table) = (quote(&reference.column), table.sql_name(session.engine));
    let query = format!("SELECT DISTINCT {column} AS id FROM {table} WHERE {column} IS NOT NULL");
    match session.connection.query_all_raw(Statement::from_string(session.engine.backend(), query)).await {
        Ok(rows) => rows.iter().map(|row| row.try_get("", "id")).collect(),
        // A dependant that is migrated half way has no such table yet, and so refers to nothing.
        Err(error) if Failure::of(&error).kind == FailureKind::UndefinedTable => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

async fn take_back_member(
    member: &Member,
    sets: &[SeedSet],
    referenced: &Referenced,
    token: &DestructiveToken,
) -> Result<Vec<SeedReport>, Error> {
    let held = member.hold().await?;
    let files = match held.make_seed_history().await {
        Ok(()) => {
            let loader = Loader { database: &member.database, session: &held.session, context: &member.context };
            loader.take_back(sets, referenced, token).await.map_err(Error::from)
        }
        Err(error) => Err(error),
    };
    held.release().await;
    files
}

async fn seed_member(member: &Member, sets: &[SeedSet], skip_known: bool) -> Result<Vec<SeedReport>, Error> {
    let held = member.hold().await?;
    let files = seed_held(&held, sets, skip_known).await;
    held.release().await;
    files
}

async fn seed_held(held: &Held, sets: &[SeedSet], skip_known: bool) -> Result<Vec<SeedReport>, Error> {
    let member = &held.member;
    let pending = held.looked.state.pending().len();
    if pending > 0 {
        return Err(Error::Pending { database: member.name().to_owned(), pending });
    }
    held.make_seed_history().await?;
    let loader = Loader { database: &member.database, session: &held.session, context: &member.context };
    Ok(loader.load(sets, skip_known).await?)
}

fn report(member: &Member, files: Vec<SeedReport>) -> SeedReportOf {
    let mut total = SeedOutcome::default();
    for outcome in files.iter().filter_map(|file| file.outcome) {
        total.add(outcome);
    }
    SeedReportOf { database: member.name().to_owned(), files, total }
}
