//! `db rollback`.

use serde::Serialize;

use super::Fleet;
use crate::catalog::Plan;
use crate::connect::Purpose;
use crate::destructive::{Consent, DestructiveToken, Loss, Reach};
use crate::error::Error;
use crate::lifecycle::user_rows;
use crate::migrate::{Body, Folder, Limit, Lost, Outcome, RunContext};

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
        let plan = Plan { databases: vec![self.catalog.get(name)?.clone()] };
        let member = self.members(&plan, context)?.remove(0);
        let folder = member.folder()?;
        let session = member.open(Purpose::Own).await?;
        let executor = member.executor(&folder, &session);
        let worked = async {
            let lock = executor.lock().await?;
            let done = async {
                let (snapshot, _) = executor.look().await?;
                let versions = executor.reverting(&snapshot, limit)?;
                let doomed = lost_tables(&folder, &versions);
                let tables = user_rows(&session).await?.into_iter().filter(|(table, _)| doomed.hold(table)).collect();
                let loss = Loss { database: name.to_owned(), place: session.place.clone(), tables };
                if loss.rows() > 0 {
                    self.with_dependants("rollback", &plan, false, context).await?;
                    let environments = self.environments(snapshot.identity.as_ref());
                    DestructiveToken::obtain("rollback", Reach::ConfirmedByName, &environments, &[loss], consent)?;
                }
                let mut outcome = Outcome::default();
                executor.down(limit, &mut outcome).await?;
                Ok(outcome.versions)
            }
            .await;
            lock.release().await;
            done
        };
        let reverted: Result<_, Error> = worked.await;
        session.close().await;
        Ok(RollbackReport { database: name.to_owned(), reverted: reverted? })
    }
}

/// The tables that lose rows or columns by the ways back of `versions`.
fn lost_tables(folder: &Folder, versions: &[String]) -> Lost {
    let migrations = versions.iter().filter_map(|version| folder.get(version));
    let mut lost = Lost::default();
    for migration in migrations {
        match &migration.body {
            Body::Sql { down, .. } => down.statements.iter().for_each(|statement| lost.add(statement)),
            Body::Rust(_) => lost.add_everything(),
        }
    }
    lost
}
