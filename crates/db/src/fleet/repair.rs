//! `db repair`.

use serde::Serialize;

use super::{Fleet, Held, Member};
use crate::catalog::Plan;
use crate::connect::Purpose;
use crate::destructive::{Consent, DestructiveToken, Loss, Reach};
use crate::error::Error;
use crate::migrate::{Finding, Repair, RunContext, resolve};

/// What is wrong with the migrations of one database.
#[derive(Clone, Debug, Serialize)]
pub struct RepairReport {
    /// The database.
    pub database: String,
    /// Where it is.
    pub place: String,
    /// Everything that is wrong.
    pub findings: Vec<Finding>,
    /// Who is at work on it, where a migration stands in the middle: then nothing broke off.
    pub worked_on_by: Option<String>,
}

impl Fleet {
    /// Shows what is wrong in the databases of `plan`. Takes no lock and writes nothing.
    ///
    /// # Errors
    ///
    /// A database that cannot be read.
    pub async fn findings(&self, plan: &Plan, context: &RunContext) -> Result<Vec<RepairReport>, Error> {
        let mut reports = Vec::new();
        for member in self.members(plan, context)? {
            let (findings, worked_on_by) = find(&member).await.map_err(|error| error.within(member.name()))?;
            let (database, place) = (member.name().to_owned(), member.target.describe());
            reports.push(RepairReport { database, place, findings, worked_on_by });
        }
        Ok(reports)
    }

    /// Takes one way out for one migration of one database, and answers the versions that ran.
    ///
    /// # Errors
    ///
    /// A missing consent, a migration that does not stand so, or the first failure.
    pub async fn repair(
        &self,
        name: &str,
        version: &str,
        repair: &Repair,
        consent: &Consent,
        context: &RunContext,
    ) -> Result<Vec<String>, Error> {
        let held = self.member(name, context)?.hold().await?;
        let repaired = self.repair_held(&held, version, repair, consent).await;
        held.release().await;
        repaired
    }

    async fn repair_held(
        &self,
        held: &Held,
        version: &str,
        repair: &Repair,
        consent: &Consent,
    ) -> Result<Vec<String>, Error> {
        let (executor, looked) = (held.executor(), &held.looked);
        let version = resolve(&held.member.database, &held.folder, version)?;
        let loss = match repair {
            Repair::Revert => executor.loss_of(std::slice::from_ref(&version)).await?,
            _ => {
                Loss { database: held.member.name().to_owned(), place: held.session.place.clone(), tables: Vec::new() }
            }
        };
        let environments = self.environments(looked.snapshot.identity.as_ref());
        let token = DestructiveToken::obtain("repair", Reach::ConfirmedByName, &environments, &[loss], consent)?;
        Ok(executor.repair(looked, &version, repair, &token).await?.versions)
    }
}

async fn find(member: &Member) -> Result<(Vec<Finding>, Option<String>), Error> {
    let folder = member.folder()?;
    let session = member.open(Purpose::Look).await?;
    let found = async {
        let executor = member.executor(&folder, &session);
        let looked = executor.look().await?;
        let worked_on_by = member.worked_on_by(&session, &looked.state).await?;
        Ok((executor.findings(&looked).await?, worked_on_by))
    }
    .await;
    session.close().await;
    found
}
