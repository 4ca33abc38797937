//! `cargo xtask db reset`.

use atriz_db::migrate::Limit;
use atriz_db::{Cleaned, MigrateReport, MigrateRequest, SeedReportOf, SeedRequest};
use clap::Args;
use serde::Serialize;

use super::consent::ConsentArguments;
use super::{Databases, Format, Patience, clean, migrate, seed};
use crate::error::Failure;
use crate::output;
use crate::workspace::Workspace;

/// What to reset.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  cargo xtask db reset --yes")]
pub(crate) struct ResetArguments {
    #[command(flatten)]
    databases: Databases,
    #[command(flatten)]
    consent: ConsentArguments,
    /// Also reset the databases that come after these
    #[arg(long)]
    with_dependants: bool,
    #[command(flatten)]
    patience: Patience,
    #[command(flatten)]
    format: Format,
}

/// What was done, for `--json`.
#[derive(Serialize)]
struct ResetReport {
    cleaned: Vec<Cleaned>,
    migrated: Vec<MigrateReport>,
    seeded: Vec<SeedReportOf>,
}

pub(crate) async fn run(arguments: &ResetArguments) -> Result<(), Failure> {
    let workspace = Workspace::load(arguments.patience.options())?;
    let (fleet, context) = (&workspace.fleet, &workspace.context);
    let plan = fleet.catalog.plan(&arguments.databases.databases)?;
    let consent = arguments.consent.consent();
    // What is wrong with the folders is told before the first table is emptied.
    fleet.pending(&MigrateRequest { plan: plan.clone(), limit: Limit::All }, context).await?;
    let cleaned = fleet.clean(&plan, arguments.with_dependants, &consent, context).await?;
    if !arguments.format.json {
        cleaned.iter().for_each(clean::print);
    }
    let names: Vec<String> = cleaned.iter().map(|one| one.database.clone()).collect();
    let plan = fleet.catalog.plan(&names)?;
    let migrated = fleet.migrate(&MigrateRequest { plan: plan.clone(), limit: Limit::All }, context).await;
    workspace.shown.clear();
    let migrated = migrated?;
    if !migrated.iter().all(MigrateReport::is_done) {
        return migrate::print(&migrated, arguments.format);
    }
    let seeded = fleet.seed(&SeedRequest { plan, sets: Vec::new(), skip_known: true }, context).await;
    workspace.shown.clear();
    let report = ResetReport { cleaned, migrated, seeded: seeded? };
    if arguments.format.json {
        return output::json(&report);
    }
    migrate::print(&report.migrated, arguments.format)?;
    report.seeded.iter().for_each(seed::print);
    Ok(())
}
