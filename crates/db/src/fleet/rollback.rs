//! `db rollback`.

use serde::Serialize;

use super::{Fleet, Held, Phase};
use crate::catalog::Plan;
use crate::destructive::{Consent, DestructiveToken};
use crate::error::Error;
use crate::migrate::{Limit, Outcome, RunContext};

/// What was taken back.
#[derive(Clone, Debug, Serialize)]
pub struct RollbackReport {
    /// The database.
    pub database: String,
    /// The versions, in the order they were taken back.
    pub reverted: Vec<String>,
    /// How far it came.
    #[serde(flatten)]
    pub phase: Phase,
}

impl Fleet {
    /// Takes migrations of one database back, newest application first. Consent is asked for where rows would be lost.
    ///
    /// # Errors
    ///
    /// A missing consent, a way back that is closed, or the failure of the first migration. What was taken back before a
    /// later one fails stays so, and the report tells of both.
    pub async fn rollback(
        &self,
        name: &str,
        limit: &Limit,
        consent: &Consent,
        context: &RunContext,
    ) -> Result<RollbackReport, Error> {
        let held = self.member(name, context)?.hold().await?;
        let report = self.rollback_held(&held, limit, consent, context).await;
        held.release().await;
        report
    }

    async fn rollback_held(
        &self,
        held: &Held,
        limit: &Limit,
        consent: &Consent,
        context: &RunContext,
    ) -> Result<RollbackReport, Error> {
        let (executor, looked) = (held.executor(), &held.looked);
        let versions = executor.reverting(&looked.snapshot, limit)?;
        let loss = executor.loss_of(&versions).await?;
        if loss.rows() > 0 {
            let plan = Plan { databases: vec![held.member.database.clone()] };
            self.with_dependants("rollback", &plan, false, context).await?;
        }
        let environments = self.environments(looked.snapshot.identity.as_ref());
        let token = DestructiveToken::for_rollback(&environments, loss, consent)?;
        let mut outcome = Outcome::default();
        let phase = match executor.down(looked, &versions, &mut outcome, &token).await {
            Ok(()) if outcome.stopped => Phase::Stopped,
            Ok(()) if outcome.versions.is_empty() => Phase::Current,
            Ok(()) => Phase::Done,
            Err(error) if outcome.versions.is_empty() => return Err(error.into()),
            Err(error) => {
                let error = error.into();
                Phase::Failed { hint: held.member.hint(&error), error: error.to_string() }
            }
        };
        Ok(RollbackReport { database: held.member.name().to_owned(), reverted: outcome.versions, phase })
    }
}
