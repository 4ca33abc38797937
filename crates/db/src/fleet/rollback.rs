//! `db rollback`.

use serde::Serialize;

use super::{Fleet, Held};
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
}

impl Fleet {
    /// Takes migrations of one database back, newest application first. Consent is asked for where rows would be lost.
    ///
    /// # Errors
    ///
    /// A missing consent, a way back that is closed, or the first failure; what was taken back before it stays so.
    pub async fn rollback(
        &self,
        name: &str,
        limit: &Limit,
        consent: &Consent,
        context: &RunContext,
    ) -> Result<RollbackReport, Error> {
        let held = self.member(name, context)?.hold().await?;
        let reverted = self.rollback_held(&held, limit, consent, context).await;
        held.release().await;
        Ok(RollbackReport { database: name.to_owned(), reverted: reverted? })
    }

    async fn rollback_held(
        &self,
        held: &Held,
        limit: &Limit,
        consent: &Consent,
        context: &RunContext,
    ) -> Result<Vec<String>, Error> {
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
        executor.down(looked, &versions, &mut outcome, &token).await?;
        Ok(outcome.versions)
    }
}
