//! `cargo xtask db plan`.

use atriz_db::MigrateRequest;
use atriz_db::migrate::Limit;
use atriz_db_tools::plan::plan;
use clap::Args;

use super::source::SourceArguments;
use super::{Databases, Format};
use crate::error::Failure;
use crate::output;
use crate::workspace::{RunOptions, Workspace};

/// What to look at.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  cargo xtask db plan\n  cargo xtask db plan pshop --full\n  \
                        cargo xtask db plan mextrack --with-dependencies --json")]
pub(crate) struct PlanArguments {
    #[command(flatten)]
    databases: Databases,
    /// Stop behind this version
    #[arg(long, value_name = "VERSION")]
    to: Option<String>,
    /// Also look at the databases that these come after
    #[arg(long)]
    with_dependencies: bool,
    /// Print long statements in full
    #[arg(long)]
    full: bool,
    #[command(flatten)]
    source: SourceArguments,
    #[command(flatten)]
    format: Format,
}

pub(crate) async fn run(arguments: &PlanArguments) -> Result<(), Failure> {
    let workspace = arguments.source.load(RunOptions::default())?;
    let names = &arguments.databases.databases;
    let catalog = &workspace.fleet.catalog;
    let plan =
        if arguments.with_dependencies { catalog.plan_with_dependencies(names)? } else { catalog.plan(names)? };
    let limit = arguments.to.clone().map_or(Limit::All, Limit::To);
    print(&workspace, &MigrateRequest { plan, limit }, arguments.full, arguments.format).await
}

/// Prints what the request would run, and fails where it would be refused.
pub(crate) async fn print(
    workspace: &Workspace,
    request: &MigrateRequest,
    full: bool,
    format: Format,
) -> Result<(), Failure> {
    let plan = plan(&workspace.fleet, request, &workspace.context).await;
    let plan = plan.map_err(|error| Failure::of_one(&workspace.fleet, &error))?;
    if format.json {
        output::json(&plan)?;
    } else {
        output::data(&plan.text(full));
    }
    plan.refused.map_or(Ok(()), |refused| Err(refused.into()))
}
