//! `X-api serve`.

use std::sync::Arc;

use atriz_db::config::LogFormat as Configured;
use atriz_db::migrate::{RunContext, Standing};
use atriz_db::{Configuration, DatabaseStatus, Engine, Environment, Fleet, Plan};
use atriz_kernel::SystemClock;
use atriz_web::{LogFormat, init_tracing, shutdown_signal};

use super::database::finished;
use super::narrate::Logger;
use super::told_to;
use crate::app::App;
use crate::error::AppError;
use crate::pools::Pools;
use crate::serve::Bound;

/// Takes the port, sees to the databases, serves until it is asked to end.
pub(super) async fn serve(app: &App, fleet: &Fleet) -> Result<(), AppError> {
    start_log(app, &fleet.configuration)?;
    let bound = Bound::bind(app, &fleet.configuration).await?;
    let plan = app.plan_to_serve(fleet)?;
    prepare(fleet, &plan).await?;
    let pools = Pools::open(fleet, &plan).await?;
    let served = match bound.open(fleet, &pools, Arc::new(SystemClock)).await {
        Ok(serving) => {
            serving.serve(shutdown_signal()).await;
            Ok(())
        }
        Err(error) => Err(error),
    };
    pools.close().await;
    served
}

fn start_log(app: &App, configuration: &Configuration) -> Result<(), AppError> {
    let Some(settings) = configuration.apps.get(app.name) else { return Ok(()) };
    let format = match settings.log_format {
        Configured::Text => LogFormat::Text,
        Configured::Json => LogFormat::Json,
    };
    Ok(init_tracing(format, &settings.log_filter)?)
}

/// In development a SQLite file is made, migrated and filled as needed, so that `cargo run` is all it takes. Everywhere
/// else a change to a database is somebody's decision, and pending work is refused further on.
async fn prepare(fleet: &Fleet, plan: &Plan) -> Result<(), AppError> {
    let context = told_to(fleet, Arc::new(Logger));
    let mut plan = ours_to_prepare(&fleet.configuration, plan)?;
    let ahead = ahead(fleet, &plan, &context).await?;
    plan.databases.retain(|database| !ahead.contains(&database.name));
    if plan.databases.is_empty() {
        return Ok(());
    }
    let report = fleet.prepare(&plan, &context).await?;
    finished(&report.migrated)
}

/// The databases that a newer program has migrated, as when an older revision is checked out. They are left as they
/// are: this program may serve from them, and must not migrate them.
async fn ahead(fleet: &Fleet, plan: &Plan, context: &RunContext) -> Result<Vec<String>, AppError> {
    let report = fleet.status(plan, context).await?;
    let is_ahead = |one: &DatabaseStatus| one.migrations.iter().any(|one| one.standing == Standing::Unknown);
    Ok(report.into_iter().filter(is_ahead).map(|one| one.database).collect())
}

fn ours_to_prepare(configuration: &Configuration, plan: &Plan) -> Result<Plan, AppError> {
    let mut databases = Vec::new();
    if configuration.environment == Environment::Development {
        for database in &plan.databases {
            let target = configuration.target(&database.name).map_err(atriz_db::Error::from)?;
            if target.engine() == Engine::Sqlite {
                databases.push(database.clone());
            }
        }
    }
    Ok(Plan { databases })
}
