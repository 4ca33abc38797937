//! `db drop`.

use serde::Serialize;

use super::Fleet;
use crate::catalog::Plan;
use crate::destructive::Consent;
use crate::error::Error;
use crate::lifecycle::drop_database;
use crate::migrate::RunContext;

/// What was dropped.
#[derive(Clone, Debug, Serialize)]
pub struct Dropped {
    /// The database.
    pub database: String,
    /// Where it was.
    pub place: String,
    /// Whether it was there.
    pub existed: bool,
    /// The rows that went with it.
    pub rows: u64,
}

impl Fleet {
    /// Drops the databases of `plan`, last first.
    ///
    /// # Errors
    ///
    /// Refused by identity, environment or missing consent before the first change; then the first failure.
    pub async fn drop_databases(
        &self,
        plan: &Plan,
        with_dependants: bool,
        consent: &Consent,
        context: &RunContext,
    ) -> Result<Vec<Dropped>, Error> {
        let plan = self.with_dependants("drop", plan, with_dependants, context).await?;
        let all = self.doomed(&plan, context).await?;
        let (mut there, mut absent) = (Vec::new(), Vec::new());
        for (member, doomed) in all {
            match doomed {
                Some(doomed) => there.push((member, doomed)),
                None => absent.push(member),
            }
        }
        let mut reports = Vec::new();
        if !there.is_empty() {
            let token = self.consent("drop", &there, consent)?;
            for (member, doomed) in there.iter().rev() {
                let dropped = drop_database(&member.target, member.name(), context, &token).await;
                let existed = dropped.map_err(|error| Error::from(error).within(member.name()))?;
                let (database, place) = (member.name().to_owned(), doomed.loss.place.clone());
                reports.push(Dropped { database, place, existed, rows: doomed.loss.rows() });
            }
        }
        reports.extend(absent.iter().map(|member| Dropped {
            database: member.name().to_owned(),
            place: member.target.describe(),
            existed: false,
            rows: 0,
        }));
        Ok(reports)
    }
}
