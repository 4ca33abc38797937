//! What `up` does, and an app on SQLite in development: make, migrate and seed whatever is missing.

use serde::Serialize;

use super::{CreateReport, Fleet, MigrateReport, MigrateRequest, SeedReportOf, SeedRequest};
use crate::catalog::Plan;
use crate::error::Error;
use crate::lifecycle::Created;
use crate::migrate::{Limit, RunContext};

/// What was done.
#[derive(Clone, Debug, Serialize)]
pub struct PrepareReport {
    /// Databases.
    pub created: Vec<CreateReport>,
    /// Migrations.
    pub migrated: Vec<MigrateReport>,
    /// Rows.
    pub seeded: Vec<SeedReportOf>,
}

impl PrepareReport {
    /// Whether everything was there already.
    pub fn changed_nothing(&self) -> bool {
        self.is_complete()
            && self.created.iter().all(|one| one.created == Created::Existed)
            && self.migrated.iter().all(|one| one.applied.is_empty())
            && self.seeded.iter().all(|one| one.total.inserted + one.total.changed == 0)
    }

    /// Whether every migration that was asked for is applied.
    pub fn is_complete(&self) -> bool {
        self.migrated.iter().all(MigrateReport::is_done)
    }
}

impl Fleet {
    /// Makes, migrates and seeds the databases of `plan` as far as they are not yet.
    ///
    /// # Errors
    ///
    /// The first error of any step. A failed migration is told in the report, and nothing is seeded then.
    pub async fn prepare(&self, plan: &Plan, context: &RunContext) -> Result<PrepareReport, Error> {
        let created = self.create(plan, context).await?;
        let request = MigrateRequest { plan: plan.clone(), limit: Limit::All };
        let migrated = self.migrate(&request, context).await?;
        let mut report = PrepareReport { created, migrated, seeded: Vec::new() };
        if report.is_complete() {
            let request = SeedRequest { plan: plan.clone(), sets: Vec::new(), skip_known: true };
            report.seeded = self.seed(&request, context).await?;
        }
        Ok(report)
    }
}
