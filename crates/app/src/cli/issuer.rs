//! The issuer, for the verbs that work on its tables.

use std::sync::Arc;

use atriz_core::{AuthMode, Issuer};
use atriz_db::{Fleet, Plan};
use atriz_kernel::SystemClock;

use crate::app::App;
use crate::error::AppError;
use crate::pools::Pools;
use crate::sign_in::settings;

/// Opens core, does `work` with the issuer over it, and closes it again.
pub(super) async fn with_issuer<T>(
    app: &App,
    fleet: &Fleet,
    verb: &'static str,
    work: impl AsyncFnOnce(&Issuer) -> Result<T, AppError>,
) -> Result<T, AppError> {
    if settings(fleet)?.mode != AuthMode::Issuer {
        return Err(AppError::NotIssuer { package: app.package, verb });
    }
    let mut plan: Plan = app.plan(&fleet.catalog).map_err(atriz_db::Error::from)?;
    plan.databases.retain(|database| database.name == "core");
    let pools = Pools::open(fleet, &plan).await?;
    let done = async {
        for database in &plan.databases {
            app.probe(fleet, &pools, database).await?;
        }
        let sign_in = pools.sign_in(fleet, app.name, Arc::new(SystemClock)).await?;
        let issuer = sign_in.issuer().ok_or(AppError::NotIssuer { package: app.package, verb })?;
        work(issuer).await
    }
    .await;
    pools.close().await;
    done
}
