//! `cargo xtask db create`.

use atriz_db::Created;
use clap::Args;

use super::{Databases, Format, Patience};
use crate::error::Failure;
use crate::output;
use crate::workspace::Workspace;

/// What to make.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  PGHOST=localhost PGUSER=postgres cargo xtask db create")]
pub(crate) struct CreateArguments {
    #[command(flatten)]
    databases: Databases,
    #[command(flatten)]
    patience: Patience,
    #[command(flatten)]
    format: Format,
}

pub(crate) async fn run(arguments: &CreateArguments) -> Result<(), Failure> {
    let workspace = Workspace::load(arguments.patience.options())?;
    let plan = workspace.fleet.catalog.plan(&arguments.databases.databases)?;
    let reports = workspace.fleet.create(&plan, &workspace.context).await?;
    if arguments.format.json {
        return output::json(&reports);
    }
    for report in reports {
        let what = match report.created {
            Created::New => "created",
            Created::Existed => "was there",
        };
        output::data(&format!("{:<9} {what}: {}", report.database, report.place));
    }
    Ok(())
}
