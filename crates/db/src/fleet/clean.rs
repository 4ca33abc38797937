//! `db clean`.

use serde::Serialize;

use super::{Fleet, Member, all_or_first, at_once};
use crate::Environment;
use crate::catalog::Plan;
use crate::connect::Purpose;
use crate::destructive::{Consent, ConsentError, DestructiveToken, Loss, Reach, count};
use crate::error::Error;
use crate::lifecycle::{CleanReport, clean, user_rows};
use crate::migrate::{MigrationError, RunContext};
use crate::tracking::{Identity, IdentityError};

/// What was emptied.
#[derive(Clone, Debug, Serialize)]
pub struct Cleaned {
    /// The database.
    pub database: String,
    /// Whether it is there at all.
    pub exists: bool,
    /// Its tables.
    #[serde(flatten)]
    pub report: CleanReport,
}

/// A database before something is lost in it.
pub(super) struct Doomed {
    pub(super) loss: Loss,
    pub(super) identity: Option<Identity>,
}

impl Fleet {
    /// Empties the databases of `plan`, last first; structure, history, journal and mark stay.
    ///
    /// # Errors
    ///
    /// Refused by identity, environment or missing consent before the first change; then the first failure.
    pub async fn clean(
        &self,
        plan: &Plan,
        with_dependants: bool,
        consent: &Consent,
        context: &RunContext,
    ) -> Result<Vec<Cleaned>, Error> {
        let plan = self.with_dependants("clean", plan, with_dependants, context).await?;
        let (mut doomed, mut reports) = (Vec::new(), Vec::new());
        for (member, one) in self.doomed(&plan, context).await? {
            let database = member.name().to_owned();
            match one {
                Some(one) => doomed.push((member, one)),
                None => reports.push(Cleaned { database, exists: false, report: CleanReport::default() }),
            }
        }
        if doomed.is_empty() {
            return Ok(reports);
        }
        if let Some((member, one)) = doomed.iter().find(|(_, one)| one.identity.is_none()) {
            return Err(Error::from(IdentityError::Unmarked { place: one.loss.place.clone() }).within(member.name()));
        }
        let token = self.consent("clean", &doomed, consent)?;
        for (member, _) in doomed.iter().rev() {
            let report = clean_member(member, &token).await.map_err(|error| error.within(member.name()))?;
            reports.push(Cleaned { database: member.name().to_owned(), exists: true, report });
        }
        Ok(reports)
    }

    /// What would be lost where; nothing for a database that is not there.
    pub(super) async fn doomed(
        &self,
        plan: &Plan,
        context: &RunContext,
    ) -> Result<Vec<(Member, Option<Doomed>)>, Error> {
        let members = self.members(plan, context)?;
        all_or_first(at_once(members, |member| async move { doom(&member).await }).await)
    }

    pub(super) fn consent(
        &self,
        verb: &str,
        doomed: &[(Member, Doomed)],
        consent: &Consent,
    ) -> Result<DestructiveToken, Error> {
        let environments: Vec<_> =
            doomed.iter().flat_map(|(_, one)| self.environments(one.identity.as_ref())).collect();
        let losses: Vec<_> = doomed.iter().map(|(_, one)| one.loss.clone()).collect();
        Ok(DestructiveToken::obtain(verb, Reach::NeverProduction, &environments, &losses, consent)?)
    }

    /// The environments that speak for a database: the process's and its own mark's.
    pub(super) fn environments(&self, identity: Option<&Identity>) -> Vec<(Environment, String)> {
        let process = (self.configuration.environment, "APP_ENV says so".to_owned());
        let mark = identity.map(|identity| (identity.environment, format!("the mark of `{}` says so", identity.name)));
        std::iter::once(process).chain(mark).collect()
    }

    /// Adds those that come after, or refuses if they hold rows and were not asked for.
    pub(super) async fn with_dependants(
        &self,
        verb: &str,
        plan: &Plan,
        include: bool,
        context: &RunContext,
    ) -> Result<Plan, Error> {
        let mut names: Vec<String> = plan.databases.iter().map(|database| database.name.clone()).collect();
        for database in &plan.databases {
            let others = self.catalog.dependants(&database.name);
            let others: Vec<_> = others.into_iter().filter(|other| !names.contains(&other.name)).collect();
            if include {
                names.extend(others.iter().map(|other| other.name.clone()));
                continue;
            }
            let doomed = self.doomed(&Plan { databases: others }, context).await?;
            let holding = doomed.into_iter().filter_map(|(_, one)| one).filter(|one| one.loss.rows() > 0);
            let words: Vec<_> =
                holding.map(|one| format!("{} ({})", one.loss.database, count(one.loss.rows(), "row"))).collect();
            if !words.is_empty() {
                let dependants = words.join(", ");
                let (verb, database) = (verb.to_owned(), database.name.clone());
                return Err(ConsentError::Dependants { verb, database, dependants }.into());
            }
        }
        // No name would mean all databases.
        if names.is_empty() { Ok(plan.clone()) } else { Ok(self.catalog.plan(&names)?) }
    }
}

async fn doom(member: &Member) -> Result<Option<Doomed>, Error> {
    let Some(looked) = member.look_if_there().await? else { return Ok(None) };
    let session = member.open(Purpose::Look).await?;
    let tables = user_rows(&session).await;
    session.close().await;
    let place = member.target.describe();
    let tables = tables.map_err(|error| MigrationError::engine(&place, &error))?;
    let loss = Loss { database: member.name().to_owned(), place, tables };
    Ok(Some(Doomed { loss, identity: looked.snapshot.identity }))
}

async fn clean_member(member: &Member, token: &DestructiveToken) -> Result<CleanReport, Error> {
    let held = member.hold().await?;
    let cleaned = clean(&held.session, token).await;
    held.release().await;
    Ok(cleaned?)
}
